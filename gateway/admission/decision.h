// Turns verdict and evidence into the public v1.Decision, and a Decision into
// JSON. Pure, but for the new identifiers' randomness.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_DECISION_H_
#define PLIMSOLL_GATEWAY_ADMISSION_DECISION_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/time/time.h"
#include "plimsoll/v1/decision.pb.h"
#include "policy/evidence.h"
#include "policy/status.h"
#include "policy/verdict.h"

namespace plimsoll {

// A new identifier: 16 hex digits of the time in microseconds, which sort by
// age, and 16 random ones. Internal where there is no randomness to be had.
StatusOr<std::string> NewDecisionId(absl::Time now);

void FillGap(const Gap& gap, v1::Gap& to);
// Everything that verdict and evidence say: outcome, images, findings, gaps,
// kind, revisions. What the door knows is left alone.
void FillDecision(const Verdict& verdict, const Evidence& evidence,
                  v1::Decision& to);

// docker 26's containerd store pushes attestations to the tag: such a one is
// forwarded by digest, and must move no tag.
bool IsStrayAttestation(const v1::Decision& decision);

// Makes every string field that is not UTF-8 text into such (OneLine): the
// bytes of a header are the client's to choose, and protobuf does not read such
// a record again.
void KeepText(google::protobuf::Message& message);

// One line of JSON with the field names of the design, empty fields included.
std::string DecisionJson(const v1::Decision& decision);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_DECISION_H_
