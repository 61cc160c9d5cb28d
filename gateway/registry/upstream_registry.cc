#include "gateway/registry/upstream_registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

// Where an upstream that is too busy does not say for how long.
constexpr absl::Duration kBusyFor = absl::Seconds(2);

std::string ManifestAccept() {
  return absl::StrJoin(
      {kOciManifestType, kOciIndexType, kDockerManifestType, kDockerListType},
      ", ");
}

// The pools' tokens, where the reads are those that they are for.
ReadTokens* TokensFor(const UpstreamPools& pools,
                      const std::string& authorization) {
  ReadTokens* tokens = pools.read_tokens();
  const bool ours = tokens != nullptr && tokens->credential() == authorization;
  return ours ? tokens : nullptr;
}

void SetAuthorization(const std::string& value, ClientRequest& request) {
  request.head.headers.Remove("Authorization");
  if (!value.empty()) request.head.headers.Add("Authorization", value);
}

// A 503 that names no time is an upstream that is down, as any other 5xx.
Status TooBusy(const ResponseHead& head, absl::string_view said) {
  const Status status = absl::UnavailableError(said);
  const std::string* value = head.headers.Find("Retry-After");
  if (value == nullptr) {
    return head.status == 429 ? WithRetryAfter(status, kBusyFor) : status;
  }
  // Seconds; a date is left to whoever has the upstream's clock.
  const bool seconds = !value->empty() &&
                       std::all_of(value->begin(), value->end(),
                                   [](char c) { return '0' <= c && c <= '9'; });
  if (!seconds) return WithRetryAfter(status, kBusyFor);
  int64_t count = 0;
  if (!absl::SimpleAtoi(*value, &count))
    return WithRetryAfter(status, kMaxRetryAfter);
  return WithRetryAfter(status, absl::Seconds(count));
}

}  // namespace

Status AnswerStatus(const ResponseHead& head) {
  const std::string said = absl::StrCat("the upstream answered ", head.status);
  if (head.status / 100 == 2) return absl::OkStatus();
  if (head.status == 404) return absl::NotFoundError(said);
  if (head.status == 403) return absl::PermissionDeniedError(said);
  if (head.status == 401) {
    const std::string* challenge = head.headers.Find("WWW-Authenticate");
    return WithChallenge(absl::UnauthenticatedError(said),
                         challenge == nullptr ? "" : *challenge);
  }
  if (head.status == 429 || head.status == 503) return TooBusy(head, said);
  return absl::UnavailableError(said);
}

UpstreamRegistry::UpstreamRegistry(const UpstreamPools& pools,
                                   std::string repository,
                                   std::string authorization)
    : pools_(pools),
      repository_(std::move(repository)),
      authorization_(std::move(authorization)),
      tokens_(TokensFor(pools, authorization_)) {}

ClientRequest UpstreamRegistry::Request(absl::string_view method,
                                        absl::string_view path,
                                        absl::Time deadline) const {
  ClientRequest request;
  request.head.method = std::string(method);
  request.head.target = absl::StrCat("/v2/", repository_, "/", path);
  request.head.headers.Add("User-Agent", "plimsoll");
  request.head.headers.Add("Accept-Encoding", "identity");
  SetAuthorization(authorization_, request);
  // A token is of the credential that bought it: one class for all of them.
  request.credential_class = CredentialClass(authorization_);
  request.deadline = deadline;
  return request;
}

Task<StatusOr<HttpAnswer>> UpstreamRegistry::Ask(UpstreamPool& pool,
                                                 ClientRequest request,
                                                 const Send& send) {
  CO_RETURN_IF_ERROR(CheckDeadline(request.deadline));
  if (tokens_ == nullptr) co_return co_await send(pool, std::move(request));
  const std::string scope = absl::StrCat("repository:", repository_, ":pull");
  CO_ASSIGN_OR_RETURN(const std::string first,
                      co_await tokens_->Authorization(scope, request.deadline));
  SetAuthorization(first, request);
  CO_ASSIGN_OR_RETURN(HttpAnswer answer, co_await send(pool, request));
  if (answer.head.status != 401) co_return answer;
  CO_ASSIGN_OR_RETURN(const std::string second,
                      co_await tokens_->AfterChallenge(
                          scope, first, answer.head.headers, request.deadline));
  SetAuthorization(second, request);
  CO_ASSIGN_OR_RETURN(answer, co_await send(pool, std::move(request)));
  if (answer.head.status == 401) {
    co_return absl::PermissionDeniedError(absl::StrCat(
        "the upstream answered 401 to a token of its own token service: ",
        tokens_->credential().empty() ? "it wants a credential"
                                      : "the read credential may not pull"));
  }
  co_return answer;
}

