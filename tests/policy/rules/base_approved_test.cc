#include "policy/rules/base_approved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/language/load.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kDebian[] = "docker.io/library/debian:12";
constexpr char kMirror[] = "registry.example.com/bases/debian:12";

// An app on debian, which two records have: Docker's and a mirror's.
class BaseApprovedTest : public testing::Test {
 protected:
  BaseApprovedTest() { mirror_.manifest = Digest::Sha256("mirror"); }
  CheckOutput Approved(const CheckParams& params) const {
    return Judge(params, Pushed(EvidenceOf(app_, {debian_, mirror_})));
  }
  CheckOutput Approved(absl::string_view with) const {
    return Approved(ParamsOf("base.approved", with));
  }

  TestImage base_ = ImageBuilder().Layer("debian").Build();
  TestImage app_ = ImageBuilder(base_).Layer("app").Build();
  BaseRecord debian_ = RecordOf(base_, {kDebian});
  BaseRecord mirror_ = RecordOf(base_, {kMirror});
};

TEST_F(BaseApprovedTest, IsAMatterOfBytesWhateverNameIsShown) {
  const struct {
    Approval debian;
    Approval mirror;
    CheckResult result;
  } cases[] = {
      {Approval::kUnapproved, Approval::kUnapproved, CheckResult::kFail},
      {Approval::kApproved, Approval::kUnapproved, CheckResult::kPass},
      {Approval::kUnapproved, Approval::kApproved, CheckResult::kPass},
      {Approval::kApproved, Approval::kApproved, CheckResult::kPass},
      {Approval::kDenied, Approval::kApproved, CheckResult::kFail},
      {Approval::kApproved, Approval::kDenied, CheckResult::kFail},
      {Approval::kDenied, Approval::kDenied, CheckResult::kFail},
      {Approval::kDenied, Approval::kUnapproved, CheckResult::kFail},
  };
  for (const auto& c : cases) {
    debian_.approval = c.debian;
    mirror_.approval = c.mirror;
    EXPECT_EQ(Approved("{}").result, c.result)
        << ApprovalName(c.debian) << " and " << ApprovalName(c.mirror);
  }
}

TEST_F(BaseApprovedTest, SaysWhatWasFoundAndWhatToType) {
  EXPECT_EQ(Approved("{}").message,
            "base `docker.io/library/debian:12` is catalogued, but not "
            "approved");
  EXPECT_EQ(Approved("{}").hint,
            "build FROM an approved base, or approve this one: plimsoll "
            "catalog add --approve docker.io/library/debian:12 IMAGE");
  debian_.approval = Approval::kApproved;
  EXPECT_EQ(Approved("{}").message,
            "base `docker.io/library/debian:12` is approved");
  mirror_.approval = Approval::kDenied;
  EXPECT_EQ(Approved("{}").message,
            "base `docker.io/library/debian:12` is denied in the catalog");
  EXPECT_EQ(Approved("{}").hint, "build FROM an approved base");
}

TEST_F(BaseApprovedTest, LetsNoRecordSpeakWhoseLayersWereNotHashedHere) {
  mirror_.approval = Approval::kApproved;
  mirror_.proven = false;
  EXPECT_EQ(Approved("{}").result, CheckResult::kFail);
  EXPECT_EQ(
      Approved(absl::StrCat("{digests: ['", mirror_.manifest.ToString(), "']}"))
          .result,
      CheckResult::kFail);
  // But what is denied by name is denied.
  debian_.approval = Approval::kApproved;
  mirror_.approval = Approval::kDenied;
  EXPECT_EQ(Approved("{}").result, CheckResult::kFail);
}

TEST_F(BaseApprovedTest, WantsAnApprovedRecordUnderOneOfTheImages) {
  debian_.approval = Approval::kApproved;
  EXPECT_EQ(Approved("{images: ['docker.io/library/*']}").result,
            CheckResult::kPass);
  const CheckOutput output =
      Approved("{images: ['registry.example.com/bases/**']}");
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "base `docker.io/library/debian:12` is approved, but none of its "
            "names is allowed by the rule");
  EXPECT_EQ(output.hint, "build FROM a base of these sources");
}

TEST_F(BaseApprovedTest, TakesAnyNameOfTheApprovedRecord) {
  debian_.approval = Approval::kApproved;
  debian_.names.push_back(
      {"registry.example.com/bases/copy:1", Day(1, 1), Day(1, 1)});
  EXPECT_EQ(Approved("{images: ['registry.example.com/bases/copy']}").result,
            CheckResult::kPass);
}

