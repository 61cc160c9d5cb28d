// A repository of an upstream registry, read over HTTP with one credential: the
// client's own Authorization, or a configured read credential.
//
// A client's 401 is returned with its challenge. Where the pools have read
// tokens and the credential is theirs, a challenge is answered by a token,
// once; a 401 after that is PermissionDenied, since it is none of the client's.
//
// Redirects are followed, at most kMaxRedirects, with the Authorization only as
// long as scheme, host and port are the upstream's: once it has been dropped it
// stays so. Elsewhere each hop has a connection of its own, only addresses that
// the upstream could reach itself are connected to (MayLeadTo), and nothing
// goes from https to http. What a tag stands for elsewhere is the upstream's
// word; blobs and digests are verified wherever they come from.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_
#define PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_

#include <functional>
#include <string>

#include "gateway/http/client.h"
#include "gateway/http/read_tokens.h"
#include "gateway/http/upstream.h"
#include "gateway/registry/registry.h"

namespace plimsoll {

class UpstreamRegistry : public Registry {
 public:
  static constexpr int kMaxRedirects = 3;

  // `authorization` is the header's value; "" for anonymous. Borrows `pools`.
  UpstreamRegistry(const UpstreamPools& pools, std::string repository,
                   std::string authorization);

  Task<StatusOr<FetchedManifest>> FetchManifest(
      std::string reference, absl::Time deadline,
      size_t max_bytes = kMaxManifestBytes) override;
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
  // How one request is sent: its answer read whole, or streamed.
  using Send =
      std::function<Task<StatusOr<HttpAnswer>>(UpstreamPool&, ClientRequest)>;
  // One request to the upstream, its challenge answered where that is ours.
  Task<StatusOr<HttpAnswer>> Ask(UpstreamPool& pool, ClientRequest request,
                                 const Send& send);
  // The same with redirects followed. The answer is never a redirect, and where
  // it is not the upstream's own it is a success or NotFound.
  Task<StatusOr<HttpAnswer>> AskAlong(ClientRequest request, const Send& send);
  Task<StatusOr<HttpAnswer>> AskElsewhere(const UpstreamAddress& address,
                                          ClientRequest request,
                                          const Send& send);
  // A success, whole.
  Task<StatusOr<HttpAnswer>> Read(ClientRequest request, size_t max_bytes);

  const UpstreamPools& pools_;
  const std::string repository_;
  const std::string authorization_;
  ReadTokens* const tokens_;  // null for a client's reads
};

// The status of an upstream's answer: OK for 2xx; see Registry for the rest.
Status AnswerStatus(const ResponseHead& head);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_REGISTRY_H_
