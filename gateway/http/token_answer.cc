#include "gateway/http/token_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr JsonLimits kLimits = {.max_bytes = kMaxTokenAnswerBytes,
                                .max_depth = 8,
                                .max_values = 1000,
                                .max_name_bytes = 256,
                                .max_string_bytes = 32 << 10};

// 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=": what may follow
// "Bearer " in a header.
bool IsBearerToken(absl::string_view text) {
  const size_t end = text.find_last_not_of('=');
  if (end == absl::string_view::npos) return false;
  const absl::string_view body = text.substr(0, end + 1);
  return std::all_of(body.begin(), body.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("-._~+/", c);
  });
}

StatusOr<std::string> ReadToken(const JsonFields& fields) {
  ASSIGN_OR_RETURN(std::string token, fields.String("token"));
  ASSIGN_OR_RETURN(const std::string access, fields.String("access_token"));
  if (token.empty()) token = access;
  if (!access.empty() && access != token) {
    return absl::InvalidArgumentError("token and access_token differ");
  }
  if (token.size() > kMaxTokenBytes) {
    return absl::ResourceExhaustedError("token: too long");
  }
  if (!IsBearerToken(token)) {
    return absl::InvalidArgumentError("token: absent, or no Bearer token");
  }
  return token;
}

}  // namespace

StatusOr<BoughtToken> ParseTokenAnswer(absl::string_view body) {
  ASSIGN_OR_RETURN(const JsonValue document, ParseJson(body, kLimits));
  constexpr absl::string_view kKnown[] = {"token", "access_token",
                                          "expires_in"};
  ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::New(document, kKnown));
  BoughtToken bought;
  ASSIGN_OR_RETURN(bought.token, ReadToken(fields));
  bought.lifetime = kDefaultTokenLife;
  if (fields.Get("expires_in") != nullptr) {
    ASSIGN_OR_RETURN(const int64_t seconds, fields.Integer("expires_in"));
    if (seconds < 0) {
      return absl::InvalidArgumentError("expires_in: is negative");
    }
    bought.lifetime = std::min(absl::Seconds(seconds), kLongestTokenLife);
  }
  return bought;
}

}  // namespace plimsoll
