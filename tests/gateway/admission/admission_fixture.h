// Admission over fakes: a registry and a store in memory, one loop, no sockets.
#ifndef PLIMSOLL_TESTS_GATEWAY_ADMISSION_ADMISSION_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_ADMISSION_ADMISSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/admission/admission.h"
#include "policy/language/load.h"
#include "tests/support/fake_registry.h"
#include "tests/support/fake_store.h"
#include "tests/support/status_matchers.h"
#include "tests/support/stored_image.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {

class LineLog : public DecisionLog {
 public:
  void Write(const v1::Decision& decision) override {
    written.push_back(decision);
  }
  std::vector<v1::Decision> written;
};

// Policies for every repository.
inline constexpr absl::string_view kOneLayer = R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: small}
spec:
  match: {repositories: ["**"]}
  rules: [{name: small, check: image.size, with: {maxLayers: 1}}]
)";
inline constexpr absl::string_view kVerified = R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: known}
spec:
  match: {repositories: ["**"]}
  rules: [{name: known, check: base.identified, with: {minProof: verified}}]
)";

class AdmissionTest : public testing::Test {
 protected:
  using Body = std::function<Task<>(Admission&)>;

  // Runs `body` with an admission by `policy`, and ends what it started.
  void Run(absl::string_view policy, const Body& body) {
    RunLoop([&]() -> Task<> {
      FactSink sink = [this](LayerFacts facts) -> Task<Status> {
        std::vector<LayerFacts> one{std::move(facts)};
        return store_.PutLayerFacts(std::move(one));
      };
      const auto loop = co_await asio::this_coro::executor;
      LayerInspector inspector(loop, sink);
      Gatherer gatherer({store_, inspector, blobs_, seen_, held_});
      SnapshotHolder snapshots(SnapshotOf(policy));
      Admission admission({store_, gatherer, snapshots, log_, absl::Now});
      co_await body(admission);
      co_await inspector.Shutdown();
    });
  }
  // The judgement of one request.
  StatusOr<Judgement> Decide(absl::string_view policy,
                             const AdmissionRequest& request) {
    StatusOr<Judgement> judgement = absl::UnknownError("not decided");
    Run(policy, [&](Admission& admission) -> Task<> {
      judgement = co_await admission.Decide(request);
      co_await asio::post(asio::use_awaitable);  // what is recorded aside
    });
    return judgement;
  }

  // A push of `image` to team/app:v1.
  AdmissionRequest PushOf(const StoredImage& image) {
    return PushOf(image.manifest, kOciManifestType);
  }
  AdmissionRequest PushOf(const std::string& manifest,
                          absl::string_view media_type) {
    AdmissionRequest request;
    request.repository = "team/app";
    request.reference = "v1";
    request.tags = {"v1"};
    request.manifest = {manifest, std::string(media_type),
                        Digest::Sha256(manifest)};
    request.registry = registry_.Open("team/app");
    request.credential_key = "client";
    request.evidence_deadline = absl::Now() + absl::Seconds(20);
    request.forwards = true;
    return request;
  }

  static StoredImage Image(std::vector<std::string> contents) {
    std::vector<std::string> tars;
    tars.reserve(contents.size());
    for (const std::string& content : contents) {
      tars.push_back(TarBuilder().File("a", content).Build());
    }
    return BuildStoredImage(std::move(tars));
  }
  // `image` with everything but its manifest in the registry.
  StoredImage Uploaded(std::vector<std::string> contents) {
    StoredImage image = Image(std::move(contents));
    registry_.PutBlob("team/app", image.config);
    for (const std::string& layer : image.layers) {
      registry_.PutBlob("team/app", layer);
    }
    return image;
  }
  LayerFacts FactsOf(const StoredImage& image, size_t layer) {
    LayerFacts facts{Digest::Sha256(image.layers[layer]),
                     Digest::Sha256(image.tars[layer])};
    facts.size = static_cast<int64_t>(image.layers[layer].size());
    facts.inflated_size = static_cast<int64_t>(image.tars[layer].size());
    facts.compression = Compression::kGzip;
    return facts;
  }

  FakeRegistry registry_;
  FakeStore store_;
  LineLog log_;
  BlobCache blobs_;
  HeldBytes held_;
  SeenBlobs seen_;
  Mode mode_ = Mode::kEnforce;
  std::vector<Glob> build_caches_;

 private:
  std::shared_ptr<const Snapshot> SnapshotOf(absl::string_view policy) const {
    auto snapshot = std::make_shared<Snapshot>();
    const std::vector<PolicyFile> files{{"policy.yaml", std::string(policy)}};
    LoadedPolicies loaded = LoadPolicies(files);
    for (const Issue& issue : loaded.issues) ADD_FAILURE() << issue.message;
    snapshot->policies = *std::move(loaded.policies);
    snapshot->modes.fallback = mode_;
    snapshot->build_caches = build_caches_;
    snapshot->catalog = *BaseCatalog::New({});
    return snapshot;
  }
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_ADMISSION_ADMISSION_FIXTURE_H_
