// All registries pass the one contract.
#include "tests/contract/registry_contract.h"

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gateway/cli/oci_layout.h"
#include "gateway/registry/upstream_registry.h"
#include "tests/support/fake_registry.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/script_server.h"

namespace plimsoll {
namespace {

constexpr char kRepository[] = "team/app";

class FakePlace : public RegistryPlace {
 public:
  void PutBlob(const Digest& digest, const std::string& bytes) override {
    registry_.PutBlobAs(kRepository, digest, bytes);
  }
  void PutManifest(const std::string& bytes, const std::string& media_type,
                   const std::string& tag) override {
    registry_.PutManifest(kRepository, bytes, media_type, tag);
  }
  void Spoil() override {
    FakeRegistry::Switches switches;
    switches.wrong_bytes = true;
    registry_.Set(switches);
  }
  std::shared_ptr<Registry> Open() override {
    return registry_.Open(kRepository);
  }

 private:
  FakeRegistry registry_;
};

void ChangeLastByte(std::string& bytes) {
  if (!bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
}

// A registry over HTTP, as far as it is read.
class UpstreamPlace : public RegistryPlace {
 public:
  explicit UpstreamPlace(Loop& loop)
      : server_([this](const RequestHead& head) { return Answer(head); }),
        pools_(
            "main",
            UpstreamAddress{false, "127.0.0.1", absl::StrCat(server_.port())},
            UpstreamTls()) {
    pools_.AddLoop(loop);
  }
  ~UpstreamPlace() override { pools_.Clear(); }

  void PutBlob(const Digest& digest, const std::string& bytes) override {
    Put(absl::StrCat("blobs/", digest.ToString()), "a/b", bytes);
  }
  void PutManifest(const std::string& bytes, const std::string& media_type,
                   const std::string& tag) override {
    const std::string digest = Digest::Sha256(bytes).ToString();
    Put(absl::StrCat("manifests/", digest), media_type, bytes);
    Put(absl::StrCat("manifests/", tag), media_type, bytes);
  }
  void Spoil() override {
    const std::lock_guard lock(mutex_);
    for (auto& [name, kept] : kept_) ChangeLastByte(kept.second);
  }
  std::shared_ptr<Registry> Open() override {
    return std::make_shared<UpstreamRegistry>(pools_, kRepository, "");
  }

 private:
  void Put(std::string name, std::string type, std::string bytes) {
    const std::lock_guard lock(mutex_);
    kept_[std::move(name)] = {std::move(type), std::move(bytes)};
  }
  ScriptReply Answer(const RequestHead& head) {
    const std::lock_guard lock(mutex_);
    const std::string name(absl::StripPrefix(head.target, "/v2/team/app/"));
    const auto found = kept_.find(name);
    ScriptReply reply;
    reply.bytes = CannedAnswer("404 Not Found", "");
    if (found == kept_.end()) return reply;
    const auto& [type, bytes] = found->second;
    reply.bytes = absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: ", type,
                               "\r\nContent-Length: ", bytes.size(), "\r\n\r\n",
                               head.method == "HEAD" ? "" : bytes);
    return reply;
  }

  std::mutex mutex_;
  std::map<std::string, std::pair<std::string, std::string>> kept_;
  ScriptServer server_;
  UpstreamPools pools_;
};

// A directory on disk, whose index is written when it is opened.
class LayoutPlace : public RegistryPlace {
 public:
  void PutBlob(const Digest& digest, const std::string& bytes) override {
    const absl::string_view algorithm =
        absl::StartsWith(digest.ToString(), "sha512:") ? "sha512" : "sha256";
    const std::string name =
        absl::StrCat("blobs/", algorithm, "/", digest.hex());
    scratch_.Write(name, bytes);
    kept_[name] = bytes;
  }
  void PutManifest(const std::string& bytes, const std::string& media_type,
                   const std::string& tag) override {
    const Digest digest = Digest::Sha256(bytes);
    PutBlob(digest, bytes);
    entries_.push_back(
        absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                     digest.ToString(), R"(","size":)", bytes.size(),
                     R"(,"annotations":{"org.opencontainers.image.ref.name":")",
                     tag, R"("}})"));
  }
  void Spoil() override {
    for (auto& [name, bytes] : kept_) {
      ChangeLastByte(bytes);
      scratch_.Write(name, bytes);
    }
  }
  std::shared_ptr<Registry> Open() override {
    scratch_.Write("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    scratch_.Write("index.json",
                   absl::StrCat(R"({"schemaVersion":2,"manifests":[)",
                                absl::StrJoin(entries_, ","), "]}"));
    auto layout = OciLayout::Open(scratch_.path());
    EXPECT_THAT(layout, IsOk());
    return *std::move(layout);
  }

 private:
  ScratchDir scratch_;
  std::map<std::string, std::string> kept_;
  std::vector<std::string> entries_;
};

std::unique_ptr<RegistryPlace> MakeFake(Loop&) {
  return std::make_unique<FakePlace>();
}
std::unique_ptr<RegistryPlace> MakeUpstream(Loop& loop) {
  return std::make_unique<UpstreamPlace>(loop);
}
std::unique_ptr<RegistryPlace> MakeLayout(Loop&) {
  return std::make_unique<LayoutPlace>();
}

INSTANTIATE_TEST_SUITE_P(Fake, RegistryContract, testing::Values(MakeFake));
INSTANTIATE_TEST_SUITE_P(Upstream, RegistryContract,
                         testing::Values(MakeUpstream));
INSTANTIATE_TEST_SUITE_P(OciLayout, RegistryContract,
                         testing::Values(MakeLayout));

}  // namespace
}  // namespace plimsoll
