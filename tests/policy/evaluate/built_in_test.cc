#include "policy/evaluate/built_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/time/clock.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

Evidence Nothing() {
  return {.subject = {.repository = "team/app",
                      .tags = {"v1"},
                      .digest = Digest::Sha256(""),
                      .media_type = "",
                      .size = 0},
          .kind = SubjectKind::kImage,
          .artifact_kind = "",
          .images = {},
          .gaps = {},
          .malformed = {},
          .unusual = {},
          .catalog_revision = "",
          .catalog_empty = true};
}

TEST(MalformedFindings, GiveEveryKindOfFaultAHintOfItsOwn) {
  std::set<std::string> hints;
  for (const Fault::Kind kind :
       {Fault::Kind::kFormat, Fault::Kind::kBound, Fault::Kind::kDocument,
        Fault::Kind::kIndex, Fault::Kind::kLayer}) {
    Evidence evidence = Nothing();
    evidence.malformed = {{kind, "manifest: so it is"}};
    const std::vector<Finding> findings = MalformedFindings(evidence);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings[0].rule, "well-formed");
    EXPECT_EQ(findings[0].message, "manifest: so it is");
    EXPECT_TRUE(findings[0].definite);
    EXPECT_NE(findings[0].hint, "") << FaultKindName(kind);
    EXPECT_TRUE(hints.insert(findings[0].hint).second) << FaultKindName(kind);
  }
}

TEST(BuildCache, IsStoredByAPushAndAdmittedNowhere) {
  Evidence evidence = Nothing();
  evidence.kind = SubjectKind::kBuildCache;
  const auto judge = [&evidence](Door door) {
    const EvaluateContext context{door, Stage::kJudged, absl::Now()};
    return Evaluate(PolicySet(), evidence, context);
  };
  const Verdict pushed = judge(Door::kPush);
  EXPECT_EQ(pushed.outcome, Outcome::kStaged);
  EXPECT_EQ(pushed.findings.at(0).rule, "build-cache");
  for (const Door door : {Door::kWebhook, Door::kGrpc, Door::kCheck}) {
    const Verdict asked = judge(door);
    EXPECT_EQ(asked.outcome, Outcome::kDeny);
    EXPECT_EQ(asked.findings.at(0).message,
              "`team/app` is for build caches: nothing in it is admitted as an "
              "image");
  }
  evidence.malformed.push_back({Fault::Kind::kDocument, "two readings"});
  EXPECT_EQ(judge(Door::kPush).outcome, Outcome::kDeny);
}

TEST(MalformedFindings, SayOfForgedDiffIdsWhatTheConfigMustList) {
  const TestImage image = ImageBuilder().Layer("a").Build();
  Evidence evidence = Nothing();
  evidence.images.push_back({.digest = image.manifest_digest,
                             .config_digest = image.config_digest,
                             .manifest = image.manifest,
                             .config = image.config,
                             .listed_platform = {},
                             .facts = image.facts,
                             .base = {},
                             .reports = {},
                             .base_reports = {},
                             .gaps = {}});
  EXPECT_TRUE(MalformedFindings(evidence).empty());
  evidence.images[0].base.result = BaseResult::kMalformed;
  evidence.images[0].base.malformed = {"layer 1 of 1: its bytes have another"};
  const std::vector<Finding> findings = MalformedFindings(evidence);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].hint, HasSubstr("diff ID"));
  EXPECT_EQ(findings[0].digest, image.manifest_digest.ToString());
}

}  // namespace
}  // namespace plimsoll
