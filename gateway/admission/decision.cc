#include "gateway/admission/decision.h"

#include <google/protobuf/util/json_util.h>
#include <openssl/rand.h>

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gateway/instant.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

void FillBase(const BaseIdentity& base, v1::Base& to) {
  to.set_name(base.name);
  if (base.digest) to.set_digest(base.digest->ToString());
  to.set_proof(std::string(ProofName(base.proof)));
  to.set_via(std::string(ViaName(base.via)));
  to.set_exact(base.exact);
  to.set_layers(static_cast<int32_t>(base.layers));
  for (const BaseAncestor& ancestor : base.ancestors) {
    v1::Ancestor* added = to.add_ancestors();
    added->set_name(ancestor.name);
    added->set_digest(ancestor.manifest.ToString());
    added->set_layers(static_cast<int32_t>(ancestor.layers));
  }
  to.set_candidates(static_cast<int32_t>(base.candidates.size()));
  to.set_approved(base.approved && !base.denied);
  to.set_kind("unknown");
  to.mutable_pinned()->set_value(
      std::string(PinnedValueName(base.pinned.value)));
  to.mutable_pinned()->set_proof(std::string(ProofName(base.pinned.proof)));
  for (const std::string& sentence : base.contradictions) {
    to.add_contradictions(sentence);
  }
  to.set_result(std::string(BaseResultName(base.result)));
  to.set_suggested(base.suggested);
}

void FillImage(const ImageEvidence& image, v1::Image& to) {
  to.set_digest(image.digest.ToString());
  to.set_platform(image.config.platform.ToString());
  FillBase(image.base, *to.mutable_base());
  v1::History* history = to.mutable_history();
  history->set_entries(static_cast<int32_t>(image.base.history.entries));
  history->set_boundary(static_cast<int32_t>(image.base.history.boundary));
  history->set_from(image.base.history.from);
  history->set_agrees(image.base.history_agrees);
}

void FillFinding(const Finding& finding, v1::Finding& to) {
  to.set_policy(finding.policy);
  to.set_rule(finding.rule);
  to.set_check(finding.check);
  to.set_digest(finding.digest);
  to.set_platform(finding.platform);
  to.set_result(std::string(CheckResultName(finding.result)));
  to.set_action(std::string(ActionName(finding.action)));
  to.set_severity(finding.severity);
  to.set_message(finding.message);
  to.set_hint(finding.hint);
  to.set_waiver(finding.waiver);
}

// One value of a field: the `i`th where it is repeated.
void KeepFieldText(google::protobuf::Message& message,
                   const google::protobuf::FieldDescriptor& field, int i) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& fields = *message.GetReflection();
  const bool repeated = field.is_repeated();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    KeepText(repeated ? *fields.MutableRepeatedMessage(&message, &field, i)
                      : *fields.MutableMessage(&message, &field));
    return;
  }
  if (field.type() != FieldDescriptor::TYPE_STRING) return;
  const std::string text = repeated
                               ? fields.GetRepeatedString(message, &field, i)
                               : fields.GetString(message, &field);
  if (IsUtf8(text)) return;
  if (repeated) {
    fields.SetRepeatedString(&message, &field, i, OneLine(text));
  } else {
    fields.SetString(&message, &field, OneLine(text));
  }
}

}  // namespace

StatusOr<std::string> NewDecisionId(absl::Time now) {
  unsigned char random[8] = {};
  if (RAND_bytes(random, sizeof random) != 1) {
    return absl::InternalError(
        "no randomness for the decision's ID, push again; the log of the "
        "system says what ails its random numbers");
  }
  return absl::StrFormat(
      "%016x%s", static_cast<uint64_t>(absl::ToUnixMicros(now)),
      absl::BytesToHexString(absl::string_view(
          reinterpret_cast<const char*>(random), sizeof random)));
}

void FillGap(const Gap& gap, v1::Gap& to) {
  to.set_kind(std::string(GapKindName(gap.kind)));
  to.set_digest(gap.digest);
  to.set_message(gap.message);
  to.set_pending(gap.pending);
}

void FillDecision(const Verdict& verdict, const Evidence& evidence,
                  v1::Decision& to) {
  to.set_outcome(std::string(OutcomeName(verdict.outcome)));
  to.set_artifact(evidence.artifact_kind);
  for (const ImageEvidence& image : evidence.images) {
    FillImage(image, *to.add_images());
    for (const Gap& gap : image.gaps) FillGap(gap, *to.add_gaps());
  }
  for (const Gap& gap : evidence.gaps) FillGap(gap, *to.add_gaps());
  for (const Finding& finding : verdict.findings) {
    FillFinding(finding, *to.add_findings());
  }
  to.set_catalog_revision(evidence.catalog_revision);
  if (verdict.valid_until) {
    to.set_valid_until(FormatInstant(*verdict.valid_until));
  }
}

bool IsStrayAttestation(const v1::Decision& decision) {
  return decision.artifact() == "attestation" &&
         decision.reference() != decision.digest() &&
         !absl::StartsWith(decision.reference(), "sha256-");
}

void KeepText(google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& fields = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  fields.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->is_map()) continue;  // its keys are ours
    const int count =
        field->is_repeated() ? fields.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) KeepFieldText(message, *field, i);
  }
}

std::string DecisionJson(const v1::Decision& decision) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string json;
  // Cannot fail: the message holds no Any and only valid UTF-8 or bytes.
  (void)google::protobuf::util::MessageToJsonString(decision, &json, options);
  return json;
}

}  // namespace plimsoll
