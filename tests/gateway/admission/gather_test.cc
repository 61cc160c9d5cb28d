// Evidence: what is gathered, from where, and what is a gap.
#include "gateway/admission/gather.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "plimsoll/v1/evidence.pb.h"
#include "tests/gateway/admission/admission_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class GatherTest : public AdmissionTest {
 protected:
  // The decision on a push, by a policy that wants a verified base.
  v1::Decision DecisionOn(const AdmissionRequest& request) {
    const auto judgement = Decide(kVerified, request);
    EXPECT_THAT(judgement, IsOk());
    return judgement.ok() ? judgement->decision : v1::Decision();
  }
  v1::StoredEvidence EvidenceOf(const v1::Decision& decision) {
    v1::StoredEvidence evidence;
    RunLoop([&]() -> Task<> {
      const auto bytes = co_await store_.FindEvidence(decision.evidence());
      EXPECT_TRUE(bytes.ok() && evidence.ParseFromString(*bytes));
    });
    return evidence;
  }
  static std::string Child(const StoredImage& image, absl::string_view arch) {
    return absl::StrCat(
        R"({"mediaType":")", kOciManifestType, R"(","digest":")",
        image.digest().ToString(), R"(","size":)", image.manifest.size(),
        R"(,"platform":{"os":"linux","architecture":")", arch, R"("}})");
  }
  static std::string IndexOf(absl::string_view children) {
    return absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexType,
                        R"(","manifests":[)", children, "]}");
  }
  // An uploaded image whose manifest and config are blanks for the most part.
  StoredImage Padded(absl::string_view content) {
    constexpr size_t kSize = size_t{4000} << 10;
    StoredImage image = Image({std::string(content)});
    const std::string config =
        image.config + std::string(kSize - image.config.size(), ' ');
    image.manifest = absl::StrReplaceAll(
        image.manifest, {{Digest::Sha256(image.config).ToString(),
                          Digest::Sha256(config).ToString()},
                         {absl::StrCat("\"size\":", image.config.size()),
                          absl::StrCat("\"size\":", config.size())}});
    image.manifest.append(kSize - image.manifest.size(), ' ');
    image.config = config;
    registry_.PutBlob("team/app", image.config);
    registry_.PutBlob("team/app", image.layers[0]);
    return image;
  }
  size_t EvidenceBytes(const v1::Decision& decision) {
    size_t size = 0;
    RunLoop([&]() -> Task<> {
      const auto bytes = co_await store_.FindEvidence(decision.evidence());
      size = bytes.ok() ? bytes->size() : std::string::npos;
    });
    return size;
  }
  std::string DocumentOf(const std::string& digest) {
    std::string document;
    RunLoop([&]() -> Task<> {
      const auto bytes = co_await store_.FindDocument(digest);
      document = bytes.value_or("(none)");
    });
    return document;
  }
  void PutManifest(const StoredImage& image) {
    registry_.PutManifest("team/app", image.manifest, kOciManifestType);
  }
  // What refuses a push of bytes that nobody can judge.
  Finding FaultOf(const AdmissionRequest& request) {
    const auto judgement = Decide(kOneLayer, request);
    EXPECT_THAT(judgement, IsOk());
    if (!judgement.ok()) return {};
    EXPECT_TRUE(judgement->refused);
    EXPECT_EQ(judgement->verdict.findings[0].rule, "well-formed");
    return judgement->verdict.findings[0];
  }
  // A push of `image` whose config is `config` instead.
  AdmissionRequest PushWithConfig(const StoredImage& image,
                                  const std::string& config) {
    registry_.PutBlob("team/app", config);
    const std::string manifest = absl::StrReplaceAll(
        image.manifest, {{Digest::Sha256(image.config).ToString(),
                          Digest::Sha256(config).ToString()},
                         {absl::StrCat("\"size\":", image.config.size(), "}"),
                          absl::StrCat("\"size\":", config.size(), "}")}});
    EXPECT_NE(manifest, image.manifest);
    return PushOf(manifest, kOciManifestType);
  }
};

TEST_F(GatherTest, InspectsEveryLayerOnce) {
  const StoredImage image = Uploaded({"a", "b"});
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0);
  EXPECT_EQ(registry_.reads().streams, 2);
  EXPECT_EQ(registry_.reads().heads, 2);
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0);
  EXPECT_EQ(registry_.reads().streams, 2) << "their facts are kept";
  EXPECT_EQ(registry_.reads().heads, 2) << "and that they were seen";
  EXPECT_EQ(registry_.reads().blobs, 1) << "and the config";
}

