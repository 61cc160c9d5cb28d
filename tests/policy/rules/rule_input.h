// What tests of rules share: parameters as a policy file writes them, and
// evidence as the product makes it from documents, facts and a catalog. A
// mistake in a test's own input ends the test program.
#ifndef PLIMSOLL_TESTS_POLICY_RULES_RULE_INPUT_H_
#define PLIMSOLL_TESTS_POLICY_RULES_RULE_INPUT_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/evidence.h"
#include "policy/rules/rule.h"
#include "tests/support/image_builder.h"

namespace plimsoll {

// Shown by failing tests.
std::ostream& operator<<(std::ostream& out, CheckResult result);
std::ostream& operator<<(std::ostream& out, const CheckOutput& output);

// Noon of a day of 2026: the records of RecordOf were first seen on 1 January.
absl::Time Day(int month, int day);
// 1 March: when tests judge unless they say otherwise.
absl::Time Now();

// The parameters that `with`, a flow mapping, gives the check called `check`.
CheckParams ParamsOf(absl::string_view check, absl::string_view with);
// The issues of `with`, one message each; empty where it is accepted.
std::vector<std::string> IssuesOf(absl::string_view check,
                                  absl::string_view with);

// Identifies the base of `image` as the gateway does.
ImageEvidence EvidenceOf(const TestImage& image,
                         std::vector<BaseRecord> catalog);
// As if its layers `from` and up had not been inspected.
TestImage WithoutFacts(TestImage image, size_t from = 0);

// A Grype report of an hour ago, with a database of five, that finds nothing.
ScanReport CleanReport();

// One image, pushed to team/app:v1.
Evidence Pushed(ImageEvidence image);
// An index of these images, pushed to team/app:v1.
Evidence PushedIndex(std::vector<ImageEvidence> images);

// Runs a check on the first image, or on the subject where the check is about
// that.
CheckOutput Judge(const CheckParams& params, const Evidence& evidence,
                  absl::Time now = Now());
CheckOutput Judge(absl::string_view check, absl::string_view with,
                  const ImageEvidence& image, absl::Time now = Now());

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_RULES_RULE_INPUT_H_
