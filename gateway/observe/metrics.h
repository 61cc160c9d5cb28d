// Everything that the process counts, in one list: docs/metrics.md says what
// each means. A leaf that every room may use. The counts are the process's, as
// the log is; nothing is decided by them. Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_METRICS_H_
#define PLIMSOLL_GATEWAY_OBSERVE_METRICS_H_

#include <string>

#include "gateway/observe/metrics_kinds.h"

namespace plimsoll::metrics {

extern Counter decisions;  // door, outcome, enforced: "true", "false"
extern Gauge holds;
extern Histogram hold_seconds;
extern Gauge held_bytes;
extern Gauge catalog_bases;
extern Gauge catalog_revision_time;  // Unix seconds, as all times
extern Gauge catalog_checked_time;
extern Counter store_failures;        // operation: "read", "write"
extern Counter dropped_lines;         // log: "access", "decisions", "gateway"
extern Gauge tls_certificate_expiry;  // listener: "registry", "webhook"
extern Gauge upstream_certificate_expiry;
extern Counter tls_handshakes;  // listener; result: "ok", "failed"
extern Counter requests;        // route; method: ReadOrWrite; code: CodeClass
extern Gauge requests_under_way;
extern Histogram request_seconds;    // route
extern Counter body_bytes;           // direction: "in", "out"
extern Gauge connections;            // listener: "registry", "webhook", "admin"
extern Counter refused_connections;  // listener; reason: "all", "address"
extern Gauge upstream_connections;   // state: "busy", "idle"
extern Counter upstream_connects;    // result: see docs/metrics.md
extern Counter upstream_reuses;
extern Gauge decision_turns;  // state: "running", "waiting"
extern Counter shed;          // reason: see docs/metrics.md
extern Gauge start_time;
extern Gauge build;  // version

// "read", "write", or "other" for what is neither or could not be read.
absl::string_view ReadOrWrite(absl::string_view method);
// "2xx" to "5xx"; "none" for 0, where there was no answer.
absl::string_view CodeClass(int status);

// Sets what never changes: start_time and build.
void Start();
// All of them in Prometheus text format 0.0.4.
std::string Render();

}  // namespace plimsoll::metrics

#endif  // PLIMSOLL_GATEWAY_OBSERVE_METRICS_H_
