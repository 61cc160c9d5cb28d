#include "tests/gateway/registry/door_fixture.h"

#include <thread>

#include "absl/strings/str_split.h"
#include "gateway/observe/metrics.h"
#include "tests/support/one_upstream.h"

namespace plimsoll {
namespace {

std::shared_ptr<const Snapshot> SnapshotOf(absl::string_view policy,
                                           Mode mode) {
  auto snapshot = std::make_shared<Snapshot>();
  const std::vector<PolicyFile> files{{"policy.yaml", std::string(policy)}};
  LoadedPolicies loaded = LoadPolicies(files);
  for (const Issue& issue : loaded.issues) ADD_FAILURE() << issue.message;
  snapshot->policies = *std::move(loaded.policies);
  snapshot->modes.fallback = mode;
  snapshot->inspects_uploads = LooksAtBases(snapshot->policies);
  snapshot->catalog = *BaseCatalog::New({});
  return snapshot;
}

// What a registry says that it stored under an upload's location.
std::string StoredField(absl::string_view target) {
  const std::pair<absl::string_view, absl::string_view> split =
      absl::StrSplit(target, absl::MaxSplits("digest=", 1));
  if (split.second.empty()) return "";
  return absl::StrCat("Docker-Content-Digest: ", split.second, "\r\n");
}

}  // namespace

void DoorTest::Start(absl::string_view policy, Mode mode,
                     std::string read_authorization) {
  upstream_ = std::make_unique<ScriptServer>(
      [this](const RequestHead& head) { return Reply(head); });
  UpstreamSettings settings =
      PlainUpstream("main", absl::StrCat(upstream_->port()));
  settings.read_authorization = std::move(read_authorization);
  settings.outside = {"/token"};
  upstreams_ = OneUpstream(std::move(settings));
  upstreams_->all().front()->AddLoop(loop_.loop());
  snapshots_ = std::make_unique<SnapshotHolder>(SnapshotOf(policy, mode));
  admission_ = std::make_unique<Admission>(
      Admission::Parts{store_, gatherer_, *snapshots_, log_, absl::Now});
  push_ = std::make_unique<ManifestPush>(ManifestPush::Parts{
      *admission_, tags_, held_, absl::Now, times_, turns_});
  pass_through_ = std::make_unique<PassThrough>(PassThrough::Parts{
      blob_cache_, seen_blobs_, inspector_, keep_facts_, *snapshots_});
  door_ = std::make_unique<RegistryDoor>(*upstreams_, *pass_through_, *push_);
  HttpServer::Options options;
  options.name = "registry";
  options.host = "127.0.0.1";
  options.port = "0";
  options.timeouts = timeouts_;
  options.tls = tls_;
  options.access_log = &accesses_;
  options.limits = limits_;
  server_ = std::make_unique<HttpServer>(loop_.loop(), *door_, options);
  ASSERT_THAT(server_->Listen(), IsOk());
  port_ = server_->port();
  loop_.Do([this] { server_->Start(); });
}

// An honest registry: it has the blobs that were put, takes every manifest and
// has none yet.
ScriptReply DoorTest::Reply(const RequestHead& head) {
  const std::lock_guard lock(mutex_);
  if (override_) {
    if (const auto other = override_(head)) return *other;
  }
  ScriptReply reply;
  reply.bytes = CannedAnswer("404 Not Found", "");
  if (head.method == "PUT" || head.method == "PATCH") {
    reply.bytes = CannedAnswer("201 Created", "", StoredField(head.target));
    return reply;
  }
  const std::vector<std::string> parts = absl::StrSplit(head.target, '/');
  const auto found = blobs_.find(parts.back());
  if (found != blobs_.end()) {
    reply.bytes = head.method == "HEAD"
                      ? absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ",
                                     found->second.size(), "\r\n\r\n")
                      : CannedAnswer("200 OK", found->second);
  } else if (head.method == "HEAD") {
    reply.bytes = "HTTP/1.1 404 Not Found\r\n\r\n";
  }
  return reply;
}

std::string DoorTest::PutRequest(absl::string_view reference,
                                 absl::string_view manifest,
                                 absl::string_view fields,
                                 absl::string_view type) {
  return absl::StrCat(
      "PUT /v2/team/app/manifests/", reference,
      " HTTP/1.1\r\nHost: gateway.example\r\nContent-Type: ", type, "\r\n",
      fields, "Content-Length: ", manifest.size(), "\r\n\r\n", manifest);
}

std::vector<SeenRequest> DoorTest::Seen(absl::string_view method) const {
  std::vector<SeenRequest> seen = upstream_->requests();
  std::erase_if(seen, [method](const SeenRequest& request) {
    return request.head.method != method;
  });
  return seen;
}

void DoorTest::WaitForDecisions(size_t count) const {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (store_.decisions().size() < count) {
    ASSERT_LT(absl::Now(), end) << "there are fewer than " << count;
    std::this_thread::yield();
  }
}

void DoorTest::TakeAllTurns(std::deque<DecisionTurns::Turn>& others) {
  for (int i = 0; i < 256; ++i) {
    others.emplace_back(turns_, absl::StrCat(i), false);
    ASSERT_THAT(others.back().Enter(), IsOk());
    ASSERT_THAT(Wait(others.back().Wait(absl::InfiniteFuture())), IsOk());
  }
}

bool DoorTest::SomebodyWaits() {
  return metrics::decision_turns.Get({"waiting"}) >= 1;
}

StoredDecision DoorTest::OnlyDecision(std::optional<ForwardState> state) const {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  for (;;) {
    const std::vector<StoredDecision> kept = store_.decisions();
    const bool there =
        kept.size() == 1 && (!state || kept.front().state == *state);
    if (there) return kept.front();
    if (absl::Now() > end) {
      ADD_FAILURE() << kept.size() << " decisions, in state "
                    << (kept.empty() ? "none"
                                     : ForwardStateName(kept.front().state));
      return kept.empty() ? StoredDecision{} : kept.front();
    }
    std::this_thread::yield();
  }
}

}  // namespace plimsoll
