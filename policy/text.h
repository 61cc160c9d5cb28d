// Words of findings. Text that a pusher wrote stands in backticks, cut short
// and free of what could break the line. Pure.
#ifndef PLIMSOLL_POLICY_TEXT_H_
#define PLIMSOLL_POLICY_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace plimsoll {

inline constexpr size_t kMaxQuotedBytes = 100;

bool IsUtf8(absl::string_view text);
// Where the first character stands that a terminal obeys, that breaks or turns
// a line, or that nobody sees; npos for none. REQUIRES: UTF-8.
size_t FindUnsafe(absl::string_view text);
// How many bytes at the start of `text` are UTF-8.
size_t Utf8Prefix(absl::string_view text);
// `text` with a "?" for each unsafe character and each byte that is not UTF-8.
std::string Printable(absl::string_view text);
// As Printable, with a "'" for each backtick.
std::string OneLine(absl::string_view text);
// At most `max_bytes` of `text`, cut between characters and then ended by
// "...", for which there must be room.
std::string CutShort(absl::string_view text, size_t max_bytes);
// "`text`", as OneLine and cut short.
std::string Quoted(absl::string_view text);
// Whether `text` can stand unquoted where a platform is named: at least one and
// at most 64 characters of those that names of platforms are made of.
bool ReadsLikeAPlatform(absl::string_view text);
// "1 layer", "3 layers".
std::string Counted(size_t count, absl::string_view noun);
// The first `max` of `items`, separated by commas: "a, b and 3 more".
std::string ListShort(const std::vector<std::string>& items, size_t max);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_TEXT_H_