TEST_F(GatherTest, SharesTheInspectionOfPushesAtTheSameTime) {
  const StoredImage image = Uploaded({"a"});
  FakeRegistry::Switches slow;
  slow.slow = true;
  Run(kVerified, [&](Admission& admission) -> Task<> {
    blobs_.Put(image.config);
    seen_.Add("team/app", Digest::Sha256(image.layers[0]), "client");
    registry_.Set(slow);
    const auto loop = co_await asio::this_coro::executor;
    int ended = 0;
    for (int i = 0; i < 5; ++i) {
      const auto ends = [&ended](std::exception_ptr,
                                 StatusOr<Judgement> judgement) {
        EXPECT_THAT(judgement, IsOk());
        ++ended;
      };
      asio::co_spawn(loop, admission.Decide(PushOf(image)), ends);
    }
    while (registry_.Waiting() < 1) co_await asio::post(asio::use_awaitable);
    registry_.Release();
    while (ended < 5) co_await asio::post(asio::use_awaitable);
  });
  EXPECT_EQ(registry_.reads().streams, 1);
  EXPECT_EQ(store_.decisions().size(), 5u) << "but not the decision";
}

TEST_F(GatherTest, CallsWhatIsNotThereInTimeAGapAndSaysToPushAgain) {
  const StoredImage image = Uploaded({"a"});
  blobs_.Put(image.config);
  seen_.Add("team/app", Digest::Sha256(image.layers[0]), "client");
  seen_.Add("team/app", Digest::Sha256(image.config), "client");
  FakeRegistry::Switches slow;
  slow.slow = true;
  registry_.Set(slow);
  AdmissionRequest request = PushOf(image);
  request.evidence_deadline = absl::Now();
  const v1::Decision decision = DecisionOn(request);
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_TRUE(decision.gaps(0).pending());
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("layer 1 of 1"));
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("push again"));
}

TEST_F(GatherTest, CallsAConfigThatIsNotThereAGap) {
  const StoredImage image = Image({"a"});
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(),
              HasSubstr("config is not in the repository"));
}

TEST_F(GatherTest, TakesNoBytesThatAreNotThoseOfTheirDigest) {
  const StoredImage image = Uploaded({"a"});
  FakeRegistry::Switches switches;
  switches.wrong_bytes = true;
  registry_.Set(switches);
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  EXPECT_EQ(decision.images_size(), 0);
}

// Somebody else's image has a layer that the store knows well. Whoever only
// knows its digest learns nothing from that.
TEST_F(GatherTest, UsesNoFactsOfALayerThatTheUpstreamDoesNotShow) {
  const StoredImage image = Image({"secret"});
  registry_.PutBlob("team/app", image.config);
  RunLoop([&]() -> Task<> {
    std::vector<LayerFacts> facts{FactsOf(image, 0)};
    EXPECT_THAT(co_await store_.PutLayerFacts(std::move(facts)), IsOk());
  });
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("not in the repository"));
  const v1::StoredEvidence evidence = EvidenceOf(decision);
  ASSERT_EQ(evidence.images_size(), 1);
  EXPECT_EQ(evidence.images(0).layers(0).diff_id(), "");
  EXPECT_EQ(registry_.reads().streams, 0);
}

