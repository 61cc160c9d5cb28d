// The registry door as it runs: server, door, held push, admission and layer
// inspection on a loop, over a store in memory and an upstream that keeps blobs
// and manifests. A test says what the upstream does otherwise.
#ifndef PLIMSOLL_TESTS_GATEWAY_REGISTRY_DOOR_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_REGISTRY_DOOR_FIXTURE_H_

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/admission/admission.h"
#include "gateway/http/server.h"
#include "gateway/registry/door.h"
#include "policy/language/load.h"
#include "tests/support/fake_store.h"
#include "tests/support/kept_accesses.h"
#include "tests/support/loop_thread.h"
#include "tests/support/raw_client.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/stored_image.h"
#include "tests/support/tar_builder.h"
#include "tests/support/wait.h"

namespace plimsoll {

// Decisions as they are logged; from any thread.
class KeptLog : public DecisionLog {
 public:
  void Write(const v1::Decision& decision) override {
    const std::lock_guard lock(mutex_);
    written_.push_back(decision);
  }
  std::vector<v1::Decision> written() const {
    const std::lock_guard lock(mutex_);
    return written_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<v1::Decision> written_;
};

class DoorTest : public testing::Test {
 protected:
  using Then = ScriptReply::Then;
  // What the upstream does with a request in place of its own answer.
  using Override =
      std::function<std::optional<ScriptReply>(const RequestHead&)>;

  ~DoorTest() override {
    loop_.Wait<bool>([this]() -> Task<bool> {
      co_await inspector_.Shutdown();
      co_return true;
    });
    loop_.Stop();
    server_.reset();
    if (upstreams_) upstreams_->all().front()->Clear();
  }

  void Start(absl::string_view policy, Mode mode = Mode::kEnforce,
             std::string read_authorization = "");

  // Puts everything of an image but its manifest into the upstream.
  void Upload(const StoredImage& image) {
    Put(image.config);
    for (const std::string& layer : image.layers) Put(layer);
  }
  void Put(const std::string& blob) {
    const std::lock_guard lock(mutex_);
    blobs_[Digest::Sha256(blob).ToString()] = blob;
  }
  void SetOverride(Override override) {
    const std::lock_guard lock(mutex_);
    override_ = std::move(override);
  }
  // Answers requests of this method so, all others as an honest registry.
  void Answer(absl::string_view method, ScriptReply reply) {
    SetOverride([method = std::string(method), reply](const RequestHead& head) {
      return head.method == method ? std::optional(reply) : std::nullopt;
    });
  }

  // A request of a manifest's PUT, and its answer on a connection of its own.
  static std::string PutRequest(absl::string_view reference,
                                absl::string_view manifest,
                                absl::string_view fields = "",
                                absl::string_view type = kOciManifestType);
  RawResponse Push(absl::string_view reference, absl::string_view manifest,
                   absl::string_view fields = "",
                   absl::string_view type = kOciManifestType) {
    return Ask(PutRequest(reference, manifest, fields, type), "PUT");
  }
  RawClient Connected() {
    StatusOr<RawClient> client = RawClient::Connect(port_);
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }
  RawResponse Ask(absl::string_view request, absl::string_view method) {
    RawClient client = Connected();
    EXPECT_THAT(client.Send(request), IsOk());
    StatusOr<RawResponse> response = client.ReadResponse(method);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *std::move(response) : RawResponse{};
  }
  static std::string HeaderOf(const RawResponse& response,
                              absl::string_view name) {
    const std::string* value = response.head.headers.Find(name);
    return value == nullptr ? "(none)" : *value;
  }

  RegistryDoor& door() { return *door_; }
  TagLocks& tag_locks() { return tags_; }

  // Requests that the upstream saw with that method.
  std::vector<SeenRequest> Seen(absl::string_view method) const;
  // The only decision that the store has, once its state is `state`.
  StoredDecision OnlyDecision(std::optional<ForwardState> state = {}) const;

  // Waits until the store has that many.
  void WaitForDecisions(size_t count) const;
  // As 256 pushes that are decided on: the next one waits.
  void TakeAllTurns(std::deque<DecisionTurns::Turn>& others);
  static bool SomebodyWaits();  // for a turn

  static StoredImage Image(absl::string_view content = "hello") {
    return BuildStoredImage({TarBuilder().File("a", content).Build()});
  }

  // Names the credential of a request that has none.
  std::string Nobody() const {
    return upstreams_->all().front()->ClientKey("");
  }

  FakeStore store_;
  KeptLog log_;
  KeptAccesses accesses_;
  // Before the loop, which may end while pushes are held; exchanges that end
  // with it still name their upstream.
  HeldBytes held_{{.all = 16 << 20, .holder = 8 << 20, .anonymous = 4 << 20}};
  std::unique_ptr<Upstreams> upstreams_;
  DecisionTurns turns_;
  LoopThread loop_;
  std::unique_ptr<ScriptServer> upstream_;
  BlobCache blob_cache_;
  SeenBlobs seen_blobs_;
  uint16_t port_ = 0;
  PushTimes times_;
  ServerTimeouts timeouts_;
  std::shared_ptr<const TlsHolder> tls_;  // of the server; null for plain HTTP
  std::shared_ptr<ConnectionLimits> limits_;  // null for the server's own

 private:
  ScriptReply Reply(const RequestHead& head);

  const FactSink keep_facts_ = [this](LayerFacts facts) -> Task<Status> {
    std::vector<LayerFacts> one{std::move(facts)};
    return store_.PutLayerFacts(std::move(one));
  };
  LayerInspector inspector_{loop_.loop().executor(), keep_facts_};
  Gatherer gatherer_{{store_, inspector_, blob_cache_, seen_blobs_, held_}};
  std::unique_ptr<SnapshotHolder> snapshots_;
  std::unique_ptr<Admission> admission_;
  TagLocks tags_;
  std::unique_ptr<ManifestPush> push_;
  std::unique_ptr<PassThrough> pass_through_;
  std::unique_ptr<RegistryDoor> door_;
  std::unique_ptr<HttpServer> server_;
  std::mutex mutex_;
  std::map<std::string, std::string> blobs_;
  Override override_;
};

// Policies of one rule each, for every repository.
inline constexpr absl::string_view kAdmitAll = R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: all}
spec:
  match: {repositories: ["**"]}
  rules: [{name: small, check: image.size, with: {maxLayers: 30}}]
)";
inline constexpr absl::string_view kNoRoot = R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: all}
spec:
  match: {repositories: ["**"]}
  rules: [{name: non-root, check: config.user, with: {forbidRoot: true}}]
)";

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_REGISTRY_DOOR_FIXTURE_H_