TEST_F(BaseApprovedTest, ApprovesWhatTheRuleListsByDigest) {
  const auto listing = [](const Digest& digest) {
    return absl::StrCat("{digests: ['", digest.ToString(), "']}");
  };
  debian_.index = Digest::Sha256("index");
  EXPECT_EQ(Approved(listing(debian_.manifest)).result, CheckResult::kPass);
  EXPECT_EQ(Approved(listing(debian_.config)).result, CheckResult::kPass);
  EXPECT_EQ(Approved(listing(*debian_.index)).result, CheckResult::kPass);
  EXPECT_EQ(Approved(listing(Digest::Sha256("x"))).result, CheckResult::kFail);
  debian_.approval = Approval::kDenied;
  EXPECT_EQ(Approved(listing(debian_.manifest)).result, CheckResult::kFail);
}

TEST_F(BaseApprovedTest, DeniesForANearerBaseThatIsOnlyClaimed) {
  debian_.approval = Approval::kApproved;
  const BaseRecord python =
      RecordOf(app_, {"docker.io/library/python:3"}, Approval::kDenied);
  const TestImage top =
      WithoutFacts(ImageBuilder(app_).Layer("top").Build(), 1);
  ImageEvidence image = EvidenceOf(top, {debian_, python});
  // As if only the record, and not the layer, were unproven.
  image.base.unproven_layers.clear();
  EXPECT_EQ(Judge("base.approved", "{}", image).message,
            "by its diff IDs the image stands on the nearer base "
            "`docker.io/library/python:3`, which is denied");
}

TEST_F(BaseApprovedTest, SaysThatAnUnprovenBaseIsNoApprovedOne) {
  const ImageEvidence image = EvidenceOf(
      ImageBuilder().Layer("squashed").Comment("FROM debian:12").Build(),
      {debian_});
  EXPECT_EQ(Judge("base.approved", "{}", image).message,
            "base `docker.io/library/debian:12` is only inferred, guessed from "
            "its history; expected a verified, approved base");
}

TEST_F(BaseApprovedTest, TakesScratchOnlyAsASource) {
  ImageEvidence image = EvidenceOf(app_, {});
  image.base.result = BaseResult::kScratch;
  const CheckOutput output = Judge("base.approved", "{}", image);
  EXPECT_EQ(output.message,
            "the image stands on no base, and `scratch` is not a source");
  EXPECT_EQ(output.hint,
            "build FROM an approved base, or add `scratch` to the images of a "
            "source");
  EXPECT_EQ(Judge("base.approved", "{images: [scratch]}", image).message,
            "`scratch` is a source");
}

// The loader fills the globs of the sources in.
CheckParams WithSources(const char* sources) {
  const std::string bytes = absl::StrCat(R"yaml(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: p}
spec:
  match: {repositories: ["**"]}
  rules:
    - {name: approved, check: base.approved, with: {sources: )yaml",
                                         sources, R"yaml(}}
---
apiVersion: plimsoll.dev/v1alpha1
kind: BaseCatalog
metadata: {name: c}
spec:
  sources:
    - {name: official, images: ["docker.io/library/*"]}
    - {name: vendor, images: ["registry.example.com/bases/**"]}
)yaml");
  const PolicyFile file{"p.yaml", bytes};
  const LoadedPolicies loaded = LoadPolicies({&file, 1});
  EXPECT_THAT(loaded.issues, IsEmpty()) << FormatIssues(loaded.issues);
  return loaded.policies.value().policies[0].rules[0].check;
}

TEST_F(BaseApprovedTest, WantsAnApprovedRecordInOneOfTheSources) {
  debian_.approval = Approval::kApproved;
  EXPECT_EQ(Approved(WithSources("[official]")).result, CheckResult::kPass);
  EXPECT_EQ(Approved(WithSources("[vendor, official]")).result,
            CheckResult::kPass);
  // The mirror's record is in the source, but it is not the approved one.
  EXPECT_EQ(Approved(WithSources("[vendor]")).message,
            "base `docker.io/library/debian:12` is approved, but none of its "
            "names is in the sources vendor");
}

TEST(BaseApproved, ReadsItsParametersStrictly) {
  const std::string digest = Digest::Sha256("x").ToString();
  for (const std::string& with :
       {std::string("{}"), std::string("{sources: [a, b]}"),
        std::string("{images: [scratch]}"),
        absl::StrCat("{digests: ['", digest, "']}")}) {
    EXPECT_THAT(IssuesOf("base.approved", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{sources: []}", "`sources` has 1 to 500 items, not 0"},
      {"{sources: official}", "`sources` is a list, not text"},
      {"{sources: [[a]]}", "`sources`: text is expected"},
      {"{images: [debian]}", "`images`: `debian`: it names no registry"},
      {"{digests: ['sha256:xyz']}", "`digests`: "},
      {"{source: [a]}", "unknown key `source`; did you mean `sources`?"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("base.approved", c.with),
                ElementsAre(HasSubstr(c.issue)))
        << c.with;
  }
}

}  // namespace
}  // namespace plimsoll
