#include "policy/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/language/load.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

// A policy of `rules` (YAML, in one line), with what else its spec has.
std::string Policy(absl::string_view name, absl::string_view rules,
                   absl::string_view spec = "") {
  return absl::StrCat(
      "---\napiVersion: plimsoll.dev/v1alpha1\nkind: BaseImagePolicy\n"
      "metadata: {name: ",
      name, "}\nspec:\n  rules: [", rules, "]\n", spec,
      absl::StrContains(spec, "match:")
          ? ""
          : "  match: {repositories: [\"**\"]}\n");
}
constexpr absl::string_view kNoRoot =
    "{name: non-root, check: config.user, with: {forbidRoot: true}}";
constexpr absl::string_view kKnown =
    "{name: known, check: base.identified, with: {minProof: verified}}";
constexpr absl::string_view kSmall =
    "{name: small, check: image.size, with: {maxLayers: 1}}";

PolicySet Load(const std::vector<std::string>& documents,
               Action no_match = Action::kDeny) {
  std::vector<PolicyFile> given;
  for (size_t i = 0; i < documents.size(); ++i) {
    given.push_back({absl::StrCat(i, ".yaml"), documents[i]});
  }
  LoadedPolicies loaded = LoadPolicies(given, no_match);
  for (const Issue& issue : loaded.issues) ADD_FAILURE() << issue.message;
  return loaded.policies ? *std::move(loaded.policies) : PolicySet{};
}

ImageEvidence ImageOf(const TestImage& image) {
  ImageEvidence evidence{.digest = image.manifest_digest,
                         .config_digest = image.config_digest,
                         .manifest = image.manifest,
                         .config = image.config,
                         .listed_platform = {},
                         .facts = image.facts,
                         .base = {},
                         .reports = {},
                         .base_reports = {},
                         .gaps = {}};
  evidence.base = IdentifyBase(image.View(), *BaseCatalog::New({}).value());
  return evidence;
}
TestImage Rooted() { return ImageBuilder().Layer("a").User("root").Build(); }
TestImage Plain() { return ImageBuilder().Layer("a").User("1000").Build(); }

Evidence Of(std::vector<TestImage> images, std::vector<std::string> tags = {}) {
  Evidence evidence{
      .subject = {.repository = "team/app",
                  .tags = std::move(tags),
                  .digest = images[0].manifest_digest,
                  .media_type = std::string(kOciManifestType),
                  .size = 100},
      .kind = images.size() == 1 ? SubjectKind::kImage : SubjectKind::kIndex,
      .artifact_kind = "",
      .images = {},
      .gaps = {},
      .malformed = {},
      .unusual = {},
      .catalog_revision = "",
      .catalog_empty = true};
  for (const TestImage& image : images) {
    evidence.images.push_back(ImageOf(image));
  }
  return evidence;
}

Verdict Judge(const PolicySet& policies, const Evidence& evidence,
              Stage stage = Stage::kJudged, Door door = Door::kPush) {
  return Evaluate(policies, evidence, {door, stage, kNow});
}

Gap MissingChild(bool pending = false) {
  Gap gap;
  gap.kind = Gap::Kind::kChild;
  gap.message = "child linux/arm64: it is not in the repository";
  gap.pending = pending;
  return gap;
}

TEST(Evaluate, AdmitsWhereEveryRulePasses) {
  const Verdict verdict =
      Judge(Load({Policy("p", kNoRoot)}), Of({Plain()}, {"v1"}));
  EXPECT_EQ(verdict.outcome, Outcome::kAdmit);
  ASSERT_FALSE(verdict.findings.empty());
  EXPECT_EQ(verdict.findings[0].result, CheckResult::kPass);
  EXPECT_THAT(verdict.policies, ElementsAre("p"));
}

TEST(Evaluate, DeniesAndSaysWhichRuleOfWhichPolicy) {
  const Verdict verdict =
      Judge(Load({Policy("p", kNoRoot)}), Of({Rooted()}, {"v1"}));
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_EQ(verdict.findings[0].policy, "p");
  EXPECT_EQ(verdict.findings[0].rule, "non-root");
  EXPECT_EQ(verdict.findings[0].action, Action::kDeny);
  EXPECT_EQ(verdict.findings[0].platform, "linux/amd64");
}

TEST(Evaluate, TakesTheStrictestActionOfAllPolicies) {
  const std::string warns = Policy("warns", kNoRoot, "  action: Warn\n");
  const std::string audits = Policy("audits", kNoRoot, "  action: Audit\n");
  const std::string denies = Policy("denies", kNoRoot);
  const Evidence rooted = Of({Rooted()}, {"v1"});
  EXPECT_EQ(Judge(Load({audits}), rooted).outcome, Outcome::kAdmit);
  EXPECT_EQ(Judge(Load({audits, warns}), rooted).outcome, Outcome::kWarn);
  const Verdict verdict = Judge(Load({audits, warns, denies}), rooted);
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_EQ(verdict.findings[0].policy, "denies") << "the worst comes first";
  EXPECT_EQ(verdict.findings[1].policy, "warns");
}

