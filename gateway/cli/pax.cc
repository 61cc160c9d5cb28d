#include "gateway/cli/pax.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

Status Malformed() {
  return absl::InvalidArgumentError("malformed pax record");
}

// A number in decimal digits and nothing else.
StatusOr<int64_t> ParseNumber(absl::string_view text) {
  int64_t value = 0;
  bool is_plain =
      absl::c_all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_plain || !absl::SimpleAtoi(text, &value)) return Malformed();
  return value;
}

Status Set(std::optional<std::string>& field, absl::string_view value) {
  if (field || value.empty() || absl::StrContains(value, '\0')) {
    return Malformed();
  }
  field = std::string(value);
  return absl::OkStatus();
}

}  // namespace

Status TarOverrides::ReadPax(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t space = bytes.find(' ');
    if (space == absl::string_view::npos) return Malformed();
    ASSIGN_OR_RETURN(int64_t length, ParseNumber(bytes.substr(0, space)));
    if (length < static_cast<int64_t>(space) + 3 ||
        length > static_cast<int64_t>(bytes.size())) {
      return Malformed();
    }
    absl::string_view record = bytes.substr(0, static_cast<size_t>(length));
    bytes.remove_prefix(record.size());
    record.remove_prefix(space + 1);
    const size_t equals = record.find('=');
    if (equals == absl::string_view::npos || record.back() != '\n') {
      return Malformed();
    }
    RETURN_IF_ERROR(
        Take(record.substr(0, equals),
             record.substr(equals + 1, record.size() - equals - 2)));
  }
  return absl::OkStatus();
}

Status TarOverrides::Take(absl::string_view key, absl::string_view value) {
  if (key == "path") return Set(name_, value);
  if (key == "linkpath") return Set(link_, value);
  if (absl::StartsWith(key, "GNU.sparse.")) {
    return absl::InvalidArgumentError("sparse files are not supported");
  }
  if (key != "size") return absl::OkStatus();
  if (size_) return Malformed();
  ASSIGN_OR_RETURN(size_, ParseNumber(value));
  return absl::OkStatus();
}

Status TarOverrides::ReadGnuName(absl::string_view bytes) {
  return Set(name_, bytes.substr(0, bytes.find('\0')));
}

Status TarOverrides::ReadGnuLink(absl::string_view bytes) {
  return Set(link_, bytes.substr(0, bytes.find('\0')));
}

void TarOverrides::Apply(TarHeader& header) const {
  if (name_) header.name = *name_;
  if (link_) header.link = *link_;
  if (size_) header.size = *size_;
}

}  // namespace plimsoll
