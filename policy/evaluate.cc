#include "policy/evaluate.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "policy/evaluate/built_in.h"
#include "policy/evaluate/select.h"
#include "policy/rules/rule.h"

namespace plimsoll {
namespace {

bool HasPassed(const Finding& finding) {
  return finding.result == CheckResult::kPass ||
         finding.result == CheckResult::kSkip;
}

// What a failure of the rule does at this door.
Action FailAction(const Policy& policy, const Rule& rule, Door door) {
  if (rule.action) return *rule.action;
  const bool only_warns = door == Door::kWebhook && TraitsOf(rule.check).flips;
  return only_warns ? std::min(policy.action, Action::kWarn) : policy.action;
}

// What missing evidence does: never more than a failure, unless the rule asks.
Action ErrorAction(const Policy& policy, const Rule& rule, Door door) {
  if (rule.on_missing) return *rule.on_missing;
  return std::min(FailAction(policy, rule, door), policy.on_missing_evidence);
}

size_t SeverityRank(const std::string& severity) {
  constexpr std::array<absl::string_view, 5> kWorstFirst = {
      "critical", "high", "medium", "low", "info"};
  const auto* at = std::find(kWorstFirst.begin(), kWorstFirst.end(),
                             absl::string_view(severity));
  return static_cast<size_t>(at - kWorstFirst.begin());
}

int ResultRank(CheckResult result) {
  if (result == CheckResult::kFail) return 0;
  return result == CheckResult::kError ? 1 : 2;
}

bool ComesFirst(const Finding& a, const Finding& b) {
  const int rank = ResultRank(a.result);
  if (rank != ResultRank(b.result)) return rank < ResultRank(b.result);
  if (rank == 2) return false;
  if (a.action != b.action) return a.action > b.action;
  return SeverityRank(a.severity) < SeverityRank(b.severity);
}

// One evaluation; collects into its verdict.
class Evaluation {
 public:
  Evaluation(const PolicySet& set, const Evidence& evidence,
             const EvaluateContext& context)
      : set_(set), evidence_(evidence), context_(context) {
    // What carries a tag is judged, whatever the caller says.
    if (!evidence.subject.tags.empty()) context_.stage = Stage::kJudged;
  }

  Verdict Run();

 private:
  bool IsStaged() const { return context_.stage == Stage::kStaged; }
  void Add(std::vector<Finding> findings);
  void RunPolicy(const Policy& policy);
  void RunRule(const Policy& policy, const Rule& rule,
               const ImageEvidence* image);
  void NoteChange(const CheckOutput& output, Action action);
  Outcome OutcomeOf(bool is_left_to_tags) const;
  Outcome OutcomeOfArtifact() const;
  Verdict RunArtifact();
  Verdict RunBuildCache();
  Verdict Finish(Outcome outcome);

