// What pax and GNU headers say about the tar entry that follows them. Values.
#ifndef PLIMSOLL_GATEWAY_CLI_PAX_H_
#define PLIMSOLL_GATEWAY_CLI_PAX_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/layers/tar_header.h"
#include "policy/status.h"

namespace plimsoll {

class TarOverrides {
 public:
  // Records "LENGTH KEY=VALUE\n" (POSIX pax); other keys than path, linkpath
  // and size are left alone. InvalidArgument where a record is malformed, a
  // value is said twice, or the file is sparse.
  Status ReadPax(absl::string_view bytes);
  // The content of a GNU long name or long link: the text and a NUL.
  Status ReadGnuName(absl::string_view bytes);
  Status ReadGnuLink(absl::string_view bytes);

  bool empty() const { return !name_ && !link_ && !size_; }
  void Apply(TarHeader& header) const;

 private:
  Status Take(absl::string_view key, absl::string_view value);

  std::optional<std::string> name_;
  std::optional<std::string> link_;
  std::optional<int64_t> size_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_PAX_H_
