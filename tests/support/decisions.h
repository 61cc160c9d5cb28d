// Decisions for tests of what keeps or shows them.
#ifndef PLIMSOLL_TESTS_SUPPORT_DECISIONS_H_
#define PLIMSOLL_TESTS_SUPPORT_DECISIONS_H_

#include "absl/strings/string_view.h"
#include "gateway/store/store.h"

namespace plimsoll {

// An admitted push to team/app:v1, which names the digest of `evidence` unless
// that is empty.
v1::Decision DecisionOf(absl::string_view id, absl::string_view evidence = "");
// A record of these bytes that names no documents.
EvidenceRecord EvidenceOf(absl::string_view bytes);
// A result of that state, without more.
ForwardResult ResultOf(ForwardState state);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_DECISIONS_H_
