#include "gateway/gateway_parts.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/config_limits.h"
#include "gateway/credential_file.h"
#include "gateway/policy_files.h"

namespace plimsoll {
namespace {

StatusOr<std::shared_ptr<const Snapshot>> FirstSnapshot(
    const GatewayConfig& config) {
  auto snapshot = std::make_shared<Snapshot>();
  ASSIGN_OR_RETURN(snapshot->policies,
                   LoadPolicyFiles(config.policies, config.no_match));
  ASSIGN_OR_RETURN(snapshot->catalog, BaseCatalog::New({}));
  snapshot->modes = config.modes;
  snapshot->build_caches = config.build_caches;
  snapshot->inspects_uploads = InspectsUploads(config, snapshot->policies);
  return snapshot;
}

StatusOr<UpstreamSettings> SettingsOf(const UpstreamConfig& config) {
  UpstreamSettings settings;
  settings.name = config.name;
  ASSIGN_OR_RETURN(settings.address, UpstreamAddress::Parse(config.url));
  ASSIGN_OR_RETURN(settings.tls,
                   UpstreamTls::New(config.name, settings.address, config.tls));
  ASSIGN_OR_RETURN(settings.read_authorization,
                   ReadCredentialFile(config.read_credential_file));
  settings.reads =
      !settings.read_authorization.empty() || config.anonymous_reads;
  settings.outside = config.pass_through;
  settings.hosts = config.hosts;
  settings.prefixes = config.prefixes;
  return settings;
}

StatusOr<std::unique_ptr<Upstreams>> UpstreamsOf(const GatewayConfig& config) {
  std::vector<std::unique_ptr<Upstream>> all;
  for (const UpstreamConfig& upstream : config.upstreams) {
    ASSIGN_OR_RETURN(UpstreamSettings settings, SettingsOf(upstream),
                     absl::StrCat("upstream ", upstream.name));
    settings.socket_buffers = UpstreamBuffers(config);
    all.push_back(std::make_unique<Upstream>(std::move(settings), absl::Now));
  }
  return std::make_unique<Upstreams>(std::move(all));
}

// The listeners' and, beside them in the list of all, the upstreams'.
Status ReadTls(const GatewayConfig& config, GatewayParts& parts) {
  const absl::Time now = absl::Now();
  if (config.tls) {
    ASSIGN_OR_RETURN(parts.registry_tls,
                     TlsSource::Server("registry", *config.tls,
                                       CoresUnless(config.threads), now));
  }
  if (config.webhook) {
    ASSIGN_OR_RETURN(parts.webhook_tls,
                     TlsSource::Server("webhook", config.webhook->tls, 1, now));
  }
  for (const auto& source : {parts.registry_tls, parts.webhook_tls}) {
    if (source) parts.tls.push_back(source);
  }
  for (const auto& upstream : parts.upstreams->all()) {
    const UpstreamTls& tls = upstream->settings().tls;
    if (tls.upstream) parts.tls.push_back(tls.upstream);
    if (tls.elsewhere) parts.tls.push_back(tls.elsewhere);
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<GatewayParts> GatewayParts::New(const GatewayConfig& config) {
  GatewayParts parts;
  ASSIGN_OR_RETURN(parts.upstreams, UpstreamsOf(config));
  ASSIGN_OR_RETURN(parts.snapshot, FirstSnapshot(config));
  const SqliteOptions store{config.sqlite_path, true};
  ASSIGN_OR_RETURN(parts.store, SqliteStore::Open(store));
  ASSIGN_OR_RETURN(parts.decisions, OpenDecisionLog(config.decision_log));
  RETURN_IF_ERROR(ReadTls(config, parts));
  ASSIGN_OR_RETURN(parts.accesses, OpenAccessLog(config.access_log));
  return parts;
}

bool InspectsUploads(const GatewayConfig& config, const PolicySet& policies) {
  return config.inspect == InspectMode::kStream ||
         (config.inspect == InspectMode::kAuto && LooksAtBases(policies));
}

size_t CoresUnless(size_t configured) {
  if (configured > 0) return configured;
  return std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace plimsoll
