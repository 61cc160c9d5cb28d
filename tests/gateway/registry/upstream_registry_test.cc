// The upstream as a Registry, over HTTP.
#include "gateway/registry/upstream_registry.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "policy/oci/media_type.h"
#include "tests/support/loop_thread.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

class UpstreamRegistryTest : public testing::Test {
 protected:
  ~UpstreamRegistryTest() override {
    loop_.Stop();
    if (pools_) pools_->Clear();
  }

  void StartWith(ScriptServer::Script script) {
    upstream_ = std::make_unique<ScriptServer>(std::move(script));
    const UpstreamAddress address{false, "127.0.0.1",
                                  absl::StrCat(upstream_->port())};
    pools_ = std::make_unique<UpstreamPools>("main", address, UpstreamTls());
    pools_->AddLoop(loop_.loop());
    registry_ =
        std::make_unique<UpstreamRegistry>(*pools_, "team/app", "Basic QTpC");
  }
  void StartWith(std::string bytes) {
    ScriptReply reply;
    reply.bytes = std::move(bytes);
    StartWith([reply](const RequestHead&) { return reply; });
  }
  // Redirects to `location` but for the path "/there", which has `body`.
  void RedirectTo(std::string location, std::string body) {
    StartWith([location, body](const RequestHead& head) {
      ScriptReply reply;
      reply.bytes = head.target == "/there"
                        ? CannedAnswer("200 OK", body)
                        : CannedAnswer("307 Elsewhere", "",
                                       "Location: " + location + "\r\n");
      return reply;
    });
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  StatusOr<std::string> Blob(const Digest& digest, size_t most = 100) {
    return loop_.Wait<StatusOr<std::string>>(
        [&] { return registry_->FetchBlob(digest, most, Soon()); });
  }
  StatusOr<FetchedManifest> Manifest(const std::string& reference) {
    return loop_.Wait<StatusOr<FetchedManifest>>(
        [&] { return registry_->FetchManifest(reference, Soon()); });
  }
  StatusOr<Digest> Head(const std::string& reference) {
    return loop_.Wait<StatusOr<Digest>>(
        [&] { return registry_->HeadManifest(reference, Soon()); });
  }
  Status HeadOf(const Digest& digest) {
    return loop_.Wait<Status>(
        [&] { return registry_->HeadBlob(digest, Soon()); });
  }

  LoopThread loop_;
  std::unique_ptr<ScriptServer> upstream_;
  std::unique_ptr<UpstreamPools> pools_;
  std::unique_ptr<UpstreamRegistry> registry_;
  const Digest hello_ = Digest::Sha256("hello");
};

TEST_F(UpstreamRegistryTest, ReadsWithItsCredentialAndVerifiesWhatCame) {
  StartWith(CannedAnswer("200 OK", "hello"));
  EXPECT_EQ(Blob(hello_).value_or("none"), "hello");
  const RequestHead head = upstream_->requests()[0].head;
  EXPECT_EQ(head.target,
            absl::StrCat("/v2/team/app/blobs/", hello_.ToString()));
  EXPECT_EQ(*head.headers.Find("Authorization"), "Basic QTpC");
  EXPECT_EQ(*head.headers.Find("Accept-Encoding"), "identity");
  EXPECT_THAT(Blob(Digest::Sha256("other")), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(Blob(hello_, 4), StatusIs(StatusCode::kResourceExhausted));
}

TEST_F(UpstreamRegistryTest, FetchesManifestsByTagAndByDigest) {
  StartWith(CannedAnswer("200 OK", "hello", "Content-Type: a/b\r\n"));
  const auto fetched = Manifest("v1");
  ASSERT_THAT(fetched, IsOk());
  EXPECT_EQ(fetched->bytes, "hello");
  EXPECT_EQ(fetched->media_type, "a/b");
  EXPECT_EQ(fetched->digest, hello_);
  EXPECT_THAT(Manifest(hello_.ToString()), IsOk());
  EXPECT_THAT(Manifest(Digest::Sha256("other").ToString()),
              StatusIs(StatusCode::kDataLoss));
}

TEST_F(UpstreamRegistryTest, SaysWhatTheUpstreamAnswered) {
  const struct {
    absl::string_view line;
    StatusCode code;
  } cases[] = {
      {"404 Not Found", StatusCode::kNotFound},
      {"403 Forbidden", StatusCode::kPermissionDenied},
      {"401 Unauthorized", StatusCode::kUnauthenticated},
      {"429 Slowly", StatusCode::kUnavailable},
      {"500 Sorry", StatusCode::kUnavailable},
      {"301 Moved", StatusCode::kUnavailable},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.line);
    StartWith(CannedAnswer(c.line, "", "WWW-Authenticate: Basic realm=r\r\n"));
    const auto blob = Blob(hello_);
    EXPECT_THAT(blob, StatusIs(c.code));
    EXPECT_EQ(Challenge(blob.status()),
              c.code == StatusCode::kUnauthenticated ? "Basic realm=r" : "");
  }
}

TEST_F(UpstreamRegistryTest, FollowsARedirectOnItsOwnHost) {
  RedirectTo("/there", "hello");
  EXPECT_EQ(Blob(hello_).value_or("none"), "hello");
  EXPECT_THAT(HeadOf(hello_), IsOk());
}

TEST_F(UpstreamRegistryTest, FollowsNoRedirectForEver) {
  RedirectTo("/again", "hello");
  EXPECT_THAT(Blob(hello_), StatusIs(StatusCode::kUnavailable));
  EXPECT_LE(upstream_->requests().size(), 4u);
}

// A fault of the upstream's: InvalidArgument would be one of the layer's.
TEST_F(UpstreamRegistryTest, BlamesTheUpstreamForARedirectToNoPath) {
  RedirectTo("/a path", "hello");
  EXPECT_THAT(Blob(hello_), StatusIs(StatusCode::kUnavailable));
  const BlobSink none = [](absl::string_view) -> Task<Status> {
    co_return absl::OkStatus();
  };
  const Status streamed = loop_.Wait<Status>(
      [&] { return registry_->StreamBlob(hello_, absl::Seconds(20), none); });
  EXPECT_THAT(streamed, StatusIs(StatusCode::kUnavailable));
}

TEST_F(UpstreamRegistryTest, ReadsNoEncodedAnswer) {
  StartWith(CannedAnswer("200 OK", "hello", "Content-Encoding: gzip\r\n"));
  EXPECT_THAT(Blob(hello_), StatusIs(StatusCode::kUnavailable));
}

TEST_F(UpstreamRegistryTest, ReadsTheStartOfABlobAndNoMore) {
  StartWith(CannedAnswer("200 OK", std::string(4 << 20, 'x')));
  const auto start = loop_.Wait<StatusOr<std::string>>(
      [&] { return registry_->FetchBlobStart(hello_, 512, Soon()); });
  EXPECT_EQ(start.value_or("none"), std::string(512, 'x'));
}

TEST_F(UpstreamRegistryTest, StreamsABlobIntoTheSink) {
  StartWith(CannedAnswer("200 OK", "hello"));
  std::string streamed;
  const BlobSink sink = [&](absl::string_view bytes) -> Task<Status> {
    streamed.append(bytes.data(), bytes.size());
    co_return absl::OkStatus();
  };
  const auto stream = [&] {
    return loop_.Wait<Status>(
        [&] { return registry_->StreamBlob(hello_, absl::Seconds(20), sink); });
  };
  EXPECT_THAT(stream(), IsOk());
  EXPECT_EQ(streamed, "hello");
  StartWith(CannedAnswer("404 Not Found", "no"));
  EXPECT_THAT(stream(), StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(streamed, "hello");
}

TEST_F(UpstreamRegistryTest, FindsTheDigestThatATagStandsFor) {
  const std::string there = absl::StrCat(
      "HTTP/1.1 200 OK\r\nDocker-Content-Digest: ", hello_.ToString(),
      "\r\nContent-Length: 5\r\n\r\n");
  StartWith(there);
  EXPECT_EQ(Head("v1").value(), hello_);
  StartWith("HTTP/1.1 404 Not Found\r\n\r\n");
  EXPECT_THAT(Head("v1"), StatusIs(StatusCode::kNotFound));
}

// Not every registry names the digest that it was asked for.
TEST_F(UpstreamRegistryTest, NeedsNoDigestInTheAnswerToADigest) {
  StartWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(Head(hello_.ToString()).value(), hello_);
  EXPECT_THAT(Head("v1"), StatusIs(StatusCode::kUnavailable));
}

TEST_F(UpstreamRegistryTest, BlamesTheUpstreamForADigestThatIsNone) {
  StartWith("HTTP/1.1 200 OK\r\nDocker-Content-Digest: md5:1\r\n\r\n");
  EXPECT_THAT(Head("v1"), StatusIs(StatusCode::kUnavailable));
}

TEST(AnswerStatus, TellsAnUpstreamThatIsBusyFromOneThatIsDown) {
  const struct {
    int status;
    const char* retry_after;  // nullptr for none
    std::optional<absl::Duration> wait;
  } cases[] = {
      {429, nullptr, absl::Seconds(2)},
      {429, "7", absl::Seconds(7)},
      {429, "0", absl::Seconds(1)},
      {429, "301", kMaxRetryAfter},
      {429, "99999999999999999999", kMaxRetryAfter},
      {429, "-7", absl::Seconds(2)},
      {429, "7 ", absl::Seconds(2)},
      {429, "", absl::Seconds(2)},
      {429, "Wed, 21 Oct 2026 07:28:00 GMT", absl::Seconds(2)},
      {503, nullptr, std::nullopt},
      {503, "7", absl::Seconds(7)},
      {503, "soon", absl::Seconds(2)},
      {502, "7", std::nullopt},
      {500, nullptr, std::nullopt},
  };
  for (const auto& c : cases) {
    ResponseHead head;
    head.status = c.status;
    if (c.retry_after != nullptr)
      head.headers.Add("Retry-After", c.retry_after);
    const Status status = AnswerStatus(head);
    EXPECT_EQ(status.code(), StatusCode::kUnavailable);
    EXPECT_EQ(RetryAfter(status), c.wait)
        << c.status << " " << (c.retry_after ? c.retry_after : "(none)");
  }
}

}  // namespace
}  // namespace plimsoll
