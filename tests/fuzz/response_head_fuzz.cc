// Any bytes as an upstream's head. What is read must be written and read back
// alike, and what is passed on must be framed as it was said to be.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gateway/http/forward.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

void ReadBack(const ResponseHead& head) {
  StatusOr<std::string> bytes = WriteResponseHead(head);
  FUZZ_CHECK(bytes.ok());
  // Written with one blank after each colon, it may have outgrown a limit.
  HttpOr<ResponseHead> read = ParseResponseHead(*bytes, {16384, 32768, 100});
  FUZZ_CHECK(read.ok() && read->reason == head.reason &&
             read->status == head.status);
  FUZZ_CHECK(std::equal(read->headers.begin(), read->headers.end(),
                        head.headers.begin(), head.headers.end()));
}

void Forward(const ResponseHead& head, absl::string_view method) {
  HttpOr<Framing> framing = ResponseFraming(head, method);
  if (!framing.ok()) {
    FUZZ_CHECK(framing.error().status == 502);
    return;
  }
  ResponseHead out = ForwardedResponse(head, *framing);
  FUZZ_CHECK(out.headers.Count("Content-Length") <= 1);
  FUZZ_CHECK(out.headers.Count("Transfer-Encoding") <= 1);
  FUZZ_CHECK(out.headers.ListMembers("Connection").empty());
  HttpOr<Framing> again = ResponseFraming(out, method);
  FUZZ_CHECK(again.ok() && *again == *framing);
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  auto head = plimsoll::ParseResponseHead(bytes);
  if (!head.ok()) return 0;
  plimsoll::ReadBack(*head);
  for (absl::string_view method : {"GET", "HEAD", "PUT"}) {
    plimsoll::Forward(*head, method);
  }
  return 0;
}
