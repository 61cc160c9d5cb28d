// Any bytes as a token service's answer. A token that was read must fit into a
// header as it is.
#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"
#include "gateway/http/token_answer.h"
#include "tests/fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bought =
      plimsoll::ParseTokenAnswer(plimsoll::FuzzText(data, size));
  if (!bought.ok()) return 0;
  FUZZ_CHECK(!bought->token.empty());
  FUZZ_CHECK(bought->lifetime >= absl::ZeroDuration() &&
             bought->lifetime <= plimsoll::kLongestTokenLife);
  plimsoll::RequestHead head;
  head.method = "GET";
  head.target = "/";
  head.headers.Add("Host", "h");
  head.headers.Add("Authorization", absl::StrCat("Bearer ", bought->token));
  const auto bytes = plimsoll::WriteRequestHead(head);
  FUZZ_CHECK(bytes.ok() && plimsoll::ParseRequestHead(*bytes).ok());
  return 0;
}
