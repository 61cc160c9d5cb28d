// A credential of the gateway's own, from a file that an operator mounts.
#ifndef PLIMSOLL_GATEWAY_CREDENTIAL_FILE_H_
#define PLIMSOLL_GATEWAY_CREDENTIAL_FILE_H_

#include <string>

#include "policy/status.h"

namespace plimsoll {

// Reads one line "user:password", white space at its end left out, and returns
// the value of the Authorization field that it makes. "" for an empty path.
// NotFound or InvalidArgument name the file, never what it holds.
StatusOr<std::string> ReadCredentialFile(const std::string& path);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CREDENTIAL_FILE_H_
