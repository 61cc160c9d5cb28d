// What a token service answers with (the distribution project's token
// specification), read strictly. Pure.
#ifndef PLIMSOLL_GATEWAY_HTTP_TOKEN_ANSWER_H_
#define PLIMSOLL_GATEWAY_HTTP_TOKEN_ANSWER_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxTokenAnswerBytes = 64 << 10;
inline constexpr size_t kMaxTokenBytes = 12 << 10;  // fits a request's head
// Of an answer that names no lifetime, as the specification has it.
inline constexpr absl::Duration kDefaultTokenLife = absl::Seconds(60);
// A token is asked for anew after this, however long it would live.
inline constexpr absl::Duration kLongestTokenLife = absl::Hours(1);

struct BoughtToken {
  std::string token;        // b64token of RFC 6750
  absl::Duration lifetime;  // from when it was asked for
};

// Takes `token` or `access_token`, which must be equal where both are there,
// and `expires_in`. InvalidArgument for anything else, ResourceExhausted past a
// bound; neither repeats a value.
StatusOr<BoughtToken> ParseTokenAnswer(absl::string_view body);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TOKEN_ANSWER_H_
