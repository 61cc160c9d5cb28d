// Evidence of an index: its children, within bounds.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gateway/admission/gather.h"
#include "tests/gateway/admission/gather_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A thousand bytes made the gateway hold and keep ninety million.
TEST_F(GatherTest, ReadsNoMoreOfAnIndexThanItMayHoldInAll) {
  const StoredImage padded = Padded("a");
  std::vector<std::string> children;
  for (int i = 0; i < 9; ++i) {
    StoredImage other = padded;
    other.manifest.append(static_cast<size_t>(i), ' ');
    PutManifest(other);
    children.push_back(Child(other, "amd64"));
  }
  const std::string index = IndexOf(absl::StrJoin(children, ","));
  const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message,
              HasSubstr("more than 32 MiB together"));
  EXPECT_LE(registry_.reads().manifests, 8);
  EXPECT_EQ(store_.document_count(), 0u) << "of what is malformed";
  EXPECT_LT(EvidenceBytes(judgement->decision), 4096u);
  EXPECT_EQ(held_.held(), 0) << "all is given back";
}

TEST_F(GatherTest, KeepsTheDocumentsOfChildrenOnce) {
  const StoredImage padded = Padded("a");
  PutManifest(padded);
  for (const absl::string_view note : {"1", "2", "3"}) {
    const std::string index = absl::StrReplaceAll(
        IndexOf(Child(padded, "amd64")),
        {{"\"manifests\":", absl::StrCat(R"("annotations":{"n":")", note,
                                         R"("},"manifests":)")}});
    AdmissionRequest request = PushOf(index, kOciIndexType);
    const v1::Decision decision = DecisionOn(request);
    EXPECT_EQ(decision.outcome(), "deny");
    EXPECT_LT(EvidenceBytes(decision), 4096u);
    const v1::StoredEvidence evidence = EvidenceOf(decision);
    ASSERT_EQ(evidence.images_size(), 1);
    EXPECT_EQ(DocumentOf(evidence.digest()), index);
    EXPECT_EQ(DocumentOf(evidence.images(0).digest()), padded.manifest);
    EXPECT_EQ(DocumentOf(evidence.images(0).config()), padded.config);
  }
  EXPECT_EQ(store_.decisions().size(), 3u);
  EXPECT_EQ(store_.document_count(), 5u) << "3 indexes, a child, its config";
}

TEST_F(GatherTest, GathersEveryChildOfAnIndex) {
  const StoredImage one = Uploaded({"a"});
  const StoredImage two = Uploaded({"b"});
  PutManifest(one);
  PutManifest(two);
  const std::string index =
      IndexOf(absl::StrCat(Child(one, "amd64"), ",", Child(two, "arm64")));
  const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_EQ(judgement->verdict.outcome, Outcome::kAdmit);
  EXPECT_EQ(judgement->decision.images_size(), 2);
}

// BuildKit's first form of a cache, whose children are blobs, and kaniko's,
// which is an image.
TEST_F(GatherTest, ReadsNothingOfABuildCache) {
  build_caches_ = {*Glob::Parse("team/*")};
  const std::string index = IndexOf(
      absl::StrCat(R"({"mediaType":"application/vnd.oci.image.layer.v1.tar",)"
                   R"("digest":")",
                   Digest::Sha256("a").ToString(), R"(","size":1})"));
  for (const AdmissionRequest& push :
       {PushOf(index, kOciIndexType), PushOf(Image({"a"}))}) {
    const auto judgement = Decide(kOneLayer, push);
    ASSERT_THAT(judgement, IsOk());
    EXPECT_EQ(judgement->verdict.outcome, Outcome::kStaged);
    EXPECT_FALSE(judgement->refused);
    EXPECT_EQ(EvidenceOf(judgement->decision).kind(), "build-cache");
  }
  EXPECT_EQ(registry_.reads().manifests + registry_.reads().blobs, 0);
  EXPECT_TRUE(Decide(kOneLayer, PushOf("{}", kOciIndexType))->refused);
}

