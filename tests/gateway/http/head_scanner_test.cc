#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kHead = "GET / HTTP/1.1\r\nHost: r\r\n\r\n";

TEST(HeadScanner, FindsTheEndWhereverTheBytesAreCut) {
  std::string bytes = absl::StrCat(kHead, "GET /next HTTP/1.1\r\n");
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    HeadScanner scanner;
    HttpOr<size_t> first =
        scanner.Scan(absl::string_view(bytes).substr(0, cut));
    ASSERT_TRUE(first.ok()) << cut;
    if (cut < kHead.size()) {
      ASSERT_EQ(*first, 0u) << cut;
      first = scanner.Scan(bytes);
      ASSERT_TRUE(first.ok()) << cut;
    }
    EXPECT_EQ(*first, kHead.size()) << cut;
  }
}

TEST(HeadScanner, WaitsForMoreOfNothing) {
  HeadScanner scanner;
  HttpOr<size_t> end = scanner.Scan("");
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, 0u);
  // Of a connection that has no buffer yet.
  end = scanner.Scan(absl::string_view());
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, 0u);
}

TEST(HeadScanner, RefusesATlsHelloAtItsFirstByte) {
  HeadScanner scanner;
  HttpOr<size_t> end = scanner.Scan("\x16");
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().status, 400);
}

TEST(HeadScanner, RefusesABareLineFeedBeforeTheHeadIsWhole) {
  HeadScanner scanner;
  EXPECT_FALSE(scanner.Scan("GET / HTTP/1.1\n").ok());
}

// A head of exactly so many bytes and fields.
std::string Head(size_t start_line, size_t header_bytes, size_t fields) {
  std::string head =
      absl::StrCat("GET /", std::string(start_line - 14, 'a'), " HTTP/1.1\r\n");
  size_t rest = header_bytes;
  for (size_t i = 1; i < fields; ++i, rest -= 6) head += "a: b\r\n";
  absl::StrAppend(&head, "a: ", std::string(rest - 5, 'b'), "\r\n\r\n");
  return head;
}

int StatusOf(const std::string& bytes, const HeadLimits& limits) {
  HttpOr<size_t> end = HeadScanner(limits).Scan(bytes);
  return end.ok() ? 0 : end.error().status;
}

TEST(HeadScanner, TakesAHeadAtEveryLimitAndRefusesOneByteMore) {
  HeadLimits limits{100, 200, 10};
  EXPECT_EQ(StatusOf(Head(100, 200, 10), limits), 0);
  EXPECT_EQ(StatusOf(Head(101, 200, 10), limits), 414);
  EXPECT_EQ(StatusOf(Head(100, 201, 10), limits), 431);
  EXPECT_EQ(StatusOf(Head(100, 200, 11), limits), 431);
}

TEST(HeadScanner, TakesAHeadAtEveryLimitByteByByte) {
  HeadLimits limits{100, 200, 10};
  std::string bytes = Head(100, 200, 10);
  HeadScanner scanner(limits);
  for (size_t size = 1; size < bytes.size(); ++size) {
    HttpOr<size_t> end = scanner.Scan(absl::string_view(bytes).substr(0, size));
    ASSERT_TRUE(end.ok()) << size;
    ASSERT_EQ(*end, 0u) << size;
  }
  HttpOr<size_t> end = scanner.Scan(bytes);
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, bytes.size());
}

TEST(HeadScanner, RefusesAnEndlessLineWithoutWaitingForItsEnd) {
  HeadLimits limits{100, 200, 10};
  EXPECT_EQ(StatusOf(std::string(102, 'a'), limits), 414);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n" + std::string(202, 'a'), limits),
            431);
}

TEST(HeadScanner, LooksAtNoByteTwice) {
  // Were the buffer scanned from its start each time, the overwritten line
  // would be refused.
  std::string bytes(kHead.substr(0, kHead.size() - 2));
  HeadScanner scanner;
  ASSERT_TRUE(scanner.Scan(bytes).ok());
  bytes[3] = '\n';
  HttpOr<size_t> end = scanner.Scan(bytes + "\r\n");
  ASSERT_TRUE(end.ok());
  EXPECT_EQ(*end, kHead.size());
}

}  // namespace
}  // namespace plimsoll
