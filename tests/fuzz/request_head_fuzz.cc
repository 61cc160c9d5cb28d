// Any bytes as a request's head. What is read must be written and read back
// alike, be framed one way, and stay one request when it is forwarded.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "gateway/http/forward.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

bool Same(const Headers& a, const Headers& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// The scanner must find the same end whether bytes come at once or one by one.
void ScanByteByByte(absl::string_view bytes) {
  HttpOr<size_t> whole = HeadScanner().Scan(bytes);
  HeadScanner scanner;
  for (size_t size = 1; size <= bytes.size(); ++size) {
    HttpOr<size_t> end = scanner.Scan(bytes.substr(0, size));
    if (!end.ok()) {
      FUZZ_CHECK(!whole.ok());
      return;
    }
    if (*end == 0) continue;
    FUZZ_CHECK(whole.ok() && *whole == *end && *end == size);
    return;
  }
  FUZZ_CHECK(whole.ok() && *whole == 0);
}

void Forward(const RequestHead& head, const Framing& framing) {
  RequestHead out =
      ForwardedRequest(head, framing, {"upstream", "https", "gateway", ""});
  StatusOr<std::string> bytes = WriteRequestHead(out);
  FUZZ_CHECK(bytes.ok());
  HttpOr<RequestHead> read = ParseRequestHead(*bytes);
  FUZZ_CHECK(read.ok());
  FUZZ_CHECK(read->target == head.target && read->method == head.method);
  HttpOr<Framing> again = RequestFraming(*read);
  FUZZ_CHECK(again.ok() && *again == framing);
}

void ReadBack(const RequestHead& head) {
  StatusOr<std::string> bytes = WriteRequestHead(head);
  FUZZ_CHECK(bytes.ok());
  // Written with one blank after each colon, it may have outgrown a limit.
  HttpOr<RequestHead> read = ParseRequestHead(*bytes, {16384, 32768, 100});
  FUZZ_CHECK(read.ok() && Same(read->headers, head.headers));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  plimsoll::ScanByteByByte(bytes);
  auto head = plimsoll::ParseRequestHead(bytes);
  if (!head.ok()) return 0;
  plimsoll::ReadBack(*head);
  auto framing = plimsoll::RequestFraming(*head);
  if (framing.ok()) plimsoll::Forward(*head, *framing);
  return 0;
}
