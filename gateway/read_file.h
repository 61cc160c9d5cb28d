// Reads a whole file into memory, up to a bound. Blocks.
#ifndef PLIMSOLL_GATEWAY_READ_FILE_H_
#define PLIMSOLL_GATEWAY_READ_FILE_H_

#include <cstddef>
#include <string>

#include "policy/status.h"

namespace plimsoll {

// NotFound with the path and the system's reason where it cannot be read,
// InvalidArgument where it is larger than `max_bytes`.
StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_READ_FILE_H_
