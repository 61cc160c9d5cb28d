#include "gateway/registry/probe_client.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/chunked.h"
#include "gateway/http/forward.h"

namespace plimsoll {
namespace {

using As = ProbeRequest::As;

// The body's bytes as `framing` has them.
std::string Framed(const Framing& framing, const std::string& body) {
  if (framing.kind != BodyKind::kChunked) return body;
  return absl::StrCat(EncodeChunkHeader(body.size()), body, kChunkEnd,
                      kLastChunk);
}

Framing FramingOf(const ProbeRequest& request) {
  if (request.body.empty()) return {};
  if (request.chunked) return {BodyKind::kChunked, 0};
  return {BodyKind::kLength, request.body.size()};
}

}  // namespace

ProbeClient::ProbeClient(const UpstreamPools& pools, ReadTokens& tokens,
                         std::string repository, absl::Time until)
    : pools_(pools),
      tokens_(tokens),
      nobody_(pools, "", absl::Now),
      repository_(std::move(repository)),
      until_(until) {}

Task<StatusOr<HttpAnswer>> ProbeClient::Ask(ProbeRequest request) {
  CO_ASSIGN_OR_RETURN(const absl::Time deadline, Deadline());
  const auto executor = co_await asio::this_coro::executor;
  UpstreamPool& pool = pools_.For(executor);
  if (request.as == As::kNobody) {
    ClientRequest plain = Build(request, "");
    plain.deadline = deadline;
    co_return co_await Fetch(pool, std::move(plain), kMaxAnswerBytes);
  }
  ReadTokens& tokens = request.as == As::kAnonymous ? nobody_ : tokens_;
  const std::string scope = Scope(request.as);
  StatusOr<std::string> first = co_await tokens.Authorization(scope, deadline);
  // A service may refuse all of a scope for the part that is not granted.
  if (!first.ok() && request.as == As::kRemover) {
    first = co_await tokens.Authorization(Scope(As::kPusher), deadline);
  }
  CO_RETURN_IF_ERROR(first.status());
  ClientRequest once = Build(request, *first);
  once.deadline = deadline;
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await Fetch(pool, std::move(once), kMaxAnswerBytes));
  if (answer.head.status != 401) co_return answer;
  const StatusOr<std::string> second = co_await tokens.AfterChallenge(
      scope, *first, answer.head.headers, deadline);
  if (!second.ok()) co_return answer;  // the 401 is what there is to be seen
  ClientRequest again = Build(request, *second);
  again.deadline = deadline;
  co_return co_await Fetch(pool, std::move(again), kMaxAnswerBytes);
}

Task<StatusOr<HttpAnswer>> ProbeClient::AskElsewhere(HttpUrl url,
                                                     ProbeRequest request) {
  CO_ASSIGN_OR_RETURN(const absl::Time deadline, Deadline());
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<UpstreamPool> pool,
                      co_await pools_.LeadTo(url.origin));
  request.target = url.target;
  ClientRequest plain = Build(request, "");
  plain.deadline = deadline;
  co_return co_await Fetch(*pool, std::move(plain), kMaxAnswerBytes);
}

Task<StatusOr<BoughtToken>> ProbeClient::Buy(TokenService service) {
  CO_RETURN_IF_ERROR(Deadline().status());
  TokenOrder order;
  order.service = std::move(service);
  order.scope = Scope(As::kPusher);
  order.credential = tokens_.credential();
  order.called = "the credential";
  co_return co_await BuyToken(pools_, std::move(order));
}

void ProbeClient::Stop() {
  stopped_ = true;
  if (!cleans_up_) until_ = absl::InfinitePast();
}

void ProbeClient::BeginCleanUp() {
  cleans_up_ = true;
  until_ = absl::Now() + kCleanUpFor;
}

std::string ProbeClient::Path(absl::string_view rest) const {
  return absl::StrCat("/v2/", repository_, "/", rest);
}

ClientView ProbeClient::View() { return {"http", std::string(kGatewayHost)}; }

std::string ProbeClient::Scope(As as) const {
  const absl::string_view actions = as == As::kAnonymous ? "pull"
                                    : as == As::kRemover ? "pull,push,delete"
                                                         : "pull,push";
  return absl::StrCat("repository:", repository_, ":", actions);
}

ClientRequest ProbeClient::Build(const ProbeRequest& request,
                                 const std::string& authorization) const {
  RequestHead head;
  head.method = request.method;
  head.target = request.target;
  head.headers = request.headers;
  head.headers.Add("User-Agent", "plimsoll");
  head.headers.Add("Accept-Encoding", "identity");
  if (!authorization.empty()) {
    head.headers.Add("Authorization", authorization);
  }
  const Framing framing = FramingOf(request);
  ForwardedBy by;
  if (request.forwarded) {
    const ClientView view = View();
    by = {"", view.scheme, view.authority, ""};
  }
  ClientRequest built;
  // Under TLS the upstream has its own name from the gateway, too.
  if (request.forwarded && !address().tls) built.host = by.client_host;
  built.head = ForwardedRequest(head, framing, by);
  built.body = Framed(framing, request.body);
  built.once = request.method != "GET" && request.method != "HEAD";
  built.credential_class = CredentialClass(authorization);
  return built;
}

StatusOr<absl::Time> ProbeClient::Deadline() const {
  const absl::Time now = absl::Now();
  if (now < until_) return std::min(now + kAskFor, until_);
  return absl::DeadlineExceededError(
      cleans_up_ ? "not asked: cleaning up took too long"
      : stopped_ ? "not asked: interrupted"
                 : "not asked: out of time, raise --timeout");
}

}  // namespace plimsoll
