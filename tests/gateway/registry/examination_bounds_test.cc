// Examinations that end early, and what of them is left upstream.
#include <algorithm>

#include "tests/gateway/registry/examination_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using Switches = HttpRegistry::Switches;

size_t CountLeft(const Examination& examination, absl::string_view kind) {
  return static_cast<size_t>(
      std::count_if(examination.left.begin(), examination.left.end(),
                    [kind](const auto& each) { return each.kind == kind; }));
}

// Whatever is kept is said.
void ExpectAllSaid(const HttpRegistry& registry,
                   const Examination& examination) {
  EXPECT_EQ(registry.Kept().size(), examination.left.size());
  for (const auto& [kind, name] : registry.Kept()) {
    bool said = false;
    for (const LeftBehind& left : examination.left) {
      said = said || absl::StrContains(left.name, name);
    }
    EXPECT_TRUE(said) << kind << " " << name;
  }
}

// The requests after the first one with `method`.
std::vector<SeenRequest> Since(const HttpRegistry& registry,
                               absl::string_view method) {
  const std::vector<SeenRequest> seen = registry.requests();
  const auto first = std::find_if(
      seen.begin(), seen.end(),
      [method](const auto& request) { return request.head.method == method; });
  if (first == seen.end()) return {};
  return {first + 1, seen.end()};
}

TEST_F(ExaminationTest, SaysWhatItCouldNotRemove) {
  Switches blobs;
  blobs.removes_blobs = false;
  const Examination without_blobs = ExamineWith(blobs);
  ExpectAllSaid(*registry_, without_blobs);
  EXPECT_EQ(CountLeft(without_blobs, "blob"), 2u);
  EXPECT_THAT(without_blobs.left[0].seen, HasSubstr("405 UNSUPPORTED"));

  Switches manifests;
  manifests.removes_manifests = false;
  const Examination without_manifests = ExamineWith(manifests);
  ExpectAllSaid(*registry_, without_manifests);
  EXPECT_EQ(CountLeft(without_manifests, "manifest"), 2u);
  EXPECT_EQ(CountLeft(without_manifests, "tag"), 1u);
  EXPECT_EQ(CountLeft(without_manifests, "blob"), 2u);

  Switches nothing;
  Start(nothing, [](const SeenRequest& request) -> std::optional<std::string> {
    if (request.head.method != "DELETE") return std::nullopt;
    return CannedAnswer("403 Forbidden", "");
  });
  const Examination without_any = Examine();
  ExpectAllSaid(*registry_, without_any);
  EXPECT_GE(CountLeft(without_any, "upload session"), 1u);
}

// The upstream may have acted on what it did not answer.
TEST_F(ExaminationTest, RemovesWhatWasStoredWithoutAnAnswer) {
  Switches switches;
  switches.garbled = "PUT";
  const Examination examination = ExamineWith(switches);
  EXPECT_EQ(Find(examination, "upload.chunked").answer, ProbeAnswer::kUnknown);
  EXPECT_EQ(UsableOf(examination), Usable::kUnknown);
  const std::vector<SeenRequest> seen = registry_->requests();
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](const auto& request) {
    return request.head.method == "PUT" && request.whole;
  }));
  EXPECT_THAT(registry_->Kept(), IsEmpty());
  EXPECT_THAT(examination.left, IsEmpty());
}

TEST_F(ExaminationTest, SaysThatItMayHaveLeftWhatItHadNoAnswerOf) {
  Switches switches;
  switches.garbled = "PUT";
  switches.removes_blobs = false;
  const Examination examination = ExamineWith(switches);
  ExpectAllSaid(*registry_, examination);
  ASSERT_FALSE(examination.left.empty());
  EXPECT_THAT(examination.left[0].seen, HasSubstr("may be there"));
}

TEST_F(ExaminationTest, RemovesWhatWasPushedWhereItIsStopped) {
  for (const char* method : {"POST", "PATCH", "HEAD"}) {
    SCOPED_TRACE(method);
    Start({},
          [this,
           method](const SeenRequest& request) -> std::optional<std::string> {
            if (request.head.method == method) {
              asio::post(loop_.loop().executor(), [this] { client_->Stop(); });
            }
            return std::nullopt;
          });
    const Examination examination = Examine();
    EXPECT_EQ(Find(examination, "api").answer, ProbeAnswer::kYes);
    EXPECT_EQ(Find(examination, "manifest.put").seen, "not asked: interrupted");
    EXPECT_EQ(UsableOf(examination), Usable::kUnknown);
    EXPECT_THAT(examination.left, IsEmpty());
    EXPECT_THAT(registry_->Kept(), IsEmpty());
    // What was asked last was the last but for the removals.
    for (const SeenRequest& after : Since(*registry_, method)) {
      EXPECT_EQ(after.head.method, "DELETE") << after.head.target;
    }
  }
}

TEST_F(ExaminationTest, AsksNothingPastItsTime) {
  Start({});
  const Examination examination = Examine("", absl::InfinitePast());
  EXPECT_THAT(Find(examination, "api").seen, HasSubstr("raise --timeout"));
  EXPECT_EQ(UsableOf(examination), Usable::kUnknown);
  EXPECT_THAT(registry_->requests(), IsEmpty());
}

// A body without end is read no further than its bound.
TEST_F(ExaminationTest, ReadsNoMoreThanItsBound) {
  const std::string most(ProbeClient::kMaxAnswerBytes, ' ');
  for (const auto& [body, answer] :
       {std::pair{most, ProbeAnswer::kYes},
        std::pair{most + " ", ProbeAnswer::kUnknown}}) {
    Start({},
          [body =
               body](const SeenRequest& request) -> std::optional<std::string> {
            if (request.head.target != "/v2/") return std::nullopt;
            return CannedAnswer("200 OK", body);
          });
    EXPECT_EQ(Find(Examine(), "api").answer, answer);
  }
}

}  // namespace
}  // namespace plimsoll
