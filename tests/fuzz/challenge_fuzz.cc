// Any bytes as WWW-Authenticate. What a challenge says must be writable as a
// challenge that reads the same, and a realm that was read must be askable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/challenge.h"
#include "gateway/http/read_tokens.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

std::string Quote(absl::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

std::string Spell(const AuthChallenge& challenge) {
  std::string out = absl::StrCat(challenge.scheme, " ", challenge.token68);
  absl::string_view separator = "";
  for (const ChallengeParameter& parameter : challenge.parameters) {
    absl::StrAppend(&out, separator, parameter.name, "=",
                    Quote(parameter.value));
    separator = ",";
  }
  return out;
}

void ReadBack(const AuthChallenge& challenge) {
  const auto again = ParseChallenges(Spell(challenge));
  // Quoted, it may have outgrown the bound.
  if (!again.ok()) {
    FUZZ_CHECK(Spell(challenge).size() > kMaxChallengeBytes);
    return;
  }
  FUZZ_CHECK(again->size() == 1 && again->front().scheme == challenge.scheme);
  FUZZ_CHECK(again->front().token68 == challenge.token68);
  FUZZ_CHECK(again->front().parameters.size() == challenge.parameters.size());
  for (const ChallengeParameter& parameter : challenge.parameters) {
    const std::string* value = again->front().Find(parameter.name);
    FUZZ_CHECK(value != nullptr && *value == parameter.value);
  }
}

void Ask(const TokenService& service) {
  RequestHead head;
  head.method = "GET";
  head.target = TokenTarget(service, "repository:a/b:pull");
  FUZZ_CHECK(WriteRequestHead(head).ok());
  FUZZ_CHECK(IsAuthority(service.realm.origin.Authority()));
  const auto again = HttpUrl::Parse(
      absl::StrCat(service.realm.origin.tls ? "https://" : "http://",
                   service.realm.origin.Authority(), service.realm.target));
  FUZZ_CHECK(!again.ok() || IsSameOrigin(again->origin, service.realm.origin));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  const auto challenges = plimsoll::ParseChallenges(bytes);
  if (!challenges.ok()) return 0;
  FUZZ_CHECK(challenges->size() <= plimsoll::kMaxChallenges);
  for (const auto& challenge : *challenges) plimsoll::ReadBack(challenge);
  const auto service = plimsoll::FindTokenService(*challenges);
  if (service.ok() && *service) plimsoll::Ask(**service);
  return 0;
}
