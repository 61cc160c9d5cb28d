// A probe: one question to an upstream about what Plimsoll can rest on, its
// answer, what was seen, and what that means. `seen` and the like hold no
// credential, no token, no body and no URL's query. Values; pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/client.h"
#include "policy/status.h"

namespace plimsoll {

enum class ProbeAnswer { kYes, kNo, kUnknown };
// What an answer of no costs.
enum class ProbeWeight {
  kEssential,  // Plimsoll cannot stand in front of this upstream
  kLimit,      // a feature
  kNote,       // nothing of Plimsoll's own
};

struct ProbeResult {
  std::string name;  // "blob.get"
  ProbeWeight weight = ProbeWeight::kLimit;
  ProbeAnswer answer = ProbeAnswer::kUnknown;
  bool asked = true;      // else `seen` says why not
  std::string seen;       // "404 BLOB_UNKNOWN"
  std::string means;      // for Plimsoll; "" where nothing is to be said
  std::string configure;  // what to write or do; "" for nothing
};

// Something that a run has pushed and could not remove.
struct LeftBehind {
  std::string kind;  // "manifest", "blob", "tag" or "upload session"
  std::string name;  // its digest, the tag, the session's path
  std::string seen;  // what became of its removal
};

absl::string_view ProbeAnswerName(ProbeAnswer answer);
absl::string_view ProbeWeightName(ProbeWeight weight);

// Unknown, since `why`.
void NotAsked(absl::string_view why, ProbeResult& result);

// "404 BLOB_UNKNOWN": the status, and the first error's code where the body has
// one; why there is no answer where there is none.
std::string DescribeAnswer(const StatusOr<HttpAnswer>& answer);
// ", Range: 0-0" or ", no Range".
std::string DescribeField(const ResponseHead& head, absl::string_view name);
// A URL or path without its query and fragment, cut short, for one line.
std::string WithoutQuery(absl::string_view url);

// Yes for `status`; unknown where there is no answer or only one for the
// moment (408, 429, 5xx); no for any other.
ProbeAnswer AnswerOf(const StatusOr<HttpAnswer>& answer, int status);
bool IsStatus(const StatusOr<HttpAnswer>& answer, int status);
// 401 or 403: the credential does not reach it.
bool IsRefusal(const StatusOr<HttpAnswer>& answer);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_H_
