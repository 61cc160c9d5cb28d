#include "gateway/registry/probe_manifest.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

ProbeRequest ManifestRequest(absl::string_view method,
                             const ProbeClient& client,
                             absl::string_view reference) {
  ProbeRequest request;
  request.method = std::string(method);
  request.target = client.Path(absl::StrCat("manifests/", reference));
  if (method != "PUT") request.headers.Add("Accept", kOciManifestType);
  return request;
}

// Pushes `content` by its digest; `query` is "" or starts with "?".
Task<StatusOr<HttpAnswer>> Push(ProbeClient& client, ScratchContent& content,
                                std::string query) {
  ProbeRequest request =
      ManifestRequest("PUT", client, content.digest.ToString());
  absl::StrAppend(&request.target, query);
  request.headers.Add("Content-Type", kOciManifestType);
  request.body = content.bytes;
  content.tried = true;
  StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(request));
  if (IsStatus(answer, 201)) content.stored = true;
  co_return answer;
}

bool NamesTag(const ResponseHead& head, absl::string_view tag) {
  for (const absl::string_view member : head.headers.ListMembers("OCI-Tag")) {
    if (member == tag) return true;
  }
  return false;
}

}  // namespace

Task<> ProbeManifestPut(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result) {
  const StatusOr<HttpAnswer> answer =
      co_await Push(client, scratch.manifest, "");
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 201);
  if (result.answer == ProbeAnswer::kNo) {
    result.means =
        "it takes no artifact by digest: children of an index, attestations "
        "and signatures are pushed so";
  }
  if (!IsStatus(answer, 201)) co_return;
  scratch.has_manifest = true;
  const std::string* digest =
      answer->head.headers.Find("Docker-Content-Digest");
  if (digest == nullptr || *digest == scratch.manifest.digest.ToString()) {
    co_return;
  }
  result.answer = ProbeAnswer::kNo;
  result.seen += DescribeField(answer->head, "Docker-Content-Digest");
  result.means = "it stores other bytes than were pushed and judged";
}

Task<> ProbeManifestGet(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result) {
  const std::string digest = scratch.manifest.digest.ToString();
  ProbeRequest asking = ManifestRequest("GET", client, digest);
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(asking));
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 200);
  if (IsStatus(answer, 200) && answer->body != scratch.manifest.bytes) {
    result.answer = ProbeAnswer::kNo;
    result.seen += " with other bytes than were pushed";
  }
  if (result.answer != ProbeAnswer::kNo) co_return;
  result.means =
      "children of an index cannot be judged, nor the outcome of a push be "
      "found out after a crash";
  if (!IsRefusal(answer)) co_return;
  result.configure =
      "upstream.readCredential: {file: FILE}, of somebody who may pull";
}

Task<> ProbeTagQuery(ProbeClient& client, ProbeScratch& scratch,
                     ProbeResult& result) {
  const StatusOr<HttpAnswer> pushed = co_await Push(
      client, scratch.referrer, absl::StrCat("?tag=", scratch.tag));
  result.seen = DescribeAnswer(pushed);
  result.answer = AnswerOf(pushed, 201);
  if (!pushed.ok()) co_return;
  if (!IsStatus(pushed, 201)) {
    // The referrer is needed all the same.
    (void)co_await Push(client, scratch.referrer, "");
  } else {
    result.seen += DescribeField(pushed->head, "OCI-Tag");
    scratch.tagged = NamesTag(pushed->head, scratch.tag);
  }
  if (!scratch.tagged) {
    ProbeRequest asking = ManifestRequest("HEAD", client, scratch.tag);
    const StatusOr<HttpAnswer> there = co_await client.Ask(std::move(asking));
    scratch.tagged = IsStatus(there, 200);
    result.seen += scratch.tagged ? ", the tag is there" : ", no such tag";
  }
  if (scratch.tagged || result.answer == ProbeAnswer::kUnknown) co_return;
  result.answer = ProbeAnswer::kNo;
  result.means =
      "clients that tag so must push each tag by itself; each is judged either "
      "way";
}

Task<> ProbeReferrers(ProbeClient& client, ProbeScratch& scratch,
                      ProbeResult& result) {
  if (!scratch.referrer.stored) {
    co_return NotAsked("see manifest.tag", result);
  }
  ProbeRequest request;
  request.target = client.Path(
      absl::StrCat("referrers/", scratch.manifest.digest.ToString()));
  request.headers.Add("Accept", kOciIndexType);
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(request));
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 200);
  if (IsStatus(answer, 200) &&
      !absl::StrContains(answer->body, scratch.referrer.digest.ToString())) {
    result.answer = ProbeAnswer::kNo;
    result.seen += " without the referrer that was pushed";
  }
  if (result.answer != ProbeAnswer::kNo) co_return;
  result.means =
      "clients keep signatures and attestations under a tag sha256-DIGEST, "
      "whose pushes are judged as those of any tag";
}

Task<> ProbeAnonymousRead(ProbeClient& client, ProbeScratch& scratch,
                          ProbeResult& result) {
  ProbeRequest request =
      ManifestRequest("GET", client, scratch.manifest.digest.ToString());
  request.as = ProbeRequest::As::kAnonymous;
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(request));
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 200);
  // A private repository may be hidden rather than refused.
  if (result.answer == ProbeAnswer::kYes) {
    result.configure = "upstream.anonymousReads: true";
  } else if (result.answer == ProbeAnswer::kNo) {
    result.means = "the webhook, gRPC and reconciliation need a credential";
    result.configure =
        "upstream.readCredential: {file: FILE}, of somebody who may pull";
  }
}

}  // namespace plimsoll
