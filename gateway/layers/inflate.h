// Turns a layer's stored bytes into facts as they stream: hashes the bytes as
// stored, inflates by magic (gzip, zstd, plain) and hashes the tar. Never holds
// a layer in memory and never trusts a size that a header states.
#ifndef PLIMSOLL_GATEWAY_LAYERS_INFLATE_H_
#define PLIMSOLL_GATEWAY_LAYERS_INFLATE_H_

#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "policy/base/layer_facts.h"
#include "policy/status.h"

namespace plimsoll {

// Bounds of one layer (facts: security, section 5).
struct InflateLimits {
  int64_t max_inflated_bytes = int64_t{10} << 30;
  // Inflated to stored, checked once 1 MiB has come out.
  int64_t max_ratio = 100;
  int zstd_window_log = 23;  // 8 MiB
};

// Feed the bytes in order, then Finish. CPU-bound: for a worker thread. One
// layer each; not for concurrent use. Update returns InvalidArgument where the
// bytes are no well-formed archive (bad header, bad checksum, bytes after the
// last gzip member, truncation shows in Finish), ResourceExhausted past a
// limit.
class LayerReader {
 public:
  virtual ~LayerReader() = default;
  static std::unique_ptr<LayerReader> New(const InflateLimits& limits = {});

  virtual Status Update(absl::string_view bytes) = 0;
  virtual StatusOr<LayerFacts> Finish() = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_INFLATE_H_