TEST(Evaluate, LetsARuleOverrideItsPolicysAction) {
  const std::string rule =
      "{name: r, check: config.user, with: {forbidRoot: true}, action: Warn}";
  EXPECT_EQ(Judge(Load({Policy("p", rule)}), Of({Rooted()}, {"v1"})).outcome,
            Outcome::kWarn);
}

TEST(Evaluate, AnswersWhatNoPolicyMatchesByTheNoMatchRule) {
  const std::string elsewhere =
      Policy("p", kNoRoot, "  match: {repositories: [\"other/**\"]}\n");
  const Evidence plain = Of({Plain()}, {"v1"});
  EXPECT_EQ(Judge(Load({elsewhere}), plain).outcome, Outcome::kDeny);
  EXPECT_EQ(Judge(Load({elsewhere}, Action::kWarn), plain).outcome,
            Outcome::kWarn);
  EXPECT_EQ(Judge(Load({elsewhere}, Action::kAudit), plain).outcome,
            Outcome::kAdmit);
  const Verdict verdict = Judge(Load({}), plain);
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("no policy is loaded"));
}

TEST(Evaluate, JudgesEveryTagAndTheWorstWins) {
  const PolicySet policies =
      Load({Policy("releases", kNoRoot,
                   "  match: {repositories: [\"**\"], tags: [\"v*\"]}\n"),
            Policy("builds", kSmall,
                   "  match: {repositories: [\"**\"], tags: [\"dev-*\"]}\n")});
  EXPECT_EQ(Judge(policies, Of({Rooted()}, {"dev-1"})).outcome,
            Outcome::kAdmit);
  EXPECT_EQ(Judge(policies, Of({Rooted()}, {"dev-1", "v1"})).outcome,
            Outcome::kDeny);
  // A tag that nobody judges is not admitted beside one that is.
  const Verdict verdict = Judge(policies, Of({Plain()}, {"v1", "latest"}));
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("team/app:latest"));
}

TEST(Evaluate, JudgesAnIndexByItsWorstChild) {
  const TestImage arm = ImageBuilder()
                            .Layer("b")
                            .User("root")
                            .On({"linux", "arm64", "", ""})
                            .Build();
  const Verdict verdict =
      Judge(Load({Policy("p", kNoRoot)}), Of({Plain(), arm}, {"v1"}));
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_EQ(verdict.findings[0].platform, "linux/arm64");
  EXPECT_EQ(verdict.findings[0].digest, arm.manifest_digest.ToString());
}

TEST(Evaluate, DeniesAnIndexWithAMissingChildUnlessAPolicySaysOtherwise) {
  Evidence evidence = Of({Plain(), Plain()}, {"v1"});
  evidence.gaps.push_back(MissingChild());
  const Verdict verdict = Judge(Load({Policy("p", kNoRoot)}), evidence);
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_EQ(verdict.findings[0].result, CheckResult::kError);
  EXPECT_THAT(verdict.findings[0].hint, HasSubstr("push every child"));
  const std::string lenient =
      Policy("p", kNoRoot, "  onMissingEvidence: Warn\n");
  EXPECT_EQ(Judge(Load({lenient}), evidence).outcome, Outcome::kWarn);
  // The strictest of those that apply decides here too.
  EXPECT_EQ(Judge(Load({lenient, Policy("q", kSmall)}), evidence).outcome,
            Outcome::kDeny);
}

TEST(Evaluate, DeniesWhatHasNothingToJudge) {
  Evidence evidence = Of({Plain()}, {"v1"});
  evidence.images.clear();
  const std::string warns = Policy("p", kNoRoot, "  action: Warn\n");
  EXPECT_EQ(Judge(Load({warns}), evidence).outcome, Outcome::kDeny);
}

TEST(Evaluate, DeniesMalformedBytesWhateverThePoliciesSay) {
  Evidence evidence = Of({Plain()}, {"v1"});
  evidence.malformed = {{Fault::Kind::kDocument, "manifest: duplicate key"}};
  const std::string audits = Policy("p", kNoRoot, "  action: Audit\n");
  for (const Stage stage : {Stage::kJudged, Stage::kStaged}) {
    const Verdict verdict =
        Judge(Load({audits}, Action::kAudit), evidence, stage);
    EXPECT_EQ(verdict.outcome, Outcome::kDeny);
    EXPECT_TRUE(verdict.findings[0].definite);
    EXPECT_THAT(verdict.findings[0].message, HasSubstr("duplicate key"));
  }
}

