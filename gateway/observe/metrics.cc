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
constexpr absl::string_view kListeners[] = {"registry", "webhook"};
constexpr absl::string_view kHandshakes[] = {"ok", "failed"};
constexpr absl::string_view kVersion[] = {PLIMSOLL_VERSION};
constexpr double kHoldBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                  1,     2.5,  5,     10,   20,  30};

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
    {{"listener", kListeners}});
constinit Counter tls_handshakes(
    "plimsoll_tls_handshakes_total",
    "TLS handshakes of clients that came about or failed.",
    {{"listener", kListeners}, {"result", kHandshakes}});
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
    &tls_handshakes,
    &start_time,
    &build,
};

}  // namespace

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
