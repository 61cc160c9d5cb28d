// ProbeClient: asks one upstream what probes want to know, within bounds of
// size and time, with nobody's or the operator's credential. Answers come as
// they are: a 401, a redirect. For one loop; borrows pools and tokens.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLIENT_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLIENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/client.h"
#include "gateway/http/read_tokens.h"
#include "gateway/http/upstream.h"
#include "gateway/http/url.h"
#include "gateway/registry/location.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

struct ProbeRequest {
  // Who asks: somebody who answers no challenge, somebody who may have a token
  // for pull without a credential, the operator with a scope to pull and push,
  // or to delete as well.
  enum class As { kNobody, kAnonymous, kPusher, kRemover };

  std::string method = "GET";
  std::string target;
  Headers headers = {};
  std::string body = {};
  bool chunked = false;  // how the body is framed
  As as = As::kPusher;
  // As the gateway would send it for a client that knows it as kGatewayHost.
  bool forwarded = false;
};

class ProbeClient {
 public:
  static constexpr absl::Duration kAskFor = absl::Seconds(10);  // one request
  static constexpr absl::Duration kCleanUpFor = absl::Seconds(20);
  static constexpr size_t kMaxAnswerBytes = 64 << 10;
  // A name that nobody has (RFC 2606), with a port that must not get lost.
  static constexpr absl::string_view kGatewayHost =
      "plimsoll-doctor.invalid:5000";

  // `tokens` holds the credential. Nothing is asked after `until` but to clean
  // up.
  ProbeClient(const UpstreamPools& pools, ReadTokens& tokens,
              std::string repository, absl::Time until);

  // DeadlineExceeded where there was no time to ask; else as Fetch.
  Task<StatusOr<HttpAnswer>> Ask(ProbeRequest request);
  // Asks once, without a credential, where the upstream leads to.
  Task<StatusOr<HttpAnswer>> AskElsewhere(HttpUrl url, ProbeRequest request);
  // Buys a token to pull and push with the operator's credential.
  Task<StatusOr<BoughtToken>> Buy(TokenService service);

  // From another coroutine of the loop: asks nothing more but to clean up.
  void Stop();
  bool stopped() const { return stopped_; }
  void BeginCleanUp();

  // "/v2/NAME/blobs/uploads/" for "blobs/uploads/".
  std::string Path(absl::string_view rest) const;
  const UpstreamPools& pools() const { return pools_; }
  const UpstreamAddress& address() const { return pools_.address(); }
  const std::string& repository() const { return repository_; }
  bool has_credential() const { return !tokens_.credential().empty(); }
  // The client of the gateway that `forwarded` requests are sent for.
  static ClientView View();

 private:
  std::string Scope(ProbeRequest::As as) const;
  ClientRequest Build(const ProbeRequest& request,
                      const std::string& authorization) const;
  // By when an answer must have come to what is asked now.
  StatusOr<absl::Time> Deadline() const;

  const UpstreamPools& pools_;
  ReadTokens& tokens_;
  ReadTokens nobody_;
  const std::string repository_;
  absl::Time until_;
  bool stopped_ = false;
  bool cleans_up_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLIENT_H_
