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
  // Inflated to stored so far, checked once 1 MiB has come out.
  int64_t max_ratio = 100;
  int zstd_window_log = 23;  // 8 MiB; 10 to 27
};

// Feed the bytes in order, then Finish. CPU-bound: for a worker thread. One
// layer each; not for concurrent use. Update returns InvalidArgument where the
// bytes are no well-formed archive (bad header, bad checksum, bytes after the
// last gzip member; truncation shows in Finish), ResourceExhausted past a
// limit, and Unavailable where there is no memory to inflate with.
//
// After an error nothing more is inflated, but Update may be called on: the
// stored bytes are still hashed, so that the caller can tell a bad layer from
// bytes that are not the layer's at all.
//
// Memory: 90 KiB of state and 256 KiB of output for gzip; 256 KiB, the window
// and twice zstd's block of 128 KiB for zstd; 64 KiB of first bytes for either.
class LayerReader {
 public:
  virtual ~LayerReader() = default;
  // `algorithm` is that of the digest that the layer is stored under; the diff
  // ID is sha256 always.
  static std::unique_ptr<LayerReader> New(
      const InflateLimits& limits = {},
      Digest::Algorithm algorithm = Digest::Algorithm::kSha256);

  virtual Status Update(absl::string_view bytes) = 0;
  // REQUIRES: called once, last of the feeding.
  virtual StatusOr<LayerFacts> Finish() = 0;

  // What was fed, layer or not. REQUIRES: Finish was called.
  virtual const Digest& stored_digest() const = 0;
  virtual int64_t stored_size() const = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_INFLATE_H_