  const PolicySet& set_;
  const Evidence& evidence_;
  EvaluateContext context_;
  Verdict verdict_;
};

void Evaluation::Add(std::vector<Finding> findings) {
  verdict_.findings.insert(verdict_.findings.end(),
                           std::make_move_iterator(findings.begin()),
                           std::make_move_iterator(findings.end()));
}

void Evaluation::NoteChange(const CheckOutput& output, Action action) {
  // An audit changes nothing, nor does time while the subject is staged.
  if (!output.changes_at || action == Action::kAudit || IsStaged()) return;
  if (!verdict_.valid_until || *output.changes_at < *verdict_.valid_until) {
    verdict_.valid_until = output.changes_at;
  }
}

void Evaluation::RunRule(const Policy& policy, const Rule& rule,
                         const ImageEvidence* image) {
  CheckOutput output = CheckRule(rule, {evidence_, image, context_.now});
  Finding finding;
  finding.policy = policy.name;
  finding.rule = rule.name;
  finding.check = std::string(TraitsOf(rule.check).id);
  if (image != nullptr) SetImage(*image, finding);
  finding.result = output.result;
  finding.action = output.result == CheckResult::kError
                       ? ErrorAction(policy, rule, context_.door)
                       : FailAction(policy, rule, context_.door);
  NoteChange(output, FailAction(policy, rule, context_.door));
  if (!HasPassed(finding)) finding.severity = rule.severity;
  finding.message = std::move(output.message);
  finding.hint = std::move(output.hint);
  finding.definite = output.definite;
  finding.pending = output.pending;
  verdict_.findings.push_back(std::move(finding));
}

void Evaluation::RunPolicy(const Policy& policy) {
  verdict_.policies.push_back(policy.name);
  for (const Rule& rule : policy.rules) {
    if (!TraitsOf(rule.check).per_image) {
      RunRule(policy, rule, nullptr);
      continue;
    }
    for (const ImageEvidence& image : evidence_.images) {
      RunRule(policy, rule, &image);
    }
  }
}

Outcome Evaluation::OutcomeOf(bool is_left_to_tags) const {
  const bool is_staged =
      IsStaged() && (is_left_to_tags || !verdict_.policies.empty());
  Outcome outcome = is_staged ? Outcome::kStaged : Outcome::kAdmit;
  for (const Finding& finding : verdict_.findings) {
    if (HasPassed(finding)) continue;
    if (is_staged && !finding.definite) continue;
    if (finding.action == Action::kDeny) return Outcome::kDeny;
    if (finding.action == Action::kWarn && !is_staged) outcome = Outcome::kWarn;
  }
  return outcome;
}

Outcome Evaluation::OutcomeOfArtifact() const {
  const auto& findings = verdict_.findings;
  if (std::all_of(findings.begin(), findings.end(), HasPassed)) {
    return Outcome::kAdmit;
  }
  return IsStaged() ? Outcome::kStaged : Outcome::kDeny;
}

Verdict Evaluation::Finish(Outcome outcome) {
  verdict_.outcome = outcome;
  std::stable_sort(verdict_.findings.begin(), verdict_.findings.end(),
                   ComesFirst);
  return std::move(verdict_);
}

// Rules about images do not apply. Those about formats do, where a type is
// unknown.
Verdict Evaluation::RunArtifact() {
  Add(ArtifactFindings(evidence_));
  if (evidence_.unusual.empty()) return Finish(OutcomeOfArtifact());
  const Selection selection =
      SelectPolicies(set_, evidence_.subject, context_.stage);
  Add(UnmatchedFindings(set_, selection, evidence_.subject));
  for (const Policy* policy : selection.policies) {
    verdict_.policies.push_back(policy->name);
    for (const Rule& rule : policy->rules) {
      if (std::holds_alternative<ManifestFormat>(rule.check)) {
        RunRule(*policy, rule, nullptr);
      }
    }
  }
  Add(FormatFindings(selection.policies, evidence_, context_.now));
  return Finish(OutcomeOf(selection.is_left_to_tags));
}

// Stored for builders, under tags too, and never admitted.
Verdict Evaluation::RunBuildCache() {
  const bool is_push = context_.door == Door::kPush;
  Add({BuildCacheFinding(evidence_.subject, is_push)});
  return Finish(is_push ? Outcome::kStaged : Outcome::kDeny);
}

Verdict Evaluation::Run() {
  Add(MalformedFindings(evidence_));
  if (!verdict_.findings.empty()) return Finish(Outcome::kDeny);
  if (evidence_.kind == SubjectKind::kBuildCache) return RunBuildCache();
  if (evidence_.kind == SubjectKind::kArtifact) return RunArtifact();
  const Selection selection =
      SelectPolicies(set_, evidence_.subject, context_.stage);
  Add(UnmatchedFindings(set_, selection, evidence_.subject));
  for (const Policy* policy : selection.policies) RunPolicy(*policy);
  if (!selection.policies.empty()) {
    Add(SubjectFindings(selection.policies, evidence_, context_.now));
  }
  return Finish(OutcomeOf(selection.is_left_to_tags));
}

}  // namespace

absl::string_view DoorName(Door door) {
  switch (door) {
    case Door::kPush:
      return "push";
    case Door::kGrpc:
      return "grpc";
    case Door::kWebhook:
      return "webhook";
    case Door::kCheck:
      return "check";
    case Door::kWatch:
      return "watch";
  }
  return "push";
}

Verdict Evaluate(const PolicySet& policies, const Evidence& evidence,
                 const EvaluateContext& context) {
  return Evaluation(policies, evidence, context).Run();
}

}  // namespace plimsoll
