#include "tests/support/decisions.h"

#include <string>

#include "policy/oci/digest.h"

namespace plimsoll {

v1::Decision DecisionOf(absl::string_view id, absl::string_view evidence) {
  v1::Decision decision;
  decision.set_schema(1);
  decision.set_id(std::string(id));
  decision.set_time("2026-09-02T08:15:00.25Z");
  decision.set_door("push");
  decision.set_repository("team/app");
  decision.set_reference("v1");
  decision.set_outcome("admit");
  decision.set_digest(Digest::Sha256("").ToString());
  if (!evidence.empty()) {
    decision.set_evidence(Digest::Sha256(evidence).ToString());
  }
  return decision;
}

EvidenceRecord EvidenceOf(absl::string_view bytes) {
  EvidenceRecord record;
  record.bytes = std::string(bytes);
  return record;
}

ForwardResult ResultOf(ForwardState state) {
  ForwardResult result;
  result.state = state;
  return result;
}

}  // namespace plimsoll
