// What is said where two are removed and their answers differ.
#include "gateway/registry/probe_clean_up.h"

#include <map>
#include <string>

#include "tests/gateway/registry/examination_fixture.h"

namespace plimsoll {
namespace {

constexpr ProbeAnswer kYes = ProbeAnswer::kYes;
constexpr ProbeAnswer kNo = ProbeAnswer::kNo;
constexpr ProbeAnswer kUnknown = ProbeAnswer::kUnknown;

// All that an examination pushes, as if the upstream had said that it stored
// it; what is not in statuses_ is removed with 202.
class CleanUpTest : public ExaminationTest {
 protected:
  CleanUpTest() {
    for (ScratchContent* content : {&scratch_.layer, &scratch_.config,
                                    &scratch_.manifest, &scratch_.referrer}) {
      content->tried = true;
      content->stored = true;
    }
  }

  void Answers(const ScratchContent& content, const char* status) {
    statuses_[content.digest.ToString()] = status;
  }

  CleanedUp Clean() {
    Start({}, [this](const SeenRequest& request) {
      const std::string& target = request.head.target;
      const auto found = statuses_.find(target.substr(target.rfind('/') + 1));
      return CannedAnswer(
          found == statuses_.end() ? "202 Accepted" : found->second, "");
    });
    Client().BeginCleanUp();
    return loop_.Wait<CleanedUp>(
        [this] { return CleanUp(*client_, scratch_); });
  }

  ProbeScratch scratch_{"n0nce"};
  std::map<std::string, std::string> statuses_;  // by digest
};

struct Pair {
  const char* first;
  const char* second;
  ProbeAnswer answer;
  const char* seen;
};

const Pair kPairs[] = {
    {"202 Accepted", "202 Accepted", kYes, "202"},
    {"405 Not Allowed", "202 Accepted", kNo, "405"},
    {"202 Accepted", "405 Not Allowed", kNo, "405"},
    {"503 Down", "202 Accepted", kUnknown, "503"},
    {"202 Accepted", "503 Down", kUnknown, "503"},
    {"405 Not Allowed", "503 Down", kNo, "405"},
    {"503 Down", "405 Not Allowed", kNo, "405"},
};

// It said yes of a registry that had removed one of two manifests.
TEST_F(CleanUpTest, SaysTheWorseOfTwoRemovals) {
  for (const Pair& pair : kPairs) {
    SCOPED_TRACE(absl::StrCat(pair.first, ", ", pair.second));
    statuses_.clear();
    Answers(scratch_.referrer, pair.first);
    Answers(scratch_.manifest, pair.second);
    const CleanedUp manifests = Clean();
    EXPECT_EQ(manifests.manifest.answer, pair.answer);
    EXPECT_EQ(manifests.manifest.seen, pair.seen);
    EXPECT_EQ(manifests.manifest.means.empty(), pair.answer != kNo);

    statuses_.clear();
    Answers(scratch_.config, pair.first);
    Answers(scratch_.layer, pair.second);
    const CleanedUp blobs = Clean();
    EXPECT_EQ(blobs.manifest.answer, kYes);
    EXPECT_EQ(blobs.blob.answer, pair.answer);
    EXPECT_EQ(blobs.blob.seen, pair.seen);
    EXPECT_EQ(blobs.blob.means.empty(), pair.answer != kNo);
  }
}

// Nothing was said of a blob whose PUT had had no answer.
TEST_F(CleanUpTest, SaysOfBlobsBelowAManifestThatTheyMayBeThere) {
  scratch_.layer.stored = false;
  Answers(scratch_.manifest, "405 Not Allowed");
  const CleanedUp cleaned = Clean();
  ASSERT_EQ(cleaned.left.size(), 3u);
  EXPECT_EQ(cleaned.left[1].name, scratch_.layer.digest.ToString());
  EXPECT_EQ(cleaned.left[1].seen, "may be there: a manifest refers to it");
  EXPECT_EQ(cleaned.left[2].name, scratch_.config.digest.ToString());
  EXPECT_EQ(cleaned.left[2].seen, "a manifest refers to it");
}

TEST_F(CleanUpTest, SaysNothingOfBlobsThatWereNotSent) {
  scratch_.layer.tried = scratch_.layer.stored = false;
  scratch_.config.tried = scratch_.config.stored = false;
  Answers(scratch_.manifest, "405 Not Allowed");
  EXPECT_EQ(Clean().left.size(), 1u);
}

}  // namespace
}  // namespace plimsoll
