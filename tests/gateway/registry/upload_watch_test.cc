// What the gateway makes of a layer while it is uploaded.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/compression.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kLooksAtBases = R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: all}
spec:
  match: {repositories: ["**"]}
  action: Audit
  rules: [{name: known, check: base.identified, with: {minProof: verified}}]
)";

class UploadWatchTest : public DoorTest {
 protected:
  // As docker does: the bytes in one PATCH, then the digest.
  void Upload(absl::string_view bytes, absl::string_view fields = "") {
    Ask(absl::StrCat("PATCH /v2/team/app/blobs/uploads/1 HTTP/1.1\r\n"
                     "Host: r\r\n",
                     fields, "Content-Length: ", bytes.size(), "\r\n\r\n",
                     bytes),
        "PATCH");
  }
  bool HasFacts(const std::string& layer) {
    std::vector<Digest> digests{Digest::Sha256(layer)};
    const auto found =
        loop_.Wait<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>>(
            [&] { return store_.FindLayerFacts(std::move(digests)); });
    EXPECT_THAT(found, IsOk());
    return found.ok() && !found->empty();
  }
  bool WasReadBack(const std::string& layer) {
    const std::string digest = Digest::Sha256(layer).ToString();
    const std::vector<SeenRequest> reads = Seen("GET");
    return std::any_of(reads.begin(), reads.end(), [&](const auto& request) {
      return absl::StrContains(request.head.target, digest);
    });
  }
};

TEST_F(UploadWatchTest, KeepsTheFactsOfALayerThatPassesInOneRequest) {
  Start(kLooksAtBases);
  const StoredImage image = Image(Noise(3 << 20, 1));
  Upload(image.layers[0]);
  EXPECT_TRUE(HasFacts(image.layers[0]));
}

TEST_F(UploadWatchTest, APushReadsNoLayerBackThatWasSeenToPass) {
  Start(kLooksAtBases);
  const StoredImage image = Image();
  DoorTest::Upload(image);
  Upload(image.layers[0]);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
  EXPECT_FALSE(WasReadBack(image.layers[0]));
}

TEST_F(UploadWatchTest, APushReadsALayerBackThatPassedUnseen) {
  Start(kLooksAtBases);
  const StoredImage image = Image();
  DoorTest::Upload(image);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
  EXPECT_TRUE(WasReadBack(image.layers[0]));
}

TEST_F(UploadWatchTest, InspectsWhatHasALength) {
  Start(kLooksAtBases);
  const std::string zstd = Zstd(TarBuilder().File("a", "zstd").Build());
  const Digest digest = Digest::Sha256(zstd);
  Ask(absl::StrCat(
          "POST /v2/team/app/blobs/uploads/?digest=", digest.ToString(),
          " HTTP/1.1\r\nHost: r\r\nContent-Length: ", zstd.size(), "\r\n\r\n",
          zstd),
      "POST");
  EXPECT_FALSE(HasFacts(zstd)) << "the upstream answers 404 to a POST";
  Ask(absl::StrCat(
          "PUT /v2/team/app/blobs/uploads/1?digest=", digest.ToString(),
          " HTTP/1.1\r\nHost: r\r\nContent-Length: ", zstd.size(), "\r\n\r\n",
          zstd),
      "PUT");
  EXPECT_TRUE(HasFacts(zstd));
}

TEST_F(UploadWatchTest, InspectsAsChunksPass) {
  Start(kLooksAtBases);
  const std::string layer = Image("chunked").layers[0];
  std::string body;
  for (size_t at = 0; at < layer.size(); at += 100) {
    const std::string piece = layer.substr(at, 100);
    absl::StrAppend(&body, absl::Hex(piece.size()), "\r\n", piece, "\r\n");
  }
  Ask(absl::StrCat("PATCH /v2/team/app/blobs/uploads/1 HTTP/1.1\r\nHost: r\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n",
                   body, "0\r\n\r\n"),
      "PATCH");
  EXPECT_TRUE(HasFacts(layer));
}

TEST_F(UploadWatchTest, LeavesAloneWhatNoPolicyAsksFor) {
  Start(kAdmitAll);
  const std::string layer = Image().layers[0];
  Upload(layer);
  EXPECT_FALSE(HasFacts(layer));
}

// Anyone may send bytes; who may store them is the upstream's to say.
TEST_F(UploadWatchTest, KeepsNothingOfALayerThatWasRefused) {
  Start(kLooksAtBases);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("401 Unauthorized", "");
    return reply;
  });
  const std::string layer = Image().layers[0];
  Upload(layer);
  EXPECT_FALSE(HasFacts(layer));
}

// What follows is another piece, or is decoded before it is stored: facts of
// these bytes would be of no blob.
TEST_F(UploadWatchTest, LeavesPiecesAndCodedBodiesAlone) {
  Start(kLooksAtBases);
  const std::string layer = Image().layers[0];
  Upload(layer, "Content-Range: 100-200\r\n");
  EXPECT_FALSE(HasFacts(layer));
  Upload(layer, "Content-Encoding: gzip\r\n");
  EXPECT_FALSE(HasFacts(layer));
  Upload(layer, "Content-Range: 0-200\r\n");
  EXPECT_TRUE(HasFacts(layer));
}

// The bytes pass whatever they are; the push of the manifest is refused.
TEST_F(UploadWatchTest, APushOfALayerThatIsNoneIsRefusedWithoutReadingIt) {
  Start(kLooksAtBases);
  StoredImage image = Image();
  const std::string bad = image.layers[0] + "garbage";
  Upload(bad);
  EXPECT_EQ(Seen("PATCH").size(), 1u);
  EXPECT_EQ(Seen("PATCH")[0].body, bad);
  EXPECT_FALSE(HasFacts(bad));
}

}  // namespace
}  // namespace plimsoll
