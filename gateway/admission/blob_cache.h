// Small blobs that streamed past, by digest: configs mostly. Some registries
// serve no blob that no manifest refers to yet. Content only: whoever asks must
// have been authorised for the repository before. Bounded; safe for concurrent
// use.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_BLOB_CACHE_H_
#define PLIMSOLL_GATEWAY_ADMISSION_BLOB_CACHE_H_

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "policy/oci/digest.h"

namespace plimsoll {

class BlobCache {
 public:
  static constexpr size_t kMaxBlobBytes = 4 << 20;

  explicit BlobCache(size_t max_bytes = 64 << 20) : max_bytes_(max_bytes) {}

  // Keeps `bytes` under their own sha256, dropping what was used longest ago.
  void Put(std::string bytes);
  std::optional<std::string> Get(const Digest& digest);

 private:
  using Entry = std::pair<Digest, std::string>;
  const size_t max_bytes_;
  std::mutex mutex_;
  size_t bytes_ = 0;
  std::list<Entry> by_use_;  // latest first
  absl::flat_hash_map<Digest, std::list<Entry>::iterator> by_digest_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_BLOB_CACHE_H_
