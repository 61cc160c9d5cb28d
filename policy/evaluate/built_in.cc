#include "policy/evaluate/built_in.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "policy/rules/rule.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

Finding BuiltIn(absl::string_view rule, absl::string_view check) {
  Finding finding;
  finding.rule = std::string(rule);
  finding.check = std::string(check);
  return finding;
}

constexpr absl::string_view kForgedHint =
    "rebuild the image: its config must list the diff ID of each layer's own "
    "bytes";

// What helps against a fault. Building again does not where the tool writes the
// same bytes again.
absl::string_view HintFor(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::kFormat:
      return "push it as an OCI or Docker schema 2 manifest, as skopeo copy "
             "--format oci does";
    case Fault::Kind::kBound:
      return "make it smaller: fewer layers, children, labels or history "
             "entries";
    case Fault::Kind::kDocument:
      return "update or correct the tool that wrote it: building again with "
             "the same tool gives the same bytes";
    case Fault::Kind::kIndex:
      return "create the index anew from its images, as docker buildx "
             "imagetools create does";
    case Fault::Kind::kLayer:
      return "rebuild the image and push it again";
  }
  return "";
}

Finding Malformed(absl::string_view message, absl::string_view hint) {
  Finding finding = BuiltIn("well-formed", "image");
  finding.result = CheckResult::kFail;
  finding.severity = "critical";
  finding.message = OneLine(message);
  finding.hint = std::string(hint);
  finding.definite = true;
  return finding;
}

// One sentence at least where the base is malformed; none where it is not.
std::vector<std::string> FaultsOf(const BaseIdentity& base) {
  if (base.result != BaseResult::kMalformed) return {};
  if (!base.malformed.empty()) return base.malformed;
  return {"a layer is not what the config says"};
}

Finding Incomplete(absl::string_view message, Action action) {
  Finding finding = BuiltIn("complete", "image");
  finding.result = CheckResult::kError;
  finding.action = action;
  finding.severity = "high";
  finding.message = OneLine(message);
  return finding;
}

Finding GapFinding(const Gap& gap, Action action) {
  std::string text = absl::StrCat("a ", GapKindName(gap.kind), " is missing");
  if (!gap.message.empty()) text = gap.message;
  Finding finding = Incomplete(text, action);
  finding.pending = gap.pending;
  const bool is_child = gap.kind == Gap::Kind::kChild && !gap.pending;
  finding.hint =
      is_child ? "push every child before the index, then again" : "push again";
  return finding;
}

// Gaps of an image that leave nothing of it to judge; the others are for the
// rules that need what is missing.
bool IsWhole(const Gap& gap) {
  return gap.kind != Gap::Kind::kLayer && gap.kind != Gap::Kind::kReport;
}

std::vector<Finding> GapFindings(const Evidence& evidence, Action action) {
  std::vector<Finding> findings;
  for (const Gap& gap : evidence.gaps) {
    findings.push_back(GapFinding(gap, action));
  }
  for (const ImageEvidence& image : evidence.images) {
    for (const Gap& gap : image.gaps) {
      if (!IsWhole(gap)) continue;
      findings.push_back(GapFinding(gap, action));
      SetImage(image, findings.back());
    }
  }
  if (evidence.images.empty() && findings.empty() &&
      evidence.kind != SubjectKind::kArtifact) {
    findings.push_back(
        Incomplete("there is no image in it to judge", Action::kDeny));
    findings.back().definite = true;
  }
  return findings;
}

Action StrictestAction(const std::vector<const Policy*>& policies) {
  Action strictest = Action::kAudit;
  for (const Policy* policy : policies) {
    strictest = std::max(strictest, policy->action);
  }
  return strictest;
}

Action StrictestOnMissing(const std::vector<const Policy*>& policies) {
  Action strictest = Action::kAudit;
  for (const Policy* policy : policies) {
    strictest = std::max(strictest,
                         std::min(policy->action, policy->on_missing_evidence));
  }
  return strictest;
}

bool JudgesFormat(const Policy* policy) {
  return std::any_of(
      policy->rules.begin(), policy->rules.end(), [](const Rule& rule) {
        return std::holds_alternative<ManifestFormat>(rule.check);
      });
}