TEST(Evaluate, StagesAndRefusesOnlyWhatCanNeverBeCured) {
  const PolicySet known = Load({Policy("p", kKnown)});
  const Evidence by_digest = Of({Plain()});
  EXPECT_EQ(Judge(known, by_digest, Stage::kStaged).outcome, Outcome::kStaged);
  EXPECT_EQ(Judge(known, by_digest, Stage::kJudged).outcome, Outcome::kDeny);
  const PolicySet no_root = Load({Policy("p", kNoRoot)});
  EXPECT_EQ(Judge(no_root, Of({Rooted()}), Stage::kStaged).outcome,
            Outcome::kDeny);
  // A warning is for whoever tags it.
  const PolicySet warns = Load({Policy("p", kNoRoot, "  action: Warn\n")});
  EXPECT_EQ(Judge(warns, Of({Rooted()}), Stage::kStaged).outcome,
            Outcome::kStaged);
}

TEST(Evaluate, StagesAGapForTheTagToMeet) {
  Evidence evidence = Of({Plain(), Plain()});
  evidence.gaps.push_back(MissingChild(true));
  const PolicySet policies = Load({Policy("p", kNoRoot)});
  EXPECT_EQ(Judge(policies, evidence, Stage::kStaged).outcome,
            Outcome::kStaged);
  evidence.subject.tags = {"v1"};
  const Verdict verdict = Judge(policies, evidence, Stage::kStaged);
  EXPECT_EQ(verdict.outcome, Outcome::kDeny) << "a tag is judged always";
  EXPECT_TRUE(verdict.findings[0].pending);
}

TEST(Evaluate, LeavesADigestToThePoliciesOfItsTags) {
  const PolicySet policies =
      Load({Policy("releases", kNoRoot,
                   "  match: {repositories: [\"**\"], tags: [\"v*\"]}\n")});
  const Verdict staged = Judge(policies, Of({Rooted()}), Stage::kStaged);
  EXPECT_EQ(staged.outcome, Outcome::kStaged);
  EXPECT_THAT(staged.policies, IsEmpty());
  // Every other door judges a digest by all of them.
  EXPECT_EQ(
      Judge(policies, Of({Rooted()}), Stage::kJudged, Door::kWebhook).outcome,
      Outcome::kDeny);
}

TEST(Evaluate, AnswersAStagedDigestThatNoPolicyMatchesByTheNoMatchRule) {
  const std::string elsewhere =
      Policy("p", kNoRoot, "  match: {repositories: [\"other/**\"]}\n");
  EXPECT_EQ(Judge(Load({elsewhere}), Of({Plain()}), Stage::kStaged).outcome,
            Outcome::kDeny);
  EXPECT_EQ(
      Judge(Load({elsewhere}, Action::kWarn), Of({Plain()}), Stage::kStaged)
          .outcome,
      Outcome::kWarn);
}

TEST(Evaluate, ExcludesWhatAPolicyExcludes) {
  const std::string policy =
      Policy("p", kNoRoot,
             "  match: {repositories: [\"team/**\"], excludeRepositories: "
             "[\"team/app\"]}\n");
  const Verdict verdict = Judge(Load({policy}), Of({Plain()}, {"v1"}));
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_THAT(verdict.policies, IsEmpty());
}

TEST(Evaluate, AsksOfAnArtifactOfAnUnknownTypeForItsFormatAlone) {
  Evidence evidence = Of({Plain()}, {"v1"});
  evidence.images.clear();
  evidence.kind = SubjectKind::kArtifact;
  evidence.artifact_kind = "unlisted";
  evidence.unusual = {"unknown-config-type: x"};
  EXPECT_EQ(Judge(Load({Policy("p", kKnown)}), evidence).outcome,
            Outcome::kDeny);
  EXPECT_EQ(Judge(Load({}), evidence).outcome, Outcome::kDeny);
  const std::string allowing =
      absl::StrCat(kKnown, ", {name: format, check: manifest.format, ",
                   "with: {allow: [unknown-config-type]}}");
  EXPECT_EQ(Judge(Load({Policy("p", allowing)}), evidence).outcome,
            Outcome::kAdmit);
}

TEST(Evaluate, AdmitsAnArtifactUnlessSomethingHidesWhatItIs) {
  Evidence evidence = Of({Plain()}, {"sha256-1.sig"});
  evidence.kind = SubjectKind::kArtifact;
  evidence.artifact_kind = "cosign-signature";
  evidence.images.clear();
  const PolicySet policies = Load({Policy("p", kNoRoot)});
  EXPECT_EQ(Judge(policies, evidence).outcome, Outcome::kAdmit);
  evidence.gaps.push_back(MissingChild());
  EXPECT_EQ(Judge(policies, evidence).outcome, Outcome::kDeny);
  evidence.subject.tags.clear();
  EXPECT_EQ(Judge(policies, evidence, Stage::kStaged).outcome,
            Outcome::kStaged);
}

