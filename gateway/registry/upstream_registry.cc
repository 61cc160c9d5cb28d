#include "gateway/registry/upstream_registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

constexpr int kMaxRedirects = 3;

std::string ManifestAccept() {
  return absl::StrJoin(
      {kOciManifestType, kOciIndexType, kDockerManifestType, kDockerListType},
      ", ");
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

// The target of a redirect within `address`; "" where it leads elsewhere.
std::string LocalTarget(const ResponseHead& head,
                        const UpstreamAddress& address) {
  const std::string* location = head.headers.Find("Location");
  if (location == nullptr) return "";
  if (absl::StartsWith(*location, "/") && !absl::StartsWith(*location, "//")) {
    return *location;
  }
  const std::string origin = absl::StrCat(address.tls ? "https://" : "http://",
                                          address.Authority(), "/");
  if (!absl::StartsWith(*location, origin)) return "";
  return location->substr(origin.size() - 1);
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
  return absl::UnavailableError(said);
}

UpstreamRegistry::UpstreamRegistry(const UpstreamPools& pools,
                                   std::string repository,
                                   std::string authorization)
    : pools_(pools),
      repository_(std::move(repository)),
      authorization_(std::move(authorization)) {}

ClientRequest UpstreamRegistry::Request(absl::string_view method,
                                        absl::string_view path,
                                        absl::Time deadline) const {
  ClientRequest request;
  request.head.method = std::string(method);
  request.head.target = absl::StrCat("/v2/", repository_, "/", path);
  request.head.headers.Add("User-Agent", "plimsoll");
  request.head.headers.Add("Accept-Encoding", "identity");
  if (!authorization_.empty()) {
    request.head.headers.Add("Authorization", authorization_);
  }
  request.credential_class = CredentialClass(authorization_);
  request.deadline = deadline;
  return request;
}

Task<StatusOr<HttpAnswer>> UpstreamRegistry::Read(ClientRequest request,
                                                  size_t max_bytes) {
  const auto executor = co_await asio::this_coro::executor;
  UpstreamPool& pool = pools_.For(executor);
  for (int i = 0; i <= kMaxRedirects; ++i) {
    CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                        co_await Fetch(pool, request, max_bytes));
    if (!IsRedirect(answer.head.status)) {
      CO_RETURN_IF_ERROR(AnswerStatus(answer.head));
      if (answer.head.headers.Has("Content-Encoding")) {
        co_return absl::UnavailableError("the upstream encoded its answer");
      }
      co_return answer;
    }
    request.head.target = LocalTarget(answer.head, pool.address());
    if (request.head.target.empty()) break;
  }
  co_return absl::UnavailableError(
      "the upstream redirects to another host, where its credential must not "
      "go");
}

Task<StatusOr<FetchedManifest>> UpstreamRegistry::FetchManifest(
    std::string reference, absl::Time deadline) {
  ClientRequest request =
      Request("GET", absl::StrCat("manifests/", reference), deadline);
  request.head.headers.Add("Accept", ManifestAccept());
  const std::string where =
      absl::StrCat("manifest ", repository_, " ", reference);
  CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                      co_await Read(std::move(request), kMaxManifestBytes),
                      where);
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
  std::string start;
  const BlobSink sink = [&start,
                         count](absl::string_view bytes) -> Task<Status> {
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
  CO_ASSIGN_OR_RETURN(
      const HttpAnswer answer,
      co_await Fetch(pools_.For(executor), std::move(request), 0));
  // A redirect says as much as a 200: the blob is there for this credential.
  if (IsRedirect(answer.head.status)) co_return absl::OkStatus();
  co_return Annotate(AnswerStatus(answer.head),
                     absl::StrCat("blob ", repository_, " ", digest.Short()));
}

Task<Status> UpstreamRegistry::StreamBlob(Digest digest, absl::Duration idle,
                                          BlobSink sink) {
  const auto executor = co_await asio::this_coro::executor;
  UpstreamPool& pool = pools_.For(executor);
  ClientRequest request = Request(
      "GET", absl::StrCat("blobs/", digest.ToString()), absl::InfiniteFuture());
  const auto wait = absl::ToChronoMilliseconds(idle);
  const std::string where =
      absl::StrCat("blob ", repository_, " ", digest.Short());
  for (int i = 0; i <= kMaxRedirects; ++i) {
    CO_ASSIGN_OR_RETURN(HttpAnswer answer,
                        co_await FetchInto(pool, request, wait, sink), where);
    if (!IsRedirect(answer.head.status)) {
      co_return Annotate(AnswerStatus(answer.head), where);
    }
    request.head.target = LocalTarget(answer.head, pool.address());
    if (request.head.target.empty()) break;
  }
  co_return absl::UnavailableError(absl::StrCat(
      where,
      ": the upstream redirects to another host, where its credential "
      "must not go"));
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
