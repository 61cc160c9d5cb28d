// Headers: the fields of one message in order, names compared without case.
// The parser bounds what comes in. Values; not for concurrent change.
#ifndef PLIMSOLL_GATEWAY_HTTP_HEADERS_H_
#define PLIMSOLL_GATEWAY_HTTP_HEADERS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace plimsoll {

struct HeaderField {
  std::string name, value;
  friend bool operator==(const HeaderField&, const HeaderField&) = default;
};

class Headers {
 public:
  // The value of the first field called `name`, or null. The pointer lives
  // until the next change.
  const std::string* Find(absl::string_view name) const;
  std::vector<absl::string_view> FindAll(absl::string_view name) const;
  size_t Count(absl::string_view name) const;
  bool Has(absl::string_view name) const { return Find(name) != nullptr; }

  void Add(absl::string_view name, absl::string_view value);
  // Replaces every field called `name` by this one.
  void Set(absl::string_view name, absl::string_view value);
  // Both return how many were removed.
  size_t Remove(absl::string_view name);
  template <typename Predicate>  // bool(const HeaderField&)
  size_t RemoveIf(Predicate predicate) {
    return std::erase_if(fields_, predicate);
  }

  // The members of a comma-separated list over all fields called `name`,
  // trimmed, empty ones left out ("Connection: close, TE").
  std::vector<absl::string_view> ListMembers(absl::string_view name) const;

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  std::vector<HeaderField>::const_iterator begin() const {
    return fields_.begin();
  }
  std::vector<HeaderField>::const_iterator end() const { return fields_.end(); }

 private:
  std::vector<HeaderField> fields_;
};

// Field names are compared without case. Most differ in size already.
inline bool IsSameName(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && absl::EqualsIgnoreCase(a, b);
}
// token of RFC 9110: the grammar of methods and field names.
bool IsToken(absl::string_view text);
// Text of one line: no control byte but tab. A reason phrase is such.
bool IsLineText(absl::string_view text);
// A field value as it is kept: line text without blanks at its ends.
bool IsFieldValue(absl::string_view text);
// host[:port] as a Host field may hold it: a DNS name, an IPv4 address or a
// bracketed IPv6 address.
bool IsAuthority(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_HEADERS_H_