Task<StatusOr<HttpAnswer>> UpstreamRegistry::AskAlong(ClientRequest request,
                                                      const Send& send) {
  const auto executor = co_await asio::this_coro::executor;
  UpstreamPool& pool = pools_.For(executor);
  CO_ASSIGN_OR_RETURN(HttpAnswer answer, co_await Ask(pool, request, send));
  HttpUrl at{pool.address(), request.head.target};
  bool at_home = true;
  for (int hops = 0; IsRedirect(answer.head.status); ++hops) {
    if (hops == kMaxRedirects) {
      co_return absl::UnavailableError(absl::StrCat(
          "the upstream redirects more than ", kMaxRedirects, " times"));
    }
    const StatusOr<HttpUrl> next = RedirectTarget(at, answer.head);
    if (!next.ok()) {
      co_return absl::UnavailableError(absl::StrCat("the upstream answered ",
                                                    answer.head.status, ": ",
                                                    next.status().message()));
    }
    at = *next;
    at_home = at_home && IsSameOrigin(at.origin, pool.address());
    request.head.target = at.target;
    if (at_home) {
      CO_ASSIGN_OR_RETURN(answer, co_await Ask(pool, request, send));
    } else {
      CO_ASSIGN_OR_RETURN(answer,
                          co_await AskElsewhere(at.origin, request, send));
    }
  }
  co_return answer;
}

Task<StatusOr<HttpAnswer>> UpstreamRegistry::AskElsewhere(
    const UpstreamAddress& address, ClientRequest request, const Send& send) {
  SetAuthorization("", request);
  request.credential_class = "";
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<UpstreamPool> pool,
                      co_await pools_.LeadTo(address));
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await send(*pool, std::move(request)));
  const int status = answer.head.status;
  if (status / 100 == 2 || status == 404 || IsRedirect(status)) {
    co_return answer;
  }
  // Its 401 or 403 is about the URL that the upstream signed, not about us.
  co_return absl::UnavailableError(
      absl::StrCat(address.Authority(), ", where the upstream redirects to, ",
                   "answered ", status));
}

Task<StatusOr<HttpAnswer>> UpstreamRegistry::Read(ClientRequest request,
                                                  size_t max_bytes) {
  const Send whole = [max_bytes](UpstreamPool& pool, ClientRequest one) {
    return Fetch(pool, std::move(one), max_bytes);
  };
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await AskAlong(std::move(request), whole));
  CO_RETURN_IF_ERROR(AnswerStatus(answer.head));
  if (answer.head.headers.Has("Content-Encoding")) {
    co_return absl::UnavailableError("the upstream encoded its answer");
  }
  co_return answer;
}

Task<StatusOr<FetchedManifest>> UpstreamRegistry::FetchManifest(
    std::string reference, absl::Time deadline, size_t max_bytes) {
  ClientRequest request =
      Request("GET", absl::StrCat("manifests/", reference), deadline);
  request.head.headers.Add("Accept", ManifestAccept());
  const std::string where =
      absl::StrCat("manifest ", repository_, " ", reference);
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await Read(std::move(request), max_bytes), where);
  const StatusOr<Digest> asked = Digest::Parse(reference);
  Digest digest = Digest::Compute(
      asked.ok() ? asked->algorithm() : Digest::Algorithm::kSha256,
      answer.body);
  if (asked.ok() && *asked != digest) {
    co_return absl::DataLossError(
        absl::StrCat(where, ": the bytes have digest ", digest.ToString()));
  }
  const std::string* type = answer.head.headers.Find("Content-Type");
  FetchedManifest fetched{std::move(answer.body),
                          type == nullptr ? std::string() : *type,
                          std::move(digest)};
  co_return fetched;
}

