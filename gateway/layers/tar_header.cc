#include "gateway/layers/tar_header.h"

#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// Offset and length of a field in the block.
struct Field {
  size_t offset;
  size_t length;
};
constexpr Field kName = {0, 100};
constexpr Field kSize = {124, 12};
constexpr Field kChecksum = {148, 8};
constexpr size_t kType = 156;
constexpr Field kLink = {157, 100};
constexpr Field kMagic = {257, 6};
constexpr Field kPrefix = {345, 155};

absl::string_view Raw(absl::string_view block, Field field) {
  return block.substr(field.offset, field.length);
}

// Up to the first NUL.
absl::string_view Text(absl::string_view block, Field field) {
  absl::string_view raw = Raw(block, field);
  return raw.substr(0, raw.find('\0'));
}

absl::string_view TrimPadding(absl::string_view text) {
  constexpr absl::string_view kPadding(" \0", 2);
  size_t first = text.find_first_not_of(kPadding);
  if (first == absl::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(kPadding) - first + 1);
}

std::optional<int64_t> ParseOctal(absl::string_view text) {
  int64_t value = 0;
  for (char digit : TrimPadding(text)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    if (value > (std::numeric_limits<int64_t>::max() >> 3)) return std::nullopt;
    value = value << 3 | (digit - '0');
  }
  return value;
}

// GNU's base-256 form: the top bit set, then a big-endian number. Negative ones
// make no size.
std::optional<int64_t> ParseBase256(absl::string_view text) {
  if (static_cast<uint8_t>(text[0]) != 0x80) return std::nullopt;
  int64_t value = 0;
  for (char byte : text.substr(1)) {
    if (value > (std::numeric_limits<int64_t>::max() >> 8)) return std::nullopt;
    value = value << 8 | static_cast<uint8_t>(byte);
  }
  return value;
}

std::optional<int64_t> ParseSize(absl::string_view text) {
  bool is_binary = (static_cast<uint8_t>(text[0]) & 0x80) != 0;
  return is_binary ? ParseBase256(text) : ParseOctal(text);
}

// Historic tars summed signed bytes; readers take either sum.
bool ChecksumMatches(absl::string_view block) {
  int64_t as_unsigned = 0;
  int64_t as_signed = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    bool in_checksum =
        i >= kChecksum.offset && i < kChecksum.offset + kChecksum.length;
    char byte = in_checksum ? ' ' : block[i];
    as_unsigned += static_cast<uint8_t>(byte);
    as_signed += static_cast<int8_t>(byte);
  }
  std::optional<int64_t> stated = ParseOctal(Raw(block, kChecksum));
  return stated && (*stated == as_unsigned || *stated == as_signed);
}

std::string FullName(absl::string_view block) {
  absl::string_view name = Text(block, kName);
  constexpr absl::string_view kUstar("ustar\0", 6);
  absl::string_view prefix =
      Raw(block, kMagic) == kUstar ? Text(block, kPrefix) : "";
  return prefix.empty() ? std::string(name) : absl::StrCat(prefix, "/", name);
}

}  // namespace

bool IsZeroBlock(absl::string_view block) {
  return block.size() == kTarBlockBytes &&
         block.find_first_not_of('\0') == absl::string_view::npos;
}

bool StartsTar(absl::string_view block) {
  if (block.size() != kTarBlockBytes) return false;
  return IsZeroBlock(block) || ChecksumMatches(block);
}

StatusOr<TarHeader> ParseTarHeader(absl::string_view block) {
  if (block.size() != kTarBlockBytes || !ChecksumMatches(block)) {
    return absl::InvalidArgumentError("tar header checksum does not match");
  }
  std::optional<int64_t> size = ParseSize(Raw(block, kSize));
  if (!size) {
    return absl::InvalidArgumentError("tar header has a malformed size");
  }
  TarHeader header;
  header.name = FullName(block);
  header.link = std::string(Text(block, kLink));
  header.type = block[kType] == '\0' ? '0' : block[kType];
  header.size = *size;
  return header;
}

}  // namespace plimsoll
