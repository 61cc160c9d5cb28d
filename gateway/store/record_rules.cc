#include "gateway/store/record_rules.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

void MergeName(const BaseName& added, std::vector<BaseName>& names) {
  auto same = [&](const BaseName& name) { return name.name == added.name; };
  auto known = std::find_if(names.begin(), names.end(), same);
  if (known == names.end()) {
    names.push_back(added);
    return;
  }
  known->first_seen = std::min(known->first_seen, added.first_seen);
  known->last_seen = std::max(known->last_seen, added.last_seen);
}

}  // namespace

bool IsDefinite(ForwardState state) {
  return state == ForwardState::kForwarded ||
         state == ForwardState::kSuperseded || state == ForwardState::kAbsent;
}

Status ValidateDecision(const v1::Decision& decision,
                        absl::string_view evidence) {
  if (decision.id().empty()) {
    return absl::InvalidArgumentError("decision: no id");
  }
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, decision.time(), &time, nullptr)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "decision ", decision.id(), ": time is not in RFC 3339 form"));
  }
  if (evidence.size() > kMaxEvidenceBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("decision ", decision.id(), ": evidence of ",
                     evidence.size(), " bytes is over ", kMaxEvidenceBytes));
  }
  std::string digest =
      evidence.empty() ? "" : Digest::Sha256(evidence).ToString();
  if (decision.evidence() != digest) {
    return absl::InvalidArgumentError(
        absl::StrCat("decision ", decision.id(), ": names evidence `",
                     decision.evidence(), "` and carries `", digest, "`"));
  }
  return absl::OkStatus();
}

Status ValidateDocuments(const std::vector<Document>& documents) {
  for (const Document& document : documents) {
    const StatusOr<Digest> digest = Digest::Parse(document.digest);
    const bool whole =
        digest.ok() && document.bytes != nullptr &&
        Digest::Compute(digest->algorithm(), *document.bytes) == *digest;
    if (!whole) {
      return absl::InvalidArgumentError(absl::StrCat(
          "document ", document.digest, ": it does not have these bytes"));
    }
  }
  return absl::OkStatus();
}

Status CheckOutcome(ForwardState current, ForwardState next) {
  if (!IsDefinite(next) && next != ForwardState::kUnknown) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", ForwardStateName(next), "` is not an outcome"));
  }
  if (current == ForwardState::kNone) {
    return absl::InvalidArgumentError("nothing was to be forwarded");
  }
  if (IsDefinite(current) && current != next) {
    return absl::FailedPreconditionError(
        absl::StrCat("the outcome is known to be `", ForwardStateName(current),
                     "`, not `", ForwardStateName(next), "`"));
  }
  return absl::OkStatus();
}

Status ValidateLayerFacts(const LayerFacts& facts) {
  if (facts.size >= 0 && facts.inflated_size >= 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("facts of ", facts.layer.ToString(), ": negative size"));
}

Status ValidateReport(const ScanReport& report, absl::string_view document) {
  if (document.size() > kMaxReportBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("report of ", document.size(), " bytes is over ",
                     kMaxReportBytes, " bytes"));
  }
  if (report.document != Digest::Sha256(document)) {
    return absl::InvalidArgumentError(
        absl::StrCat("report ", report.document.ToString(),
                     " was not read from the document given"));
  }
  if (report.subject.manifests.empty() && !report.subject.config) {
    return absl::InvalidArgumentError(
        absl::StrCat("report ", report.document.ToString(),
                     " does not say which image it is about"));
  }
  return absl::OkStatus();
}

absl::Time ReportTime(const ScanReport& report, absl::Time received) {
  return report.created.value_or(received);
}

BaseRecord MergeBaseRecords(const BaseRecord& known, const BaseRecord& added) {
  bool keep_known = known.proven && !added.proven;
  BaseRecord merged = keep_known ? known : added;
  const BaseRecord& other = keep_known ? added : known;
  if (!merged.index && (other.proven || !merged.proven)) {
    merged.index = other.index;
  }
  merged.names = known.names;
  for (const BaseName& name : added.names) MergeName(name, merged.names);
  // Weakest first in the enumeration: unapproved, approved, denied.
  merged.approval = std::max(known.approval, added.approval);
  return merged;
}

}  // namespace plimsoll