// Nor whoever says that the layer need not be there.
TEST_F(GatherTest, UsesNoFactsOfALayerThatIsSaidToBeElsewhere) {
  StoredImage image = Image({"secret"});
  const std::string size =
      absl::StrCat("\"size\":", image.layers[0].size(), "}");
  ASSERT_THAT(image.manifest, HasSubstr(size));
  image.manifest = absl::StrReplaceAll(
      image.manifest,
      {{size, absl::StrCat("\"size\":", image.layers[0].size(),
                           R"(,"urls":["https://e.example/x"]})")}});
  registry_.PutBlob("team/app", image.config);
  RunLoop([&]() -> Task<> {
    std::vector<LayerFacts> facts{FactsOf(image, 0)};
    EXPECT_THAT(co_await store_.PutLayerFacts(std::move(facts)), IsOk());
  });
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("not distributed"));
  const v1::StoredEvidence evidence = EvidenceOf(decision);
  ASSERT_EQ(evidence.images_size(), 1);
  EXPECT_EQ(evidence.images(0).layers(0).diff_id(), "");

  registry_.PutBlob("team/app", image.layers[0]);
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0) << "it was pushed too";
}

// What another credential was shown says nothing for this one.
TEST_F(GatherTest, AsksTheUpstreamForEachCredential) {
  const StoredImage image = Uploaded({"a"});
  AdmissionRequest request = PushOf(image);
  request.credential_key = "alice";
  EXPECT_EQ(DecisionOn(request).gaps_size(), 0);
  registry_.DeleteBlob("team/app", Digest::Sha256(image.config));
  EXPECT_EQ(DecisionOn(request).gaps_size(), 0) << "she was shown it";
  request.credential_key = "bob";
  const v1::Decision decision = DecisionOn(request);
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(),
              HasSubstr("config is not in the repository"));
}

TEST_F(GatherTest, JudgesAConfigOfAnotherSizeMalformed) {
  StoredImage image = Uploaded({"a"});
  image.manifest = absl::StrReplaceAll(
      image.manifest, {{absl::StrCat("\"size\":", image.config.size()),
                        absl::StrCat("\"size\":", image.config.size() + 1)}});
  const auto judgement = Decide(kOneLayer, PushOf(image));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message, HasSubstr("config"));
}

TEST_F(GatherTest, ReadsNoMoreOfAConfigThanTheManifestSays) {
  StoredImage image = Uploaded({"a"});
  image.manifest = absl::StrReplaceAll(
      image.manifest, {{absl::StrCat("\"size\":", image.config.size()),
                        absl::StrCat("\"size\":", image.config.size() - 1)}});
  const auto judgement = Decide(kOneLayer, PushOf(image));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message,
              HasSubstr("the blob has more"));
}

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

TEST_F(GatherTest, EndsWhereThereIsNoRoomForMoreDocuments) {
  const StoredImage image = Padded("a");
  HeldBytes::Charge others(held_, "credential client", false);
  ASSERT_THAT(others.Grow(HeldBytes::kMax / 4 - 1024), IsOk());
  EXPECT_THAT(Decide(kOneLayer, PushOf(image)),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("overloaded, push again")));
  EXPECT_EQ(registry_.reads().blobs, 0);
  EXPECT_TRUE(store_.decisions().empty());
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

// To build again helps where another tool, or another time, gives other bytes.
TEST_F(GatherTest, SaysOfEachFaultOnceWhereItIsAndWhatHelps) {
  const StoredImage image = Uploaded({"a"});
  const std::string twice = absl::StrReplaceAll(
      image.manifest,
      {{"\"schemaVersion\":2", R"("schemaVersion":2,"schemaVersion":2)"}});
  Finding fault = FaultOf(PushOf(twice, kOciManifestType));
  EXPECT_EQ(fault.message, "manifest: schemaVersion: duplicate name");
  EXPECT_THAT(fault.hint, HasSubstr("correct the tool that wrote it"));

  fault = FaultOf(PushOf(image.manifest, "application/x"));
  EXPECT_EQ(fault.message,
            "manifest: the Content-Type is none of the four that are accepted");
  EXPECT_THAT(fault.hint, HasSubstr("OCI or Docker schema 2"));

  fault = FaultOf(PushOf("{", kOciIndexType));
  EXPECT_THAT(fault.message, StartsWith("index: "));

  fault = FaultOf(PushWithConfig(image, R"({"os":"a","os":"b"})"));
  EXPECT_EQ(fault.message, "image config: os: duplicate name");
  EXPECT_THAT(fault.hint, HasSubstr("correct the tool that wrote it"));
}

TEST_F(GatherTest, SaysOfALayerThatIsDamagedToBuildAgain) {
  const StoredImage image = Uploaded({"a"});
  const std::string damaged = image.layers[0] + "more";
  registry_.PutBlob("team/app", damaged);
  const std::string manifest = absl::StrReplaceAll(
      image.manifest, {{Digest::Sha256(image.layers[0]).ToString(),
                        Digest::Sha256(damaged).ToString()},
                       {absl::StrCat("\"size\":", image.layers[0].size()),
                        absl::StrCat("\"size\":", damaged.size())}});
  const Finding fault = FaultOf(PushOf(manifest, kOciManifestType));
  EXPECT_THAT(fault.message, StartsWith("layer 1 of 1: "));
  EXPECT_THAT(fault.hint, HasSubstr("rebuild the image"));
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
