#include "gateway/registry/push_right.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/client.h"
#include "gateway/http/url.h"
#include "gateway/registry/upstream_registry.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxAnswerBytes = 64 << 10;

// The session is at the upstream itself, or it is none that we would touch.
Task<> CancelSession(UpstreamPool& pool, ClientRequest request,
                     const ResponseHead& opened) {
  const StatusOr<HttpUrl> session =
      RedirectTarget({pool.address(), request.head.target}, opened);
  if (!session.ok() || !IsSameOrigin(session->origin, pool.address())) {
    co_return;
  }
  request.head.method = "DELETE";
  request.head.target = session->target;
  request.head.headers.Remove("Content-Length");
  (void)co_await Fetch(pool, std::move(request), kMaxAnswerBytes);
}

}  // namespace

Task<Status> ShowPushRight(const UpstreamPools& pools, std::string repository,
                           std::string authorization, absl::Time deadline) {
  const std::string where = absl::StrCat("push to ", repository);
  ClientRequest request;
  request.head.method = "POST";
  request.head.target = absl::StrCat("/v2/", repository, "/blobs/uploads/");
  request.head.headers.Add("User-Agent", "plimsoll");
  request.head.headers.Add("Content-Length", "0");
  if (!authorization.empty()) {
    request.head.headers.Add("Authorization", authorization);
  }
  request.credential_class = CredentialClass(authorization);
  request.deadline = deadline;
  const auto executor = co_await asio::this_coro::executor;
  UpstreamPool& pool = pools.For(executor);
  CO_ASSIGN_OR_RETURN(const HttpAnswer answer,
                      co_await Fetch(pool, request, kMaxAnswerBytes), where);
  const Status opened = AnswerStatus(answer.head);
  if (opened.ok() && answer.head.status != 202) {
    co_return absl::UnavailableError(absl::StrCat(
        where, ": the upstream answered ", answer.head.status, ", not 202"));
  }
  // A repository that is hidden from the credential is none that it may fill.
  if (absl::IsNotFound(opened)) {
    co_return absl::PermissionDeniedError(
        absl::StrCat(where, ": ", opened.message()));
  }
  if (opened.ok()) {
    co_await CancelSession(pool, std::move(request), answer.head);
  }
  co_return Annotate(opened, where);
}

}  // namespace plimsoll
