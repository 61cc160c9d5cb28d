// A repository of an upstream registry, read over HTTP with one credential: the
// client's own Authorization, or a configured read credential. Blobs may be
// redirected within the upstream's own host; a redirect elsewhere is refused,
// so that no credential and no read leaves the configured origin.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_
#define PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_

#include <string>

#include "gateway/http/client.h"
#include "gateway/http/upstream.h"
#include "gateway/registry/registry.h"

namespace plimsoll {

class UpstreamRegistry : public Registry {
 public:
  // `authorization` is the header's value; "" for anonymous. Borrows `pools`.
  UpstreamRegistry(const UpstreamPools& pools, std::string repository,
                   std::string authorization);

  Task<StatusOr<FetchedManifest>> FetchManifest(std::string reference,
                                                absl::Time deadline) override;
  Task<StatusOr<std::string>> FetchBlob(Digest digest, size_t max_bytes,
                                        absl::Time deadline) override;
  Task<StatusOr<std::string>> FetchBlobStart(Digest digest, size_t count,
                                             absl::Time deadline) override;
  Task<Status> HeadBlob(Digest digest, absl::Time deadline) override;
  Task<Status> StreamBlob(Digest digest, absl::Duration idle,
                          BlobSink sink) override;

  // The digest that a tag or digest stands for upstream. NotFound where there
  // is none.
  Task<StatusOr<Digest>> HeadManifest(std::string reference,
                                      absl::Time deadline);

 private:
  ClientRequest Request(absl::string_view method, absl::string_view path,
                        absl::Time deadline) const;
  Task<StatusOr<HttpAnswer>> Read(ClientRequest request, size_t max_bytes);

  const UpstreamPools& pools_;
  const std::string repository_;
  const std::string authorization_;
};

// The status of an upstream's answer: OK for 2xx; see Registry for the rest.
Status AnswerStatus(const ResponseHead& head);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_
