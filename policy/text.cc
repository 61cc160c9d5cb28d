#include "policy/text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace plimsoll {
namespace {

// Bytes of the well-formed UTF-8 character that `text` starts with; 0 for none.
size_t CharacterBytes(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return 0;
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies past U+10FFFF.
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) > 0x9f) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return bytes;
}

// Characters that a terminal obeys, that turn the direction of a line, or that
// nobody sees.
bool IsUnsafe(absl::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead < 0x20 || lead == 0x7f;
  if (character.size() == 2) {
    return lead == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
  }
  // U+2028 to U+202E, U+2066 to U+2069, and the byte order mark.
  return character == "\xef\xbb\xbf" ||
         (character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
         (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
}

}  // namespace

size_t Utf8Prefix(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t bytes = CharacterBytes(text.substr(at));
    if (bytes == 0) break;
    at += bytes;
  }
  return at;
}

bool IsUtf8(absl::string_view text) { return Utf8Prefix(text) == text.size(); }

size_t FindUnsafe(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = std::max(CharacterBytes(text.substr(at)), size_t{1});
    if (IsUnsafe(text.substr(at, bytes))) return at;
    at += bytes;
  }
  return absl::string_view::npos;
}

std::string Printable(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    const absl::string_view character =
        text.substr(0, std::max(bytes, size_t{1}));
    const bool is_safe = bytes > 0 && !IsUnsafe(character);
    absl::StrAppend(&out, is_safe ? character : "?");
    text.remove_prefix(character.size());
  }
  return out;
}

std::string OneLine(absl::string_view text) {
  std::string line = Printable(text);
  std::replace(line.begin(), line.end(), '`', '\'');
  return line;
}

std::string CutShort(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  constexpr absl::string_view kDots = "...";
  size_t end = max_bytes < kDots.size() ? 0 : max_bytes - kDots.size();
  const auto continues = [text](size_t i) {
    return (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
  };
  while (end > 0 && continues(end)) --end;
  return absl::StrCat(text.substr(0, end), kDots.substr(0, max_bytes));
}

std::string Quoted(absl::string_view text) {
  // What is cut off need not be read.
  const std::string line = OneLine(text.substr(0, kMaxQuotedBytes + 4));
  return absl::StrCat("`", CutShort(line, kMaxQuotedBytes), "`");
}

bool ReadsLikeAPlatform(absl::string_view text) {
  constexpr size_t kMaxBytes = 64;
  return !text.empty() && text.size() <= kMaxBytes &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") ==
             absl::string_view::npos;
}

std::string Counted(size_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string ListShort(const std::vector<std::string>& items, size_t max) {
  if (items.size() <= max) return absl::StrJoin(items, ", ");
  const auto shown = items.begin() + static_cast<ptrdiff_t>(max);
  return absl::StrCat(absl::StrJoin(items.begin(), shown, ", "), " and ",
                      items.size() - max, " more");
}

}  // namespace plimsoll
