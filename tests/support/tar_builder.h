// TarBuilder: writes tar archives byte by byte, for tests. Entries appear in
// the order of the calls; names over 100 bytes get a pax header.
#ifndef PLIMSOLL_TESTS_SUPPORT_TAR_BUILDER_H_
#define PLIMSOLL_TESTS_SUPPORT_TAR_BUILDER_H_

#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

class TarBuilder {
 public:
  TarBuilder& File(absl::string_view name, absl::string_view content);
  TarBuilder& Directory(absl::string_view name);
  TarBuilder& Symlink(absl::string_view name, absl::string_view target);
  TarBuilder& Hardlink(absl::string_view name, absl::string_view target);
  // Any entry: a ustar header of `type` and the padded content.
  TarBuilder& Entry(char type, absl::string_view name, absl::string_view link,
                    absl::string_view content);
  // Bytes as they are.
  TarBuilder& Raw(absl::string_view bytes);

  // The archive, with the two blocks of zeros that end it.
  std::string Build() const;

 private:
  std::string bytes_;
};

// One header block with a right checksum.
std::string TarHeaderBlock(char type, absl::string_view name,
                           absl::string_view link, size_t size);
// A record of a pax header: "12 path=abcd\n".
std::string PaxRecord(absl::string_view key, absl::string_view value);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_TAR_BUILDER_H_
