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
extern Counter tls_handshakes;        // listener; result: "ok", "failed"
extern Gauge start_time;
extern Gauge build;  // version

// Sets what never changes: start_time and build.
void Start();
// All of them in Prometheus text format 0.0.4.
std::string Render();

}  // namespace plimsoll::metrics

#endif  // PLIMSOLL_GATEWAY_OBSERVE_METRICS_H_
