#include "gateway/http/headers.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxHostName = 253;
constexpr size_t kUsualFields = 16;

constexpr std::array<bool, 256> TokenBytes() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_',
                 '`', '|', '~'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kTokenBytes = TokenBytes();

// Whether one of the next eight bytes is below a space or DEL, all eight looked
// at together: every byte of a head comes by here. A tab is told apart later.
bool MayHoldControl(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kTops = kOnes * 0x80;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  uint64_t below_space = (word - kOnes * 0x20) & ~word & kTops;
  uint64_t without_del = word ^ (kOnes * 0x7f);
  uint64_t is_del = (without_del - kOnes) & ~without_del & kTops;
  return (below_space | is_del) != 0;
}

bool HasNoControl(absl::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\t';
  });
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return text.size() <= 5 &&
         std::all_of(
             text.begin(), text.end(),
             [](char c) {
               return absl::ascii_isdigit(static_cast<unsigned char>(c));
             }) &&
         absl::SimpleAtoi(text, &port) && port > 0 && port <= 65535;
}

bool IsHostName(absl::string_view text) {
  auto allowed = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
           c == '.' || c == '_';
  };
  return !text.empty() && text.size() <= kMaxHostName && text[0] != '.' &&
         !absl::StrContains(text, "..") &&
         std::all_of(text.begin(), text.end(), allowed);
}

bool IsIpv6(absl::string_view text) {
  in6_addr address;
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

}  // namespace

const std::string* Headers::Find(absl::string_view name) const {
  for (const HeaderField& field : fields_) {
    if (IsSameName(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::vector<absl::string_view> Headers::FindAll(absl::string_view name) const {
  std::vector<absl::string_view> values;
  for (const HeaderField& field : fields_) {
    if (IsSameName(field.name, name)) values.push_back(field.value);
  }
  return values;
}

size_t Headers::Count(absl::string_view name) const {
  return static_cast<size_t>(std::count_if(
      fields_.begin(), fields_.end(), [name](const HeaderField& field) {
        return IsSameName(field.name, name);
      }));
}

void Headers::Add(absl::string_view name, absl::string_view value) {
  if (fields_.empty()) fields_.reserve(kUsualFields);
  fields_.push_back({std::string(name), std::string(value)});
}

void Headers::Set(absl::string_view name, absl::string_view value) {
  std::string kept(value);  // `value` may be one of ours
  Remove(name);
  Add(name, kept);
}

size_t Headers::Remove(absl::string_view name) {
  return std::erase_if(fields_, [name](const HeaderField& field) {
    return IsSameName(field.name, name);
  });
}

std::vector<absl::string_view> Headers::ListMembers(
    absl::string_view name) const {
  std::vector<absl::string_view> members;
  for (absl::string_view value : FindAll(name)) {
    for (absl::string_view member : absl::StrSplit(value, ',')) {
      member = absl::StripAsciiWhitespace(member);
      if (!member.empty()) members.push_back(member);
    }
  }
  return members;
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kTokenBytes[static_cast<unsigned char>(c)];
  });
}

bool IsLineText(absl::string_view text) {
  while (text.size() >= sizeof(uint64_t)) {
    if (MayHoldControl(text.data()) &&
        !HasNoControl(text.substr(0, sizeof(uint64_t)))) {
      return false;
    }
    text.remove_prefix(sizeof(uint64_t));
  }
  return HasNoControl(text);
}

bool IsFieldValue(absl::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (is_blank(text.front()) || is_blank(text.back()))) {
    return false;
  }
  return IsLineText(text);
}

bool IsAuthority(absl::string_view text) {
  bool bracketed = absl::StartsWith(text, "[");
  size_t host_end = bracketed ? text.find(']') : text.find(':');
  if (bracketed) {
    if (host_end == absl::string_view::npos) return false;
    if (!IsIpv6(text.substr(1, host_end - 1))) return false;
    ++host_end;
  } else if (!IsHostName(text.substr(0, host_end))) {
    return false;
  }
  if (host_end >= text.size()) return true;
  return text[host_end] == ':' && IsPort(text.substr(host_end + 1));
}

}  // namespace plimsoll
