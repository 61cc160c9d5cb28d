#include "gateway/store/store.h"

#include <utility>

namespace plimsoll {
namespace {

constexpr std::pair<ForwardState, absl::string_view> kForwardStates[] = {
    {ForwardState::kNone, "none"},
    {ForwardState::kIntent, "intent"},
    {ForwardState::kForwarded, "forwarded"},
    {ForwardState::kSuperseded, "superseded"},
    {ForwardState::kAbsent, "absent"},
    {ForwardState::kUnknown, "unknown"},
};

}  // namespace

absl::string_view ForwardStateName(ForwardState state) {
  for (const auto& [value, name] : kForwardStates) {
    if (value == state) return name;
  }
  return "";
}

std::optional<ForwardState> ParseForwardState(absl::string_view name) {
  for (const auto& [value, text] : kForwardStates) {
    if (text == name) return value;
  }
  return std::nullopt;
}

}  // namespace plimsoll
