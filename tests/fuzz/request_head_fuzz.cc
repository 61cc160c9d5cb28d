// Any bytes as a request's head. What is read must be written and read back
// alike, be framed one way, and stay one request when it is forwarded.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/http/forward.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"

namespace plimsoll {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

bool Same(const Headers& a, const Headers& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// The scanner must find the same end whether bytes come at once or one by one.
void ScanByteByByte(absl::string_view bytes) {
  HttpOr<size_t> whole = HeadScanner().Scan(bytes);
  HeadScanner scanner;
  for (size_t size = 1; size <= bytes.size(); ++size) {
    HttpOr<size_t> end = scanner.Scan(bytes.substr(0, size));
    if (!end.ok()) return Require(!whole.ok());
    if (*end == 0) continue;
    return Require(whole.ok() && *whole == *end && *end == size);
  }
  Require(whole.ok() && *whole == 0);
}

void Forward(const RequestHead& head, const Framing& framing) {
  RequestHead out =
      ForwardedRequest(head, framing, {"upstream", "https", "gateway", ""});
  StatusOr<std::string> bytes = WriteRequestHead(out);
  Require(bytes.ok());
  HttpOr<RequestHead> read = ParseRequestHead(*bytes);
  Require(read.ok());
  Require(read->target == head.target && read->method == head.method);
  HttpOr<Framing> again = RequestFraming(*read);
  Require(again.ok() && *again == framing);
}

void ReadBack(const RequestHead& head) {
  StatusOr<std::string> bytes = WriteRequestHead(head);
  Require(bytes.ok());
  // Written with one blank after each colon, it may have outgrown a limit.
  HttpOr<RequestHead> read = ParseRequestHead(*bytes, {16384, 32768, 100});
  Require(read.ok() && Same(read->headers, head.headers));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  plimsoll::ScanByteByByte(bytes);
  auto head = plimsoll::ParseRequestHead(bytes);
  if (!head.ok()) return 0;
  plimsoll::ReadBack(*head);
  auto framing = plimsoll::RequestFraming(*head);
  if (framing.ok()) plimsoll::Forward(*head, *framing);
  return 0;
}
