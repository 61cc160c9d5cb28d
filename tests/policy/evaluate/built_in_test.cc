#include "policy/evaluate/built_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

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
