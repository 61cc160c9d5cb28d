#include "tests/support/refused_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/message_reader.h"

namespace plimsoll {
namespace {

TEST(RefusedRequests, AreAtLeastSeventyOneDifferentOnes) {
  std::set<std::string> names, bytes;
  for (const RefusedRequest& request : RefusedRequests()) {
    EXPECT_TRUE(names.insert(request.name).second) << request.name;
    EXPECT_TRUE(bytes.insert(request.bytes).second) << request.name;
  }
  EXPECT_GE(names.size(), 71u);
}

TEST(RefusedRequests, AreRefusedWhole) {
  for (const RefusedRequest& request : RefusedRequests()) {
    RequestReader reader;
    reader.Feed(request.bytes);
    ASSERT_TRUE(reader.refusal()) << request.name;
    EXPECT_EQ(reader.refusal()->status, request.status) << request.name;
    EXPECT_FALSE(reader.done()) << request.name;
  }
}

TEST(RefusedRequests, AreRefusedAlikeInTwoPieces) {
  for (const RefusedRequest& request : RefusedRequests()) {
    absl::string_view bytes = request.bytes;
    // The long ones differ only in their length; their ends tell.
    size_t step = bytes.size() > 1024 ? 97 : 1;
    for (size_t cut = 0; cut <= bytes.size(); cut += step) {
      RequestReader reader;
      reader.Feed(bytes.substr(0, cut));
      if (!reader.refusal()) reader.Feed(bytes.substr(cut));
      ASSERT_TRUE(reader.refusal()) << request.name << " cut at " << cut;
      ASSERT_EQ(reader.refusal()->status, request.status)
          << request.name << " cut at " << cut;
    }
  }
}

TEST(RefusedRequests, AreRefusedAlikeByteByByte) {
  for (const RefusedRequest& request : RefusedRequests()) {
    RequestReader reader;
    for (char c : request.bytes) {
      if (!reader.refusal()) reader.Feed(absl::string_view(&c, 1));
    }
    ASSERT_TRUE(reader.refusal()) << request.name;
    EXPECT_EQ(reader.refusal()->status, request.status) << request.name;
  }
}

TEST(RefusedRequests, SayWhyInOneLineWithoutTheClientsBytes) {
  for (const RefusedRequest& request : RefusedRequests()) {
    RequestReader reader;
    reader.Feed(request.bytes);
    ASSERT_TRUE(reader.refusal()) << request.name;
    const std::string& message = reader.refusal()->message;
    EXPECT_FALSE(message.empty()) << request.name;
    EXPECT_LT(message.size(), 100u) << request.name;
    EXPECT_TRUE(IsLineText(message)) << request.name;
  }
}

}  // namespace
}  // namespace plimsoll
