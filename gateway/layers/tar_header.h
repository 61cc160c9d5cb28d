// The header block of a tar entry (POSIX ustar, with the older forms whose
// checksum is right). Pure; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_LAYERS_TAR_HEADER_H_
#define PLIMSOLL_GATEWAY_LAYERS_TAR_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kTarBlockBytes = 512;

// Whether an archive may start with `block`: a header whose checksum is right,
// or zeros. False where it is not one whole block.
bool StartsTar(absl::string_view block);

bool IsZeroBlock(absl::string_view block);

struct TarHeader {
  std::string name;  // with the prefix of ustar
  std::string link;
  char type = '0';
  int64_t size = 0;  // bytes that follow, before padding
};

// InvalidArgument where the checksum is wrong or a number is malformed.
// REQUIRES: one whole block.
StatusOr<TarHeader> ParseTarHeader(absl::string_view block);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_TAR_HEADER_H_