void AddNearerClaims(const Evidence& evidence, std::vector<Finding>& findings) {
  for (const ImageEvidence& image : evidence.images) {
    const std::optional<BaseClaim>& claim = image.base.nearer_claim;
    if (!claim) continue;
    const std::string claimed = claim->name.empty() && claim->digest
                                    ? claim->digest->Short()
                                    : Quoted(claim->name);
    Finding finding = BuiltIn("nearer-base", "base.identified");
    finding.result = CheckResult::kFail;
    finding.action = Action::kAudit;
    finding.severity = "info";
    finding.message = absl::StrCat(
        "the image claims the nearer base ", claimed, " (", claim->source,
        "), which is not proven; judged by ", Quoted(image.base.name));
    finding.hint =
        "catalog the nearer base: plimsoll catalog add --approve NAME IMAGE";
    SetImage(image, finding);
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void SetImage(const ImageEvidence& image, Finding& finding) {
  const Platform& platform =
      image.listed_platform ? *image.listed_platform : image.config.platform;
  finding.digest = image.digest.ToString();
  finding.platform = OneLine(CutShort(platform.ToString(), kMaxQuotedBytes));
}

std::vector<Finding> MalformedFindings(const Evidence& evidence) {
  std::vector<Finding> findings;
  for (const Fault& fault : evidence.malformed) {
    findings.push_back(Malformed(fault.message, HintFor(fault.kind)));
  }
  for (const ImageEvidence& image : evidence.images) {
    for (const std::string& fault : FaultsOf(image.base)) {
      findings.push_back(Malformed(fault, kForgedHint));
      SetImage(image, findings.back());
    }
  }
  return findings;
}

std::vector<Finding> ArtifactFindings(const Evidence& evidence) {
  std::vector<Finding> findings = GapFindings(evidence, Action::kDeny);
  Finding finding = BuiltIn("artifact", "image");
  finding.result = CheckResult::kSkip;
  finding.message = absl::StrCat(
      "an artifact",
      evidence.artifact_kind.empty()
          ? ""
          : absl::StrCat(" (", OneLine(evidence.artifact_kind), ")"),
      ", to which no image policy applies");
  findings.push_back(std::move(finding));
  return findings;
}

Finding BuildCacheFinding(const Subject& subject, bool is_push) {
  Finding finding = BuiltIn("build-cache", "image");
  if (is_push) {
    finding.result = CheckResult::kSkip;
    finding.message = "a build cache: stored for builders, admitted nowhere";
    return finding;
  }
  finding.result = CheckResult::kFail;
  finding.severity = "high";
  finding.message = absl::StrCat(Quoted(subject.repository),
                                 " is for build caches: nothing in it is "
                                 "admitted as an image");
  finding.hint = "push the image to a repository of its own, and name that";
  finding.definite = true;
  return finding;
}

std::vector<Finding> UnmatchedFindings(const PolicySet& set,
                                       const Selection& selection,
                                       const Subject& subject) {
  std::vector<Finding> findings;
  for (const std::string& tag : selection.unmatched) {
    const std::string name =
        absl::StrCat(subject.repository, tag.empty() ? "" : ":", tag);
    Finding finding = BuiltIn("matched", "policy");
    finding.result = CheckResult::kFail;
    finding.action = set.no_match;
    finding.severity = "high";
    finding.message =
        set.policies.empty()
            ? absl::StrCat("no policy is loaded to judge ", Quoted(name))
            : absl::StrCat("no policy matches ", Quoted(name));
    finding.hint = "write a policy whose match.repositories and tags cover it";
    findings.push_back(std::move(finding));
  }
  if (selection.is_left_to_tags) {
    Finding finding = BuiltIn("matched", "policy");
    finding.result = CheckResult::kSkip;
    finding.message = "the policies of this repository judge it by tag";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Finding> FormatFindings(const std::vector<const Policy*>& policies,
                                    const Evidence& evidence, absl::Time now) {
  if (std::any_of(policies.begin(), policies.end(), JudgesFormat)) return {};
  CheckOutput output = Check(ManifestFormat{}, {evidence, nullptr, now});
  if (policies.empty() || output.result != CheckResult::kFail) return {};
  Finding finding = BuiltIn("format", ManifestFormat::kTraits.id);
  finding.result = output.result;
  finding.action = StrictestAction(policies);
  finding.severity = std::string(ManifestFormat::kTraits.severity);
  finding.message = std::move(output.message);
  finding.hint = std::move(output.hint);
  finding.definite = output.definite;
  return {std::move(finding)};
}

std::vector<Finding> SubjectFindings(const std::vector<const Policy*>& policies,
                                     const Evidence& evidence, absl::Time now) {
  std::vector<Finding> findings =
      GapFindings(evidence, StrictestOnMissing(policies));
  for (Finding& finding : FormatFindings(policies, evidence, now)) {
    findings.push_back(std::move(finding));
  }
  AddNearerClaims(evidence, findings);
  return findings;
}

}  // namespace plimsoll
