// Reports that were read lately, so that a push does not parse the same
// megabytes again. Bounded by the bytes of the documents; the least recently
// used one goes first. Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_STORE_REPORT_CACHE_H_
#define PLIMSOLL_GATEWAY_STORE_REPORT_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "policy/oci/digest.h"
#include "policy/scan/report.h"

namespace plimsoll {

class ReportCache {
 public:
  explicit ReportCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  // nullptr where it is not there.
  std::shared_ptr<const ScanReport> Find(const Digest& document);
  // Keeps `report`, whose document has `bytes` bytes; not at all where that is
  // over the bound.
  void Put(std::shared_ptr<const ScanReport> report, size_t bytes);

 private:
  struct Entry {
    std::shared_ptr<const ScanReport> report;
    size_t bytes;
  };
  using Entries = std::list<Entry>;  // most recently used first

  const size_t max_bytes_;
  std::mutex mutex_;
  Entries entries_;
  size_t bytes_ = 0;
  absl::flat_hash_map<Digest, Entries::iterator> by_document_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_REPORT_CACHE_H_