TEST_F(GatherTest, DeniesAnIndexOfWhichAChildIsMissing) {
  const StoredImage one = Uploaded({"a"});
  const StoredImage two = Uploaded({"b"});
  PutManifest(one);
  const std::string index =
      IndexOf(absl::StrCat(Child(one, "amd64"), ",", Child(two, "arm64")));
  const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message, HasSubstr("linux/arm64"));
  EXPECT_THAT(judgement->verdict.findings[0].message,
              HasSubstr("push it first"));
}

TEST_F(GatherTest, RefusesAnIndexThatDescribesItsChildWrongly) {
  const StoredImage one = Uploaded({"a"});
  PutManifest(one);
  const std::string index = absl::StrReplaceAll(
      IndexOf(Child(one, "amd64")),
      {{absl::StrCat("\"size\":", one.manifest.size()), "\"size\":1"}});
  const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
}

// docker-registry answers 500 where a blob is asked for as a manifest, and so
// BuildKit's cache of old was answered 502 and pushed again and again.
TEST_F(GatherTest, AsksForNoManifestThatIsListedAsSomethingElse) {
  const StoredImage one = Uploaded({"a"});
  PutManifest(one);
  const std::string index = absl::StrReplaceAll(
      IndexOf(Child(one, "amd64")),
      {{kOciManifestType, "application/vnd.oci.image.layer.v1.tar+gzip"}});
  const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message,
              HasSubstr("layer.v1.tar+gzip', which is no manifest"));
  EXPECT_EQ(registry_.reads().manifests, 0);
}

TEST_F(GatherTest, ComparesWhatAnIndexSaysTwiceOfOneManifest) {
  const StoredImage one = Uploaded({"a"});
  PutManifest(one);
  const std::string first = Child(one, "amd64");
  const std::string wrong = absl::StrReplaceAll(
      first, {{absl::StrCat("\"size\":", one.manifest.size()), "\"size\":7"}});
  const std::pair<std::string, std::string> cases[] = {
      {first, ""},
      {Child(one, "arm64"), "repeated-child: linux/arm64"},
      {wrong, "two media types or sizes"},
  };
  for (const auto& [second, reason] : cases) {
    const std::string index = IndexOf(absl::StrCat(first, ",", second));
    const auto judgement = Decide(kOneLayer, PushOf(index, kOciIndexType));
    ASSERT_THAT(judgement, IsOk());
    EXPECT_EQ(judgement->refused, !reason.empty()) << reason;
    if (reason.empty()) continue;
    EXPECT_THAT(judgement->verdict.findings[0].message, HasSubstr(reason));
  }
}

TEST_F(GatherTest, ReadsAnIndexWithinAnIndexAndNoneWithinThat) {
  const StoredImage image = Uploaded({"a"});
  PutManifest(image);
  const auto nest = [this](const std::string& inner) {
    registry_.PutManifest("team/app", inner, kOciIndexType);
    return IndexOf(absl::StrCat(
        R"({"mediaType":")", kOciIndexType, R"(","digest":")",
        Digest::Sha256(inner).ToString(), R"(","size":)", inner.size(), "}"));
  };
  const std::string two = nest(IndexOf(Child(image, "amd64")));
  auto judgement = Decide(kOneLayer, PushOf(two, kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_EQ(judgement->decision.images_size(), 1);
  EXPECT_FALSE(judgement->refused);
  judgement = Decide(kOneLayer, PushOf(nest(two), kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message, HasSubstr("nested"));
}

TEST_F(GatherTest, SaysOfAWrongIndexToCreateItAnew) {
  const StoredImage one = Uploaded({"a"});
  PutManifest(one);
  const std::string index = absl::StrReplaceAll(
      IndexOf(Child(one, "amd64")),
      {{absl::StrCat("\"size\":", one.manifest.size()), "\"size\":1"}});
  const AdmissionRequest request = PushOf(index, kOciIndexType);
  EXPECT_THAT(FaultOf(request).hint, HasSubstr("imagetools create"));
  EXPECT_EQ(EvidenceOf(log_.written[0]).faults(0).kind(), "index");
}

TEST_F(GatherTest, CallsAnIndexOfNothingThatRunsAnArtifact) {
  const auto judgement = Decide(kOneLayer, PushOf(IndexOf(""), kOciIndexType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_EQ(judgement->decision.artifact(), "index without an image");
  EXPECT_FALSE(judgement->refused);
}

}  // namespace
}  // namespace plimsoll
