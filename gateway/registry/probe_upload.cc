#include "gateway/registry/probe_upload.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/url.h"
#include "gateway/registry/location.h"
#include "gateway/registry/probe_path.h"
#include "gateway/registry/probe_session.h"

namespace plimsoll {
namespace {

void ExplainNoUpload(const StatusOr<HttpAnswer>& answer,
                     const ProbeClient& client, ProbeResult& result) {
  const std::string& name = client.repository();
  if (IsRefusal(answer)) {
    result.means =
        absl::StrCat(client.has_credential()
                         ? "the credential may not push to "
                         : "somebody without a credential may not push to ",
                     name, ": give another --credential or --repository");
  } else if (IsStatus(answer, 404)) {
    result.means =
        absl::StrCat("there is no repository ", name,
                     ": create it, or give --repository NAME of one");
  } else {
    result.answer = AnswerOf(answer, 202);
    result.means = result.answer == ProbeAnswer::kNo
                       ? "it takes no pushes"
                       : "it is busy or failing: ask again later";
  }
}

// A session that is not to be found at the upstream itself.
void ExplainSession(const Status& status, const ProbeClient& client,
                    absl::string_view location, ProbeResult& result) {
  if (location.empty()) {
    absl::StrAppend(&result.seen, ", no Location");
  } else {
    absl::StrAppend(&result.seen, ", Location ", status.message());
  }
  if (absl::IsFailedPrecondition(status)) return;  // see upload.location
  result.answer = ProbeAnswer::kNo;
  result.means = "clients do not find the session";
  if (!client.address().tls || !absl::StartsWith(location, "http://")) return;
  result.means =
      "it is asked over https and names itself with http: clients do not find "
      "the session";
  result.configure =
      "let the proxy in front of the registry set X-Forwarded-Proto, or the "
      "registry its own address";
}

// What a client of the gateway is told, as the upstream's own.
std::string AtHome(const ProbeClient& client, absl::string_view location) {
  const ClientView view = ProbeClient::View();
  const StatusOr<UpstreamAddress> gateway =
      UpstreamAddress::Parse(absl::StrCat(view.scheme, "://", view.authority));
  const UpstreamAddress& own = client.address();
  return RewriteUrl(location, *gateway,
                    {own.tls ? "https" : "http", own.Authority()});
}

}  // namespace

Task<> ProbeUploadStart(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result) {
  ProbeRequest opening = OpeningOf(client);
  const std::string target = opening.target;
  const StatusOr<HttpAnswer> opened = co_await client.Ask(std::move(opening));
  result.seen = DescribeAnswer(opened);
  if (!IsStatus(opened, 202)) {
    ExplainNoUpload(opened, client, result);
    co_return;
  }
  const std::string* location = opened->head.headers.Find("Location");
  if (location != nullptr) scratch.location = *location;
  const StatusOr<std::string> session =
      TakeSession(client, target, opened->head, scratch);
  scratch.uploads = session.ok();
  result.answer = ProbeAnswer::kYes;
  if (!session.ok()) {
    ExplainSession(session.status(), client, scratch.location, result);
    co_return;
  }
  const bool relative = absl::StartsWith(scratch.location, "/");
  absl::StrAppend(&result.seen, ", Location ",
                  relative ? "relative" : "absolute on this host");
}

Task<> ProbeUploadHost(ProbeClient& client, ProbeScratch& scratch,
                       ProbeResult& result) {
  ProbeRequest opening = OpeningOf(client);
  opening.forwarded = true;
  const std::string target = opening.target;
  const StatusOr<HttpAnswer> opened = co_await client.Ask(std::move(opening));
  result.seen = DescribeAnswer(opened);
  if (!IsStatus(opened, 202)) {
    result.answer = AnswerOf(opened, 202);
    result.weight = ProbeWeight::kLimit;
    result.means =
        "to the name that clients know the gateway by it answers otherwise: "
        "pushes through the gateway may fail so";
    result.configure =
        "let the registry, or the proxy in front of it, answer to the "
        "gateway's name";
    co_return;
  }
  const std::string* location = opened->head.headers.Find("Location");
  if (location == nullptr) co_return;
  scratch.location = *location;
  ResponseHead head;  // only to cancel it
  head.headers.Add("Location", AtHome(client, *location));
  (void)TakeSession(client, target, head, scratch);
  const bool relative = absl::StartsWith(*location, "/");
  const bool stays =
      FollowPath("PATCH", *location, ProbeClient::kGatewayHost).way !=
      ProbedPath::Way::kElsewhere;
  result.answer = stays ? ProbeAnswer::kYes : ProbeAnswer::kNo;
  result.seen = relative ? "Location is relative"
                : stays  ? "Location follows the Host header"
                         : absl::StrCat("Location: ", WithoutQuery(*location));
  if (!stays) result.means = "whether the gateway rewrites it: upload.location";
}

Task<> ProbeUploadLocation(ProbeClient& client, ProbeScratch& scratch,
                           ProbeResult& result) {
  if (scratch.location.empty()) {
    co_return NotAsked("no Location was seen", result);
  }
  const std::string url =
      RewriteUrl(scratch.location, client.address(), ProbeClient::View());
  const bool rewritten = url != scratch.location;
  const ProbedPath path = FollowPath("PATCH", url, ProbeClient::kGatewayHost);
  const bool relative = absl::StartsWith(url, "/");
  result.seen = absl::StrCat(relative    ? "relative"
                             : rewritten ? "absolute, rewritten by the gateway"
                                         : "absolute",
                             ", ", WithoutQuery(path.target));
  result.answer = ProbeAnswer::kNo;
  switch (path.way) {
    case ProbedPath::Way::kRouted:
      result.answer = ProbeAnswer::kYes;
      break;
    case ProbedPath::Way::kPassThrough:
      result.means =
          "clients upload to a path beside /v2/, which passes where it is "
          "configured; what passes there is not kept";
      result.configure =
          absl::StrCat("upstream.passThrough: [", path.prefix, "]");
      break;
    case ProbedPath::Way::kRefused:
      result.weight = ProbeWeight::kEssential;
      result.means = "the gateway takes no such path: no push gets through it";
      break;
    case ProbedPath::Way::kElsewhere:
      result.means = absl::StrCat(
          "clients upload to ", path.authority,
          ", past the gateway, which sees no blob: configs and layers are read "
          "back");
      result.configure =
          "let the registry answer with relative locations, or let it follow "
          "Host and X-Forwarded-Proto";
  }
  co_return;
}

Task<> ProbeChunkedUpload(ProbeClient& client, ProbeScratch& scratch,
                          ProbeResult& result) {
  const StoredBlob stored =
      co_await StoreChunked(client, scratch, scratch.layer);
  result.answer = stored.answer;
  result.seen = stored.seen;
  scratch.has_layer = scratch.layer.stored;
  if (stored.answer == ProbeAnswer::kNo) {
    result.means =
        "docker, podman, skopeo and buildah upload so: their pushes fail, with "
        "and without the gateway";
  }
}

Task<> ProbeWholeUpload(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result) {
  const StoredBlob stored =
      co_await StoreWhole(client, scratch, scratch.config);
  result.answer = stored.answer;
  result.seen = stored.seen;
  if (stored.answer == ProbeAnswer::kNo) {
    result.means =
        "BuildKit, containerd and oras upload so: their pushes fail, with and "
        "without the gateway";
    if (!scratch.has_layer) result.weight = ProbeWeight::kEssential;
  }
  // Whichever way is open, the other probes need both blobs.
  if (scratch.config.stored && !scratch.layer.stored) {
    const StoredBlob other =
        co_await StoreWhole(client, scratch, scratch.layer);
    absl::StrAppend(&result.seen, "; the other blob too: ", other.seen);
  } else if (scratch.layer.stored && !scratch.config.stored) {
    const StoredBlob other =
        co_await StoreChunked(client, scratch, scratch.config);
    absl::StrAppend(&result.seen, "; in chunks: ", other.seen);
  }
  scratch.has_layer = scratch.layer.stored;
  scratch.has_blobs = scratch.has_layer && scratch.config.stored;
}

Task<> ProbeMount(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result) {
  ProbeRequest request = OpeningOf(client);
  absl::StrAppend(&request.target, "?mount=", scratch.layer.digest.ToString(),
                  "&from=", EscapeQuery(client.repository()));
  const std::string target = request.target;
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(request));
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 201);
  if (IsStatus(answer, 202)) {
    (void)TakeSession(client, target, answer->head, scratch);
    result.means = "clients upload again what another repository has";
  } else if (IsStatus(answer, 403)) {
    result.weight = ProbeWeight::kLimit;
    result.means = "containerd gives up a push on it, with and without us";
  }
}

}  // namespace plimsoll
