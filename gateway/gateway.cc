#include "gateway/gateway.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <csignal>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gateway/config_limits.h"
#include "gateway/http/spawn.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"
#include "gateway/policy_files.h"

namespace plimsoll {
namespace {

std::vector<std::unique_ptr<Loop>> MakeLoops(size_t for_clients) {
  std::vector<std::unique_ptr<Loop>> loops;
  for (size_t i = 0; i < for_clients + 1; ++i) {
    loops.push_back(std::make_unique<Loop>());
  }
  return loops;
}

InspectorOptions InspectionOptions(const GatewayConfig& config) {
  InspectorOptions options;
  options.threads = CoresUnless(config.inspect_workers);
  return options;
}

FactSink KeepFacts(Store& store) {
  return [&store](LayerFacts facts) -> Task<Status> {
    std::vector<LayerFacts> one{std::move(facts)};
    co_return co_await store.PutLayerFacts(std::move(one));
  };
}

ReferenceJudge::OpenRepository OpenIn(const Upstreams& upstreams) {
  return [&upstreams](
             const std::string& host,
             const std::string& repository) -> StatusOr<OpenedRepository> {
    const Upstream* upstream = upstreams.For(host, repository);
    if (upstream == nullptr) {
      return absl::NotFoundError(
          absl::StrCat("no upstream serves ", host, "/", repository));
    }
    return OpenedRepository{upstream->name(), upstream->Open(repository)};
  };
}

std::string UrlsOf(const GatewayConfig& config) {
  return absl::StrJoin(config.upstreams, " ",
                       [](std::string* out, const UpstreamConfig& upstream) {
                         out->append(upstream.url);
                       });
}

}  // namespace

StatusOr<std::unique_ptr<Gateway>> Gateway::New(const GatewayConfig& config) {
  ASSIGN_OR_RETURN(GatewayParts parts, GatewayParts::New(config));
  std::unique_ptr<Gateway> gateway(new Gateway(config, std::move(parts)));
  // Before any door is open: without its bases every push would be refused.
  RETURN_IF_ERROR(RunBlocking<Status>([&] { return gateway->upkeep_.Begin(); }),
                  "the catalog cannot be loaded");
  return gateway;
}

Gateway::Gateway(const GatewayConfig& config, GatewayParts parts)
    : config_(config),
      parts_(std::move(parts)),
      snapshots_(parts_.snapshot),
      loops_(MakeLoops(CoresUnless(config.threads))),
      inspector_(background().executor(), KeepFacts(*parts_.store),
                 InspectionOptions(config)),
      turns_({config.decisions, config.waiting_decisions}),
      seen_(absl::Now),
      gatherer_({*parts_.store, inspector_, blobs_, seen_, held_,
                 config.inspect != InspectMode::kNever}),
      admission_(
          {*parts_.store, gatherer_, snapshots_, *parts_.decisions, absl::Now}),
      push_({admission_, tags_, held_, absl::Now, PushTimes(), turns_}),
      pass_through_(
          {blobs_, seen_, inspector_, KeepFacts(*parts_.store), snapshots_}),
      door_(*parts_.upstreams, pass_through_, push_),
      judge_(admission_, OpenIn(*parts_.upstreams)),
      admin_(readiness_, metrics::Render),
      reconciler_({*parts_.store, *parts_.upstreams, absl::Now}),
      catalog_(*parts_.store, snapshots_),
      upkeep_({catalog_, reconciler_, snapshots_, readiness_, *parts_.store,
               parts_.tls, config.retention}) {
  signals_ = std::make_unique<asio::signal_set>(background().io(), SIGTERM,
                                                SIGINT, SIGHUP);
  for (const auto& upstream : parts_.upstreams->all()) {
    for (const auto& loop : loops_) upstream->AddLoop(*loop);
  }
  const auto limits = ConnectionLimits::New({"registry", config.max_connections,
                                             config.connections_per_address,
                                             config.trusted_proxies});
  for (size_t i = 1; i < loops_.size(); ++i) {
    HttpServer::Options options;
    options.name = "registry";
    options.host = config.listen.host;
    options.port = config.listen.port;
    if (parts_.registry_tls) options.tls = parts_.registry_tls->holder(i - 1);
    options.limits = limits;
    options.socket_buffers = ClientBuffers(config);
    options.access_log = parts_.accesses.get();
    servers_.push_back(
        std::make_unique<HttpServer>(*loops_[i], door_, std::move(options)));
  }
  HttpServer::Options options;
  options.name = "admin";
  options.host = config.admin.host;
  options.port = config.admin.port;
  options.max_connections = 256;
  options.quiet = true;
  admin_server_ =
      std::make_unique<HttpServer>(background(), admin_, std::move(options));
  if (config.webhook) AddWebhook(*config.webhook);
}

void Gateway::AddWebhook(const WebhookConfig& webhook) {
  webhook_ =
      std::make_unique<WebhookHandler>(judge_, webhook.registries, absl::Now);
  HttpServer::Options options;
  options.name = "webhook";
  options.host = webhook.listen.host;
  options.port = webhook.listen.port;
  options.tls = parts_.webhook_tls->holder();
  options.access_log = parts_.accesses.get();
  options.max_connections = 1024;
  webhook_server_ =
      std::make_unique<HttpServer>(background(), *webhook_, std::move(options));
}

// Coroutines that are still suspended borrow the parts: the loops that hold
// them end first, after whatever must end before its loop.
Gateway::~Gateway() {
  signals_.reset();
  admin_server_.reset();
  webhook_server_.reset();
  servers_.clear();
  for (const auto& upstream : parts_.upstreams->all()) upstream->Clear();
  loops_.clear();
}

Status Gateway::Listen() {
  HttpServer& first = *servers_.front();
  RETURN_IF_ERROR(first.Listen());
  for (size_t i = 1; i < servers_.size(); ++i) {
    RETURN_IF_ERROR(servers_[i]->ListenBeside(first));
  }
  if (webhook_server_) RETURN_IF_ERROR(webhook_server_->Listen());
  RETURN_IF_ERROR(admin_server_->Listen());
  if (!config_.grpc.empty()) {
    ASSIGN_OR_RETURN(grpc_,
                     GrpcServer::Start(config_.grpc, judge_, background()));
  }
  return absl::OkStatus();
}

void Gateway::Run() {
  metrics::Start();
  Spawn(background().executor(), "following signals", FollowSignals());
  Spawn(background().executor(), "upkeep", upkeep_.Run());
  admin_server_->Start();
  if (webhook_server_) webhook_server_->Start();
  for (const auto& server : servers_) server->Start();
  for (const auto& loop : loops_) loop->StartDeadlines();
  for (size_t i = 1; i < loops_.size(); ++i) {
    Loop& loop = *loops_[i];
    threads_.emplace_back([&loop] { loop.io().run(); });
  }
  LogInfo(
      "serving",
      {{"listen",
        absl::StrCat(config_.listen.host, ":", servers_.front()->port())},
       {"admin", absl::StrCat(config_.admin.host, ":", admin_server_->port())},
       {"upstream", UrlsOf(config_)},
       {"store", config_.sqlite_path},
       {"policies", snapshots_.Get()->policies.revision}});
  background().io().run();
  for (std::thread& thread : threads_) thread.join();
  LogInfo("ended", {});
}

Task<> Gateway::FollowSignals() {
  for (;;) {
    auto [error, signal] =
        co_await signals_->async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    if (signal != SIGHUP) break;
    Reload();
  }
  co_await Drain();
}

void Gateway::Reload() {
  ReloadPolicies();
  for (const auto& source : parts_.tls) source->Renew(absl::Now());
}

void Gateway::ReloadPolicies() {
  StatusOr<PolicySet> policies =
      LoadPolicyFiles(config_.policies, config_.no_match);
  if (!policies.ok()) {
    LogError("reload", {{"error", policies.status().message()},
                        {"effect", "the old policies stay"}});
    return;
  }
  auto next = std::make_shared<Snapshot>(*snapshots_.Get());
  next->policies = *std::move(policies);
  next->inspects_uploads = InspectsUploads(config_, next->policies);
  LogInfo("reload", {{"policies", next->policies.revision}});
  snapshots_.Swap(std::move(next));
}

size_t Gateway::Connections() const {
  size_t count = 0;
  for (const auto& server : servers_) count += server->connections();
  if (webhook_server_) count += webhook_server_->connections();
  return count;
}

// Lets what is under way end, up to the configured time; then ends it.
Task<> Gateway::Drain() {
  LogInfo("draining", {});
  readiness_.Drain();
  if (webhook_server_) webhook_server_->Drain();
  for (size_t i = 0; i < servers_.size(); ++i) {
    HttpServer& server = *servers_[i];
    asio::post(loops_[i + 1]->executor(), [&server] { server.Drain(); });
  }
  const absl::Time deadline = absl::Now() + config_.drain;
  asio::steady_timer timer(background().io());
  while (Connections() > 0 && absl::Now() < deadline) {
    timer.expires_after(std::chrono::milliseconds(50));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (grpc_) {
    const std::function<Status()> end = [this] {
      grpc_->Shutdown(absl::Seconds(1));
      return absl::OkStatus();
    };
    asio::thread_pool aside(1);  // it blocks until the last call has ended
    (void)co_await RunOn<Status>(aside.executor(), end);
  }
  co_await inspector_.Shutdown();
  for (const auto& loop : loops_) {
    asio::io_context& io = loop->io();
    asio::post(io, [&io] { io.stop(); });
  }
}

}  // namespace plimsoll
