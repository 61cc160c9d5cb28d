// The registry door: every request of a registry client comes in here, is
// routed by one table and to one upstream, and goes to the held push or
// straight through.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_
#define PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_

#include "gateway/http/exchange.h"
#include "gateway/registry/manifest_push.h"
#include "gateway/registry/pass_through.h"
#include "gateway/registry/upstreams.h"
#include "gateway/task.h"

namespace plimsoll {

class RegistryDoor : public HttpHandler {
 public:
  RegistryDoor(const Upstreams& upstreams, PassThrough& pass_through,
               ManifestPush& push)
      : upstreams_(upstreams), pass_through_(pass_through), push_(push) {}

  Task<> Handle(Exchange& exchange) override;
  Task<> Refuse(Exchange& exchange, HttpError error) override;

 private:
  Task<> Answer(Exchange& exchange, OciError error);

  const Upstreams& upstreams_;
  PassThrough& pass_through_;
  ManifestPush& push_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_DOOR_H_
