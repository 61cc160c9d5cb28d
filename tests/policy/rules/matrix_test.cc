// The design's matrix of checks and subjects, over the real rules and over
// evidence that IdentifyBase makes; `scratch` and `overridden` alone are set by
// hand, since nothing finds them yet.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

constexpr char kDebian[] = "docker.io/library/debian:12";
constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";

// The subjects, in the order of the table's columns.
constexpr std::array<absl::string_view, 8> kSubjects = {
    "verified", "is-base",       "scratch",     "claimed",
    "inferred", "contradiction", "uninspected", "overridden"};

ImageEvidence Marked(ImageEvidence image, BaseResult result) {
  image.base.result = result;
  return image;
}

// An image of each kind, on an approved debian wherever it stands on one.
std::map<std::string, ImageEvidence> Subjects() {
  const TestImage debian = ImageBuilder().Layer("debian").Build();
  const TestImage alpine = ImageBuilder().Layer("alpine").Build();
  const std::vector<BaseRecord> catalog = {
      RecordOf(debian, {kDebian}, Approval::kApproved),
      RecordOf(alpine, {"docker.io/library/alpine:3.20"}, Approval::kApproved)};
  const TestImage app = ImageBuilder(debian).Layer("app").Build();
  ImageBuilder squashed;
  squashed.Layer("squashed");
  std::map<std::string, ImageEvidence> subjects = {
      {"verified", EvidenceOf(app, catalog)},
      {"is-base", EvidenceOf(debian, catalog)},
      {"claimed",
       EvidenceOf(
           ImageBuilder(squashed).Annotation(kNameKey, "debian:12").Build(),
           catalog)},
      {"inferred",
       EvidenceOf(ImageBuilder(squashed).Comment("FROM debian:12").Build(),
                  catalog)},
      {"contradiction",
       EvidenceOf(ImageBuilder(alpine)
                      .Layer("app")
                      .Annotation(kNameKey, "debian:12")
                      .Annotation(kDigestKey, debian.manifest_digest.ToString())
                      .Build(),
                  catalog)},
      {"uninspected", EvidenceOf(WithoutFacts(app), catalog)},
      {"scratch",
       Marked(EvidenceOf(squashed.Build(), {}), BaseResult::kScratch)},
      {"overridden",
       Marked(EvidenceOf(app, catalog), BaseResult::kOverridden)}};
  for (auto& [name, image] : subjects) {
    if (image.base.candidates.empty()) continue;
    image.base_reports.push_back({CleanReport(), Now()});
  }
  return subjects;
}

struct MatrixRow {
  const char* check;
  const char* with;
  std::array<absl::string_view, 8> results;  // in the order of kSubjects
};

// clang-format off
constexpr MatrixRow kMatrix[] = {
    //                                                             verified is-base  scratch claimed  inferred contra-  unin-    over-
    //                                                                                                         diction  spected  ridden
    {"base.identified", "{}",                                     {"pass",  "pass",  "pass", "fail",  "fail",  "fail",  "error", "fail"}},
    {"base.identified", "{minProof: attested}",                   {"pass",  "pass",  "pass", "fail",  "fail",  "fail",  "error", "fail"}},
    {"base.identified", "{minProof: claimed}",                    {"pass",  "pass",  "pass", "pass",  "fail",  "fail",  "error", "fail"}},
    {"base.identified", "{minProof: inferred}",                   {"pass",  "pass",  "pass", "pass",  "pass",  "fail",  "error", "fail"}},
    {"base.approved",   "{}",                                     {"pass",  "pass",  "fail", "fail",  "fail",  "fail",  "error", "fail"}},
    {"base.approved",   "{images: [scratch]}",                    {"fail",  "fail",  "pass", "fail",  "fail",  "fail",  "error", "fail"}},
    {"base.approved",   "{images: [docker.io/library/debian]}",   {"pass",  "pass",  "fail", "fail",  "fail",  "fail",  "error", "fail"}},
    {"base.denied",     "{}",                                     {"pass",  "pass",  "pass", "pass",  "pass",  "pass",  "error", "pass"}},
    {"base.denied",     "{images: [docker.io/library/debian]}",   {"fail",  "fail",  "pass", "fail",  "fail",  "fail",  "fail",  "fail"}},
    {"base.denied",     "{images: [docker.io/library/alpine]}",   {"pass",  "pass",  "pass", "pass",  "pass",  "fail",  "error", "pass"}},
    {"base.denied",     "{images: [scratch]}",                    {"pass",  "pass",  "fail", "pass",  "pass",  "pass",  "error", "pass"}},
    {"base.pinned",     "{}",                                     {"pass",  "pass",  "skip", "error", "error", "error", "error", "error"}},
    {"base.pinned",     "{accept: source}",                       {"fail",  "fail",  "skip", "error", "error", "error", "error", "error"}},
    {"base.age",        "{max: 60d}",                             {"pass",  "pass",  "skip", "error", "error", "error", "error", "error"}},
    {"base.age",        "{max: 59d}",                             {"fail",  "fail",  "skip", "error", "error", "error", "error", "error"}},
    {"vulnerabilities", "{scope: base, maxReportAge: 24h, deny: [{severity: Low}]}",
                                                                  {"pass",  "pass",  "skip", "error", "error", "error", "error", "error"}},
    {"vulnerabilities", "{scope: base, maxReportAge: 1h, deny: [{severity: Low}]}",
                                                                  {"error", "error", "skip", "error", "error", "error", "error", "error"}},
};
// clang-format on

TEST(Matrix, IsWhatTheDesignSays) {
  const std::map<std::string, ImageEvidence> subjects = Subjects();
  ASSERT_EQ(subjects.size(), kSubjects.size());
  for (const MatrixRow& row : kMatrix) {
    for (size_t i = 0; i < kSubjects.size(); ++i) {
      const CheckOutput output =
          Judge(row.check, row.with, subjects.at(std::string(kSubjects[i])));
      EXPECT_EQ(CheckResultName(output.result), row.results[i])
          << row.check << " with " << row.with << " of an image that is "
          << kSubjects[i] << ": " << output;
    }
  }
}

TEST(Matrix, StandsOnSubjectsThatAreWhatTheyAreCalled) {
  const std::map<std::string, ImageEvidence> subjects = Subjects();
  const auto base = [&subjects](const char* name) -> const BaseIdentity& {
    return subjects.at(name).base;
  };
  EXPECT_EQ(base("verified").proof, Proof::kVerified);
  EXPECT_EQ(base("is-base").result, BaseResult::kIsBase);
  EXPECT_EQ(base("claimed").proof, Proof::kClaimed);
  EXPECT_EQ(base("inferred").proof, Proof::kInferred);
  EXPECT_EQ(base("contradiction").result, BaseResult::kContradiction);
  EXPECT_EQ(base("uninspected").proof, Proof::kClaimed);
}

// An error speaks of a gap, so that what is known would be lost in one.
TEST(Matrix, OnlyEverFailsForEverWhereABaseIsDenied) {
  for (const auto& [name, image] : Subjects()) {
    for (const MatrixRow& row : kMatrix) {
      const CheckOutput output = Judge(row.check, row.with, image);
      const bool is_denied = absl::string_view(row.check) == "base.denied" &&
                             output.result == CheckResult::kFail;
      EXPECT_EQ(output.definite, is_denied)
          << row.check << " with " << row.with << " of " << name;
    }
  }
}

}  // namespace
}  // namespace plimsoll
