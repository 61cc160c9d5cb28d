// Shows, over sockets: what a registry may take for a push by a path, framing,
// field, method or query of its own reading is either refused before the
// upstream hears of it, or reaches it as the one push that was judged.
#include <gmock/gmock.h>

#include "absl/strings/str_format.h"
#include "gateway/http/forward.h"
#include "tests/gateway/registry/bypass_rows.h"
#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/refused_requests.h"

namespace plimsoll {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr absl::string_view kPing = "GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n";
// Only the gateway writes these, whatever the client sent.
constexpr absl::string_view kOwnFields[] = {
    "Host", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For",
    "Content-Length"};

bool IsOwn(absl::string_view name) {
  return std::any_of(
      std::begin(kOwnFields), std::end(kOwnFields),
      [name](absl::string_view own) { return IsSameName(own, name); });
}

std::string MethodOf(const std::string& bytes) {
  return bytes.substr(0, bytes.find(' '));
}

class BypassTest : public DoorTest {
 protected:
  // "METHOD target" of what the upstream saw since it had seen `before`.
  std::vector<std::string> SeenSince(size_t before) const {
    std::vector<std::string> lines;
    const std::vector<SeenRequest> seen = upstream_->requests();
    for (size_t i = before; i < seen.size(); ++i) {
      EXPECT_TRUE(seen[i].whole) << seen[i].head_bytes;
      lines.push_back(
          absl::StrCat(seen[i].head.method, " ", seen[i].head.target));
      ExpectOwnHead(seen[i].head);
    }
    return lines;
  }
  static void ExpectOwnHead(const RequestHead& head) {
    for (const HeaderField& field : head.headers) {
      EXPECT_TRUE(IsForwardedRequestField(field.name) || IsOwn(field.name))
          << field.name << " went upstream";
      EXPECT_THAT(field.value, testing::Not(HasSubstr("9.9.9.9")));
      EXPECT_THAT(field.value, testing::Not(HasSubstr("elsewhere")));
    }
  }

  void Try(const BypassRow& row) {
    const size_t before = upstream_->requests().size();
    RawClient client = Connected();
    ASSERT_THAT(client.Send(row.bytes), IsOk());
    const auto response = client.ReadResponse(MethodOf(row.bytes));
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->head.status, row.status) << response->body;
    if (!row.code.empty()) {
      EXPECT_THAT(response->body,
                  HasSubstr(absl::StrCat("\"code\":\"", row.code, "\"")));
    }
    std::vector<std::string> upstream = row.upstream;
    if (row.after == After::kClosed) {
      EXPECT_TRUE(client.AtEnd()) << "the connection is kept";
    } else {
      // The next request is read where this one ended.
      ASSERT_THAT(client.Send(kPing), IsOk());
      EXPECT_THAT(client.ReadResponse("GET"), IsOk());
      upstream.push_back("GET /v2/");
    }
    EXPECT_THAT(SeenSince(before), ElementsAreArray(upstream));
  }
  void TryAll(std::vector<BypassRow> (*rows)(const StoredImage&)) {
    const StoredImage image = Image();
    Start(kAdmitAll);
    Upload(image);
    // So that of all later pushes the upstream is asked the same.
    ASSERT_EQ(Push("v1", image.manifest).head.status, 201);
    for (const BypassRow& row : rows(image)) {
      SCOPED_TRACE(row.name);
      Try(row);
    }
  }
};

TEST_F(BypassTest, NoFormOfAPathButThePlainOneIsAPush) { TryAll(PathRows); }

TEST_F(BypassTest, NoFramingThatTwoCouldReadIsAPush) { TryAll(FramingRows); }

TEST_F(BypassTest, NoFieldMakesAnotherRequestOfAPush) { TryAll(FieldRows); }

TEST_F(BypassTest, NoOtherMethodIsAPush) { TryAll(MethodRows); }

TEST_F(BypassTest, NoQueryIsLeftToTheUpstreamToRead) { TryAll(QueryRows); }

TEST_F(BypassTest, NoDocumentThatTwoCouldReadIsForwarded) {
  TryAll(DocumentRows);
}

TEST_F(BypassTest, NoByteOfThePathMayBeEscaped) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  // Without its first slash it is no target at all.
  for (size_t at = 1; at < kPushPath.size(); ++at) {
    const std::string escape = absl::StrFormat("%%%02x", kPushPath[at]);
    const std::string path =
        absl::StrCat(kPushPath.substr(0, at), escape, kPushPath.substr(at + 1));
    SCOPED_TRACE(path);
    EXPECT_EQ(Ask(RequestOf(path, image), "PUT").head.status, 400);
  }
  EXPECT_TRUE(upstream_->requests().empty());
}

// Every request of which the codec's tests say that it is refused.
TEST_F(BypassTest, WhatTheCodecRefusesReachesNoUpstream) {
  Start(kAdmitAll);
  for (const auto& part :
       {RefusedHeads(), RefusedFields(), RefusedFramings()}) {
    for (const RefusedRequest& request : part) {
      SCOPED_TRACE(request.name);
      RawClient client = Connected();
      ASSERT_THAT(client.Send(request.bytes), IsOk());
      client.CloseWrite();
      const auto response = client.ReadResponse(MethodOf(request.bytes));
      ASSERT_THAT(response, IsOk());
      EXPECT_EQ(response->head.status, request.status);
      EXPECT_TRUE(client.AtEnd());
    }
  }
  EXPECT_TRUE(upstream_->requests().empty());
}

// They pass on until they turn out to be malformed: then both sides see the
// connection end, and neither has anything whole.
TEST_F(BypassTest, NoBodyThatTurnsOutMalformedLooksWhole) {
  Start(kAdmitAll);
  const std::vector<RefusedRequest> all = RefusedChunks();
  for (const RefusedRequest& request : all) {
    SCOPED_TRACE(request.name);
    EXPECT_THAT(SendOnce(port_, request.bytes, true), IsOkAndHolds(""));
  }
  ASSERT_TRUE(upstream_->WaitForRequests(all.size()));
  for (const SeenRequest& seen : upstream_->requests()) {
    EXPECT_FALSE(seen.whole) << seen.head_bytes;
    EXPECT_EQ(seen.head.method, "PATCH");
  }
}

// Nobody is let off by what he calls himself, what he pushes to or how.
TEST_F(BypassTest, NoNameIsAnExemption) {
  const StoredImage image = Image();
  Start(kNoRoot);
  Upload(image);
  const std::string digest = image.digest().ToString();
  const std::string hex = digest.substr(7);
  for (const std::string& reference :
       {std::string("v1"), std::string("latest"), digest,
        absl::StrCat("sha256-", hex), absl::StrCat("sha256-", hex, ".sig"),
        absl::StrCat("sha256-", hex, ".att"), absl::StrCat(digest, "?tag=a"),
        std::string("v1?ns=docker.io")}) {
    for (const absl::string_view fields :
         {"", "User-Agent: cosign/v2.5.0\r\n", "User-Agent: notation/1\r\n",
          "User-Agent: harbor-registry-client\r\n",
          "X-Forwarded-For: 127.0.0.1\r\n"}) {
      SCOPED_TRACE(absl::StrCat(reference, " ", fields));
      const RawResponse response = Push(reference, image.manifest, fields);
      EXPECT_EQ(response.head.status, 403) << response.body;
      EXPECT_THAT(response.body, HasSubstr("rule `non-root`"));
    }
  }
  EXPECT_TRUE(Seen("PUT").empty());
}

}  // namespace
}  // namespace plimsoll