Task<StatusOr<std::string>> UpstreamRegistry::FetchBlob(Digest digest,
                                                        size_t max_bytes,
                                                        absl::Time deadline) {
  ClientRequest request =
      Request("GET", absl::StrCat("blobs/", digest.ToString()), deadline);
  const std::string where =
      absl::StrCat("blob ", repository_, " ", digest.Short());
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await Read(std::move(request), max_bytes), where);
  if (Digest::Compute(digest.algorithm(), answer.body) != digest) {
    co_return absl::DataLossError(
        absl::StrCat(where, ": the bytes do not match the digest"));
  }
  co_return std::move(answer.body);
}

Task<StatusOr<std::string>> UpstreamRegistry::FetchBlobStart(
    Digest digest, size_t count, absl::Time deadline) {
  CO_RETURN_IF_ERROR(CheckDeadline(deadline));
  std::string start;
  const BlobSink sink = [&start, count,
                         deadline](absl::string_view bytes) -> Task<Status> {
    CO_RETURN_IF_ERROR(CheckDeadline(deadline));
    start.append(bytes.data(), std::min(bytes.size(), count - start.size()));
    co_return start.size() < count
        ? absl::OkStatus()
        : absl::OutOfRangeError("enough has been read");
  };
  const absl::Duration idle = std::min(
      absl::Seconds(10), std::max(deadline - absl::Now(), absl::Seconds(1)));
  const Status read = co_await StreamBlob(digest, idle, sink);
  if (!read.ok() && !absl::IsOutOfRange(read)) co_return read;
  co_return start;
}

Task<Status> UpstreamRegistry::HeadBlob(Digest digest, absl::Time deadline) {
  ClientRequest request =
      Request("HEAD", absl::StrCat("blobs/", digest.ToString()), deadline);
  const auto executor = co_await asio::this_coro::executor;
  const Send head_only = [](UpstreamPool& pool, ClientRequest one) {
    return Fetch(pool, std::move(one), 0);
  };
  const std::string where =
      absl::StrCat("blob ", repository_, " ", digest.Short());
  CO_ASSIGN_OR_RETURN(
      const HttpAnswer answer,
      co_await Ask(pools_.For(executor), std::move(request), head_only), where);
  // A redirect says as much as a 200: the blob is there for this credential.
  if (IsRedirect(answer.head.status)) co_return absl::OkStatus();
  co_return Annotate(AnswerStatus(answer.head), where);
}

Task<Status> UpstreamRegistry::StreamBlob(Digest digest, absl::Duration idle,
                                          BlobSink sink) {
  ClientRequest request = Request(
      "GET", absl::StrCat("blobs/", digest.ToString()), absl::InfiniteFuture());
  const auto wait = absl::ToChronoMilliseconds(idle);
  const Send stream = [wait, &sink](UpstreamPool& pool, ClientRequest one) {
    return FetchInto(pool, std::move(one), wait, sink);
  };
  const std::string where =
      absl::StrCat("blob ", repository_, " ", digest.Short());
  CO_ASSIGN_OR_RETURN(const HttpAnswer answer,
                      co_await AskAlong(std::move(request), stream), where);
  co_return Annotate(AnswerStatus(answer.head), where);
}

Task<StatusOr<Digest>> UpstreamRegistry::HeadManifest(std::string reference,
                                                      absl::Time deadline) {
  ClientRequest request =
      Request("HEAD", absl::StrCat("manifests/", reference), deadline);
  request.head.headers.Add("Accept", ManifestAccept());
  CO_ASSIGN_OR_RETURN(const HttpAnswer answer,
                      co_await Read(std::move(request), 0));
  const std::string* digest = answer.head.headers.Find("Docker-Content-Digest");
  // What is there under a digest has it, said or not.
  if (digest == nullptr) digest = &reference;
  StatusOr<Digest> parsed = Digest::Parse(*digest);
  if (!parsed.ok()) {
    co_return absl::UnavailableError(
        "the upstream's answer has no Docker-Content-Digest that is one");
  }
  co_return parsed;
}

}  // namespace plimsoll
