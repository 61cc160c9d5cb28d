// A rule: one check with its parameters, as a policy has it. Made by the
// loader; immutable. CheckRule is pure and safe for concurrent use.
#ifndef PLIMSOLL_POLICY_RULES_RULE_H_
#define PLIMSOLL_POLICY_RULES_RULE_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/rules/base_age.h"
#include "policy/rules/base_approved.h"
#include "policy/rules/base_denied.h"
#include "policy/rules/base_identified.h"
#include "policy/rules/base_pinned.h"
#include "policy/rules/check.h"
#include "policy/rules/config_labels.h"
#include "policy/rules/config_user.h"
#include "policy/rules/image_size.h"
#include "policy/rules/manifest_format.h"
#include "policy/rules/platform.h"
#include "policy/rules/vulnerabilities.h"

namespace plimsoll {

using CheckParams =
    std::variant<BaseIdentified, BaseApproved, BaseDenied, BasePinned, BaseAge,
                 Vulnerabilities, ConfigUser, ConfigLabels, ImageSize,
                 PlatformRule, ManifestFormat>;

struct Rule {
  std::string name;
  CheckParams check;
  std::optional<Action> action;      // overrides the policy's, at every door
  std::optional<Action> on_missing;  // overrides onMissingEvidence
  std::string severity;              // never empty
  std::string hint;                  // template; "" for the check's own
};

const CheckTraits& TraitsOf(const CheckParams& check);
// Of all checks, in the order of the documentation.
std::vector<absl::string_view> CheckIds();
// Reads the `with` of the check called `id`; nullopt for an unknown one.
std::optional<CheckParams> ParseCheck(absl::string_view id, YamlFields& with);

// Runs the rule's check; the rule's own hint replaces the check's on anything
// but a pass. Where the image's config could not be read, every check that
// looks at an image is an error.
CheckOutput CheckRule(const Rule& rule, const CheckInput& input);

// Placeholders of hints: {{base.suggested}}, {{base.name}}, {{image.digest}}.
// A name that is no reference, as a claim may be, is no value.
// The first unknown one of `hint`, braces included; "" where all are known.
std::string UnknownPlaceholder(absl::string_view hint);
// Fills `hint` in. "" where a placeholder has no value here.
std::string RenderHint(absl::string_view hint, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_RULE_H_
