#include "gateway/registry/probe_clean_up.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kManifests = "manifests/";
constexpr absl::string_view kBlobs = "blobs/";

Task<StatusOr<HttpAnswer>> Delete(ProbeClient& client, std::string target) {
  ProbeRequest request;
  request.method = "DELETE";
  request.target = std::move(target);
  request.as = ProbeRequest::As::kRemover;
  co_return co_await client.Ask(std::move(request));
}

bool IsGone(const StatusOr<HttpAnswer>& answer) {
  return answer.ok() &&
         (answer->head.status / 100 == 2 || answer->head.status == 404);
}

// Of what the upstream said that it stored, so that 404 is no answer.
ProbeAnswer RemovalAnswer(const StatusOr<HttpAnswer>& answer) {
  if (answer.ok() && answer->head.status / 100 == 2) return ProbeAnswer::kYes;
  return AnswerOf(answer, 202);
}

int HowBad(ProbeAnswer answer) {
  if (answer == ProbeAnswer::kYes) return 0;
  return answer == ProbeAnswer::kUnknown ? 1 : 2;
}

// Of two removals that one probe asks for, the worse is its answer.
void KeepWorse(const StatusOr<HttpAnswer>& answer, ProbeResult& result) {
  const ProbeAnswer found = RemovalAnswer(answer);
  if (result.asked && HowBad(found) <= HowBad(result.answer)) return;
  result.asked = true;
  result.answer = found;
  result.seen = DescribeAnswer(answer);
}

std::string WhyLeft(const ScratchContent& content, absl::string_view why) {
  return absl::StrCat(content.stored ? "" : "may be there: ", why);
}

// Removes `content`, which is under `place`; whether it is gone.
Task<bool> Remove(ProbeClient& client, absl::string_view place,
                  const ScratchContent& content, ProbeResult& result,
                  std::vector<LeftBehind>& left) {
  if (!content.tried) co_return true;
  const std::string digest = content.digest.ToString();
  const StatusOr<HttpAnswer> answer =
      co_await Delete(client, client.Path(absl::StrCat(place, digest)));
  if (content.stored) KeepWorse(answer, result);
  if (IsGone(answer)) co_return true;
  left.push_back({place == kBlobs ? "blob" : "manifest", digest,
                  WhyLeft(content, DescribeAnswer(answer))});
  co_return false;
}

Task<> CancelSessions(ProbeClient& client, ProbeScratch& scratch,
                      std::vector<LeftBehind>& left) {
  for (const std::string& session : scratch.sessions) {
    const StatusOr<HttpAnswer> answer = co_await Delete(client, session);
    if (IsGone(answer)) continue;
    left.push_back(
        {"upload session", WithoutQuery(session), DescribeAnswer(answer)});
  }
}

// The tag by itself, where the referrer could not be removed with it.
Task<> RemoveTag(ProbeClient& client, const ProbeScratch& scratch,
                 std::vector<LeftBehind>& left) {
  const StatusOr<HttpAnswer> answer = co_await Delete(
      client, client.Path(absl::StrCat(kManifests, scratch.tag)));
  if (IsGone(answer)) co_return;
  left.push_back({"tag", scratch.tag, DescribeAnswer(answer)});
}

void LeaveBlobs(const ProbeScratch& scratch, CleanedUp& cleaned) {
  NotAsked("a manifest that is left refers to it", cleaned.blob);
  for (const ScratchContent* content : {&scratch.layer, &scratch.config}) {
    if (!content->tried) continue;
    cleaned.left.push_back({"blob", content->digest.ToString(),
                            WhyLeft(*content, "a manifest refers to it")});
  }
}

}  // namespace

Task<CleanedUp> CleanUp(ProbeClient& client, ProbeScratch& scratch) {
  CleanedUp cleaned;
  cleaned.manifest.name = "delete.manifest";
  cleaned.blob.name = "delete.blob";
  for (ProbeResult* result : {&cleaned.manifest, &cleaned.blob}) {
    result->weight = ProbeWeight::kNote;
    NotAsked("nothing was stored", *result);
  }
  const bool referrer_gone = co_await Remove(
      client, kManifests, scratch.referrer, cleaned.manifest, cleaned.left);
  if (scratch.tagged && !referrer_gone) {
    co_await RemoveTag(client, scratch, cleaned.left);
  }
  const bool manifest_gone = co_await Remove(
      client, kManifests, scratch.manifest, cleaned.manifest, cleaned.left);
  if (referrer_gone && manifest_gone) {
    (void)co_await Remove(client, kBlobs, scratch.config, cleaned.blob,
                          cleaned.left);
    (void)co_await Remove(client, kBlobs, scratch.layer, cleaned.blob,
                          cleaned.left);
  } else {
    LeaveBlobs(scratch, cleaned);
  }
  co_await CancelSessions(client, scratch, cleaned.left);
  if (cleaned.manifest.answer == ProbeAnswer::kNo ||
      cleaned.blob.answer == ProbeAnswer::kNo) {
    ProbeResult& refused = cleaned.manifest.answer == ProbeAnswer::kNo
                               ? cleaned.manifest
                               : cleaned.blob;
    refused.means =
        "what is refused, or pushed in part, stays until the registry's own "
        "clean-up";
  }
  co_return cleaned;
}

}  // namespace plimsoll
