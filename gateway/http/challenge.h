// WWW-Authenticate, read strictly by the grammar of RFC 9110, section 11: any
// number of challenges in any number of fields, each a scheme with a token68 or
// with parameters. What two parsers could read differently is refused: a
// parameter twice in one challenge, a quoted string without its end, bytes that
// belong to no element. InvalidArgument says where, never what was sent. Pure.
#ifndef PLIMSOLL_GATEWAY_HTTP_CHALLENGE_H_
#define PLIMSOLL_GATEWAY_HTTP_CHALLENGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http/headers.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxChallengeBytes = 8 << 10;  // of one field
inline constexpr size_t kMaxChallenges = 8;            // of one answer
inline constexpr size_t kMaxChallengeParameters = 16;  // of each challenge

struct ChallengeParameter {
  std::string name;   // in lower case
  std::string value;  // without quotes and backslashes
};

struct AuthChallenge {
  std::string scheme;   // in lower case: "bearer"
  std::string token68;  // then there are no parameters
  std::vector<ChallengeParameter> parameters;

  // nullptr where there is none. `name` in lower case.
  const std::string* Find(absl::string_view name) const;
};

// One field's value. May be empty, and then there is no challenge.
StatusOr<std::vector<AuthChallenge>> ParseChallenges(absl::string_view value);
// Those of all WWW-Authenticate fields, in their order.
StatusOr<std::vector<AuthChallenge>> ParseChallenges(const Headers& headers);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CHALLENGE_H_
