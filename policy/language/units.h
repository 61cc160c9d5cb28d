// Durations and sizes as people write them in policies and configurations.
// Pure.
#ifndef PLIMSOLL_POLICY_LANGUAGE_UNITS_H_
#define PLIMSOLL_POLICY_LANGUAGE_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr absl::Duration kMaxDuration = absl::Hours(24 * 3650);
inline constexpr int64_t kMaxSize = int64_t{16} << 40;

// "30d", "24h", "15m", "10s", and several in that order: "1d12h". Whole
// numbers, more than nothing, at most kMaxDuration.
StatusOr<absl::Duration> ParseDuration(absl::string_view text);
// "250Mi" (Ki, Mi, Gi, Ti are powers of 1024), "250M" (k, M, G, T of 1000) or
// bytes without a unit. More than nothing, at most kMaxSize.
StatusOr<int64_t> ParseSize(absl::string_view text);

// For people, the two largest units: "30d", "2d 3h", "0s".
std::string FormatAge(absl::Duration duration);
// For people: "812 B", "251.3 MiB".
std::string FormatSize(int64_t bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_UNITS_H_
