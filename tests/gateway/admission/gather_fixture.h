// What the tests of gathering share: pushes over fakes and the evidence kept.
#ifndef PLIMSOLL_TESTS_GATEWAY_ADMISSION_GATHER_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_ADMISSION_GATHER_FIXTURE_H_

#include <gmock/gmock.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/admission/gather.h"
#include "plimsoll/v1/evidence.pb.h"
#include "tests/gateway/admission/admission_fixture.h"

namespace plimsoll {

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

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_ADMISSION_GATHER_FIXTURE_H_
