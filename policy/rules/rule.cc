#include "policy/rules/rule.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

struct CheckEntry {
  absl::string_view id;
  CheckParams (*parse)(YamlFields& with);
};

template <typename Params>
CheckParams ParseAs(YamlFields& with) {
  return Params::Parse(with);
}

// One entry for each alternative of CheckParams, in its order.
template <typename... Params>
constexpr std::array<CheckEntry, sizeof...(Params)> EntriesOf(
    const std::variant<Params...>*) {
  return {{{Params::kTraits.id, &ParseAs<Params>}...}};
}
constexpr auto kChecks = EntriesOf(static_cast<CheckParams*>(nullptr));

struct Placeholder {
  absl::string_view text;
  std::string (*value)(const CheckInput& input);
};

std::string Suggested(const CheckInput& input) {
  return input.image == nullptr ? "" : input.image->base.suggested;
}
std::string BaseName(const CheckInput& input) {
  return input.image == nullptr ? "" : TypeableName(input.image->base);
}
std::string ImageDigest(const CheckInput& input) {
  return (input.image == nullptr ? input.evidence.subject.digest
                                 : input.image->digest)
      .ToString();
}

constexpr std::array<Placeholder, 3> kPlaceholders = {
    {{"{{base.suggested}}", &Suggested},
     {"{{base.name}}", &BaseName},
     {"{{image.digest}}", &ImageDigest}}};

const Placeholder* FindPlaceholder(absl::string_view text) {
  for (const Placeholder& placeholder : kPlaceholders) {
    if (text.substr(0, placeholder.text.size()) == placeholder.text) {
      return &placeholder;
    }
  }
  return nullptr;
}

// The config of the first image that could not be read, where `input` looks at
// images; nullptr where all could.
const Gap* ConfigGap(const CheckInput& input) {
  for (const ImageEvidence& image : input.evidence.images) {
    if (input.image != nullptr && input.image != &image) continue;
    for (const Gap& gap : image.gaps) {
      if (gap.kind == Gap::Kind::kConfig) return &gap;
    }
  }
  return nullptr;
}

CheckOutput RunCheck(const Rule& rule, const CheckInput& input) {
  if (const Gap* gap = ConfigGap(input)) {
    CheckOutput output =
        Missing(absl::StrCat("the image's config cannot be read: ",
                             OneLine(gap->message)),
                "push again");
    output.pending = gap->pending;
    return output;
  }
  return std::visit(
      [&input](const auto& params) { return Check(params, input); },
      rule.check);
}

}  // namespace

const CheckTraits& TraitsOf(const CheckParams& check) {
  return std::visit(
      [](const auto& params) -> const CheckTraits& { return params.kTraits; },
      check);
}

std::vector<absl::string_view> CheckIds() {
  std::vector<absl::string_view> ids;
  ids.reserve(std::size(kChecks));
  for (const CheckEntry& entry : kChecks) ids.push_back(entry.id);
  return ids;
}

std::optional<CheckParams> ParseCheck(absl::string_view id, YamlFields& with) {
  for (const CheckEntry& entry : kChecks) {
    if (entry.id == id) return entry.parse(with);
  }
  return std::nullopt;
}

CheckOutput CheckRule(const Rule& rule, const CheckInput& input) {
  CheckOutput output = RunCheck(rule, input);
  const bool has_passed = output.result == CheckResult::kPass ||
                          output.result == CheckResult::kSkip;
  if (has_passed || rule.hint.empty()) return output;
  std::string hint = RenderHint(rule.hint, input);
  if (!hint.empty()) output.hint = std::move(hint);
  return output;
}

std::string UnknownPlaceholder(absl::string_view hint) {
  for (size_t at = hint.find("{{"); at != absl::string_view::npos;
       at = hint.find("{{", at + 2)) {
    if (FindPlaceholder(hint.substr(at)) != nullptr) continue;
    const size_t end = hint.find("}}", at);
    return std::string(
        hint.substr(at, end == absl::string_view::npos ? end : end + 2 - at));
  }
  return "";
}

std::string RenderHint(absl::string_view hint, const CheckInput& input) {
  std::string out;
  while (!hint.empty()) {
    const Placeholder* placeholder = FindPlaceholder(hint);
    if (placeholder == nullptr) {
      out.push_back(hint.front());
      hint.remove_prefix(1);
      continue;
    }
    const std::string value = placeholder->value(input);
    if (value.empty()) return "";
    absl::StrAppend(&out, OneLine(value));
    hint.remove_prefix(placeholder->text.size());
  }
  return out;
}

}  // namespace plimsoll