// A node drain or a rollback must not become an outage.
TEST(Evaluate, WarnsAtTheWebhookAboutWhatFlipsWithTime) {
  const std::string scan =
      "{name: clean, check: vulnerabilities, with: {scope: base, "
      "maxReportAge: 24h, deny: [{severity: High}]}}";
  const Evidence evidence = Of({Plain()}, {"v1"});
  const PolicySet policies = Load({Policy("p", scan)});
  EXPECT_EQ(Judge(policies, evidence).outcome, Outcome::kDeny);
  EXPECT_EQ(Judge(policies, evidence, Stage::kJudged, Door::kWebhook).outcome,
            Outcome::kWarn);
  const std::string insists =
      absl::StrCat(scan.substr(0, scan.size() - 1), ", action: Deny}");
  EXPECT_EQ(Judge(Load({Policy("p", insists)}), evidence, Stage::kJudged,
                  Door::kWebhook)
                .outcome,
            Outcome::kDeny);
  EXPECT_EQ(Judge(Load({Policy("p", kNoRoot)}), Of({Rooted()}, {"v1"}),
                  Stage::kJudged, Door::kWebhook)
                .outcome,
            Outcome::kDeny)
      << "bytes do not flip";
}

TEST(Evaluate, SaysUntilWhenTimeAloneChangesNothing) {
  const TestImage base = ImageBuilder().Layer("base").Build();
  const TestImage app = ImageBuilder(base).Layer("app").User("1000").Build();
  BaseRecord record = RecordOf(base, {"docker.io/library/debian:12"});
  record.created = kNow - absl::Hours(24 * 10);
  record.proven = true;
  Evidence evidence = Of({app}, {"v1"});
  evidence.images[0].base =
      IdentifyBase(app.View(), *BaseCatalog::New({record}).value());
  const std::string fresh = "{name: fresh, check: base.age, with: {max: 30d}}";
  const std::string older = "{name: older, check: base.age, with: {max: 60d}}";
  const absl::Time flips = kNow + absl::Hours(24 * 20);
  Verdict verdict =
      Judge(Load({Policy("p", fresh), Policy("q", older)}), evidence);
  EXPECT_EQ(verdict.outcome, Outcome::kAdmit);
  EXPECT_EQ(verdict.valid_until, flips) << "the first of all changes";
  const std::string audits = Policy("p", fresh, "  action: Audit\n");
  EXPECT_EQ(Judge(Load({audits}), evidence).valid_until, std::nullopt);
  EXPECT_EQ(Judge(Load({Policy("p", kNoRoot)}), evidence).valid_until,
            std::nullopt);
  verdict = Evaluate(Load({Policy("p", fresh)}), evidence,
                     {Door::kPush, Stage::kJudged, flips + absl::Hours(1)});
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
}

TEST(Evaluate, JudgesTheFormatWhereNoPolicyDoes) {
  Evidence evidence = Of({Plain()}, {"v1"});
  evidence.unusual = {"sha512 digest"};
  const Verdict verdict = Judge(Load({Policy("p", kNoRoot)}), evidence);
  EXPECT_EQ(verdict.outcome, Outcome::kDeny);
  EXPECT_EQ(verdict.findings[0].rule, "format");
  EXPECT_EQ(verdict.findings[0].policy, "");
}

TEST(Evaluate, HasAFindingForEveryNo) {
  for (const auto& evidence :
       {Of({Rooted()}, {"v1"}), Of({Rooted()}), Of({Plain()}, {"x"})}) {
    for (const auto& policies : {Load({}), Load({Policy("p", kNoRoot)}),
                                 Load({Policy("p", kKnown)})}) {
      const Verdict verdict = Judge(policies, evidence);
      if (verdict.outcome == Outcome::kAdmit) continue;
      EXPECT_NE(SummarizeVerdict(verdict, 1000), "");
    }
  }
}

TEST(DoorName, NamesEveryDoor) {
  EXPECT_EQ(DoorName(Door::kPush), "push");
  EXPECT_EQ(DoorName(Door::kGrpc), "grpc");
  EXPECT_EQ(DoorName(Door::kWebhook), "webhook");
  EXPECT_EQ(DoorName(Door::kCheck), "check");
  EXPECT_EQ(DoorName(Door::kWatch), "watch");
}

}  // namespace
}  // namespace plimsoll
