// The running gateway: owns every part, in the order in which they need each
// other, and starts and ends them. One per process.
#ifndef PLIMSOLL_GATEWAY_GATEWAY_H_
#define PLIMSOLL_GATEWAY_GATEWAY_H_

#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/admission/admission.h"
#include "gateway/admission/reference_judge.h"
#include "gateway/api/grpc_server.h"
#include "gateway/catalog/follow.h"
#include "gateway/config.h"
#include "gateway/gateway_parts.h"
#include "gateway/http/loop.h"
#include "gateway/http/server.h"
#include "gateway/kubernetes/webhook.h"
#include "gateway/layers/inspector.h"
#include "gateway/observe/admin.h"
#include "gateway/registry/door.h"
#include "gateway/registry/reconcile.h"
#include "gateway/registry/upstreams.h"
#include "gateway/upkeep.h"
#include "policy/status.h"

namespace plimsoll {

class Gateway {
 public:
  // Loads the catalog. InvalidArgument for a configuration or policies that
  // cannot be used (the message has every issue), Unavailable or
  // FailedPrecondition for a store that cannot be had, and what the store says
  // where its catalog cannot be loaded.
  static StatusOr<std::unique_ptr<Gateway>> New(const GatewayConfig& config);
  ~Gateway();

  // Binds all addresses; Unavailable names the one that somebody else has.
  Status Listen();
  // Serves until SIGTERM or SIGINT, then drains. SIGHUP reloads the policies
  // and the TLS files; where they cannot be used, the old ones stay.
  void Run();

 private:
  Gateway(const GatewayConfig& config, GatewayParts parts);
  Loop& background() { return *loops_.front(); }

  Task<> FollowSignals();
  Task<> Drain();
  void Reload();
  void ReloadPolicies();
  void AddWebhook(const WebhookConfig& webhook);
  size_t Connections() const;

  const GatewayConfig config_;
  const GatewayParts parts_;
  SnapshotHolder snapshots_;
  // The first is the background's: signals, upkeep, admin, read-backs, and what
  // the webhook and gRPC are asked. The others serve clients of the registry.
  std::vector<std::unique_ptr<Loop>> loops_;
  LayerInspector inspector_;
  BlobCache blobs_;
  HeldBytes held_;
  DecisionTurns turns_;
  SeenBlobs seen_;
  Gatherer gatherer_;
  Admission admission_;
  TagLocks tags_;
  ManifestPush push_;
  PassThrough pass_through_;
  RegistryDoor door_;
  ReferenceJudge judge_;
  Readiness readiness_;
  AdminHandler admin_;
  Reconciler reconciler_;
  CatalogFollower catalog_;
  Upkeep upkeep_;
  std::vector<std::unique_ptr<HttpServer>> servers_;  // one for each data loop
  std::unique_ptr<HttpServer> admin_server_;
  std::unique_ptr<WebhookHandler> webhook_;
  std::unique_ptr<HttpServer> webhook_server_;
  std::unique_ptr<GrpcServer> grpc_;
  std::unique_ptr<asio::signal_set> signals_;
  std::vector<std::thread> threads_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_GATEWAY_H_
