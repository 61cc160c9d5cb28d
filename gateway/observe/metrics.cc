#include "gateway/observe/metrics.h"

#include "absl/time/clock.h"

namespace plimsoll::metrics {
namespace {

constexpr absl::string_view kDoors[] = {"push", "grpc", "webhook", "check",
                                        "watch"};
constexpr absl::string_view kOutcomes[] = {"admit", "warn", "deny", "staged"};
constexpr absl::string_view kTrueFalse[] = {"true", "false"};
constexpr absl::string_view kOperations[] = {"read", "write"};
constexpr absl::string_view kLogs[] = {"access", "decisions", "gateway"};
constexpr absl::string_view kTlsListeners[] = {"registry", "webhook"};
constexpr absl::string_view kHandshakes[] = {"ok", "failed"};
constexpr absl::string_view kRoutes[] = {
    "ping",      "manifest", "blob",    "upload",  "tags",
    "referrers", "catalog",  "outside", "webhook", "none"};
constexpr absl::string_view kMethods[] = {"read", "write", "other"};
constexpr absl::string_view kCodes[] = {"2xx", "3xx", "4xx", "5xx", "none"};
constexpr absl::string_view kDirections[] = {"in", "out"};
constexpr absl::string_view kListeners[] = {"registry", "webhook", "admin"};
constexpr absl::string_view kRefusals[] = {"all", "address"};
constexpr absl::string_view kStates[] = {"busy", "idle"};
constexpr absl::string_view kConnects[] = {"connected", "unresolved", "failed",
                                           "timed_out", "tls"};
constexpr absl::string_view kShed[] = {"memory", "memory_share", "decisions",
                                       "decisions_share", "decision_wait"};
constexpr absl::string_view kTurns[] = {"running", "waiting"};
constexpr absl::string_view kVersion[] = {PLIMSOLL_VERSION};
constexpr double kHoldBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                  1,     2.5,  5,     10,   20,  30};
// Up to blobs that take hours.
constexpr double kRequestBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                     0.5,   1,    2.5,   5,    10,  30,
                                     60,    300,  900,   3600};

}  // namespace

constinit Counter decisions(
    "plimsoll_decisions_total", "Decisions that were made and recorded.",
    {{"door", kDoors}, {"outcome", kOutcomes}, {"enforced", kTrueFalse}});
constinit Gauge holds("plimsoll_holds", "Manifest pushes that are held now.");
constinit Histogram hold_seconds(
    "plimsoll_hold_seconds",
    "How long a manifest push was held, from its head to its answer.",
    kHoldBounds);
constinit Gauge held_bytes("plimsoll_held_bytes",
                           "Bytes set aside for manifests that are held now.");
constinit Gauge catalog_bases("plimsoll_catalog_bases",
                              "Bases in the catalog that is in use.");
constinit Gauge catalog_revision_time(
    "plimsoll_catalog_revision_timestamp_seconds",
    "When the catalog that is in use was loaded.");
constinit Gauge catalog_checked_time(
    "plimsoll_catalog_checked_timestamp_seconds",
    "When the catalog was last known to be the store's.");
constinit Counter store_failures(
    "plimsoll_store_failures_total",
    "Calls of the store that failed for a reason of its own.",
    {{"operation", kOperations}});
constinit Counter dropped_lines("plimsoll_log_dropped_lines_total",
                                "Log lines that were not written.",
                                {{"log", kLogs}});
constinit Gauge tls_certificate_expiry(
    "plimsoll_tls_certificate_expiry_timestamp_seconds",
    "When the certificate that a listener shows expires; 0 without one.",
    {{"listener", kTlsListeners}});
constinit Gauge upstream_certificate_expiry(
    "plimsoll_upstream_certificate_expiry_timestamp_seconds",
    "When the first certificate shown to an upstream expires; 0 without one.");
constinit Counter tls_handshakes(
    "plimsoll_tls_handshakes_total",
    "TLS handshakes of clients that came about or failed.",
    {{"listener", kTlsListeners}, {"result", kHandshakes}});
constinit Counter requests(
    "plimsoll_requests_total", "Requests that have ended.",
    {{"route", kRoutes}, {"method", kMethods}, {"code", kCodes}});
constinit Gauge requests_under_way("plimsoll_requests_under_way",
                                   "Requests that have not ended yet.");
constinit Histogram request_seconds(
    "plimsoll_request_seconds",
    "How long a request took, from its head to its end.", kRequestBounds,
    {{"route", kRoutes}});
constinit Counter body_bytes("plimsoll_body_bytes_total",
                             "Bytes of bodies from clients and to them.",
                             {{"direction", kDirections}});
constinit Gauge connections("plimsoll_connections",
                            "Connections of clients that are open.",
                            {{"listener", kListeners}});
constinit Counter refused_connections(
    "plimsoll_connections_refused_total",
    "Connections of clients that were not served.",
    {{"listener", kListeners}, {"reason", kRefusals}});
constinit Gauge upstream_connections("plimsoll_upstream_connections",
                                     "Connections to upstreams.",
                                     {{"state", kStates}});
constinit Counter upstream_connects("plimsoll_upstream_connects_total",
                                    "Connections that were made, or tried.",
                                    {{"result", kConnects}});
constinit Counter upstream_reuses("plimsoll_upstream_reuses_total",
                                  "Requests on a connection that was kept.");
constinit Gauge decision_turns("plimsoll_decision_turns",
                               "Pushes that are decided on, or wait for it.",
                               {{"state", kTurns}});
constinit Counter shed("plimsoll_shed_total",
                       "Work that was refused for want of room.",
                       {{"reason", kShed}});
constinit Gauge start_time("plimsoll_start_time_seconds",
                           "When the process began to serve.");
constinit Gauge build("plimsoll_build_info", "1, with the version.",
                      {{"version", kVersion}});

namespace {

constexpr const Family* kAll[] = {
    &decisions,
    &holds,
    &hold_seconds,
    &held_bytes,
    &catalog_bases,
    &catalog_revision_time,
    &catalog_checked_time,
    &store_failures,
    &dropped_lines,
    &tls_certificate_expiry,
    &upstream_certificate_expiry,
    &tls_handshakes,
    &requests,
    &requests_under_way,
    &request_seconds,
    &body_bytes,
    &connections,
    &refused_connections,
    &upstream_connections,
    &upstream_connects,
    &upstream_reuses,
    &decision_turns,
    &shed,
    &start_time,
    &build,
};

}  // namespace

absl::string_view ReadOrWrite(absl::string_view method) {
  if (method == "GET" || method == "HEAD") return "read";
  for (const absl::string_view write : {"PUT", "POST", "PATCH", "DELETE"}) {
    if (method == write) return "write";
  }
  return "other";
}

absl::string_view CodeClass(int status) {
  if (status < 200 || status > 599) return "none";
  return kCodes[status / 100 - 2];
}

void Start() {
  start_time.Set(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  build.Set(1, {kVersion[0]});
}

std::string Render() {
  std::string out;
  for (const Family* family : kAll) family->Render(out);
  return out;
}

}  // namespace plimsoll::metrics
