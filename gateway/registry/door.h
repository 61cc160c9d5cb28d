// The registry door: every request of a registry client comes in here, is
// routed by one table, and goes to the held push or straight through.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_
#define PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_

#include <string>
#include <vector>

#include "gateway/http/exchange.h"
#include "gateway/registry/manifest_push.h"
#include "gateway/registry/pass_through.h"
#include "gateway/task.h"

namespace plimsoll {

class RegistryDoor : public HttpHandler {
 public:
  // `outside`: path prefixes that pass beside /v2/.
  RegistryDoor(PassThrough& pass_through, ManifestPush& push,
               std::vector<std::string> outside)
      : pass_through_(pass_through),
        push_(push),
        outside_(std::move(outside)) {}

  Task<> Handle(Exchange& exchange) override;
  Task<> Refuse(Exchange& exchange, HttpError error) override;

 private:
  Task<> Answer(Exchange& exchange, OciError error);

  PassThrough& pass_through_;
  ManifestPush& push_;
  const std::vector<std::string> outside_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_
