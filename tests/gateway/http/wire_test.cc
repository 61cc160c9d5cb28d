// Heads that real clients and registries sent: docker 20 and 26, buildx,
// podman, buildah, skopeo, crane, oras, cosign and docker-registry.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "tests/support/message_reader.h"

namespace plimsoll {
namespace {

// The heads of a file in which an empty line ends each.
std::vector<std::string> HeadsOf(absl::string_view file) {
  std::ifstream in(
      absl::StrCat(PLIMSOLL_SOURCE_DIR, "/tests/testdata/wire/", file));
  std::stringstream text;
  text << in.rdbuf();
  std::vector<std::string> heads;
  for (absl::string_view block :
       absl::StrSplit(text.str(), "\n\n", absl::SkipEmpty())) {
    std::string lines(absl::StripSuffix(block, "\n"));
    heads.push_back(
        absl::StrCat(absl::StrReplaceAll(lines, {{"\n", "\r\n"}}), "\r\n\r\n"));
  }
  return heads;
}

TEST(WireRequests, AreReadWhole) {
  std::vector<std::string> heads = HeadsOf("requests.txt");
  EXPECT_GE(heads.size(), 80u);
  for (const std::string& bytes : heads) {
    auto head = ParseRequestHead(bytes);
    ASSERT_TRUE(head.ok()) << head.error().message << "\n" << bytes;
    EXPECT_TRUE(RequestFraming(*head).ok()) << bytes;
    RequestReader reader;
    reader.Feed(bytes);
    EXPECT_FALSE(reader.refusal()) << bytes;
  }
}

TEST(WireRequests, ComeFromEveryClientThatWasRecorded) {
  std::set<std::string> missing = {"docker/20", "containers/", "skopeo/",
                                   "buildkit/", "containerd/", "oras/",
                                   "cosign/",   "crane/"};
  for (const std::string& bytes : HeadsOf("requests.txt")) {
    std::erase_if(missing, [&](const std::string& agent) {
      return absl::StrContains(bytes, agent);
    });
  }
  EXPECT_TRUE(missing.empty()) << *missing.begin();
}

TEST(WireRequests, AreWrittenAsTheyWereRead) {
  for (const std::string& bytes : HeadsOf("requests.txt")) {
    auto head = ParseRequestHead(bytes);
    ASSERT_TRUE(head.ok()) << bytes;
    StatusOr<std::string> written = WriteRequestHead(*head);
    ASSERT_TRUE(written.ok()) << bytes;
    EXPECT_EQ(*written, bytes);
  }
}

TEST(WireResponses, AreReadAndWrittenAsTheyWere) {
  std::vector<std::string> heads = HeadsOf("responses.txt");
  EXPECT_GE(heads.size(), 10u);
  for (const std::string& bytes : heads) {
    auto head = ParseResponseHead(bytes);
    ASSERT_TRUE(head.ok()) << head.error().message << "\n" << bytes;
    EXPECT_TRUE(ResponseFraming(*head, "GET").ok()) << bytes;
    StatusOr<std::string> written = WriteResponseHead(*head);
    ASSERT_TRUE(written.ok()) << bytes;
    EXPECT_EQ(*written, bytes);
  }
}

}  // namespace
}  // namespace plimsoll
