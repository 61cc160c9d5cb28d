#include "gateway/store/report_cache.h"

namespace plimsoll {

std::shared_ptr<const ScanReport> ReportCache::Find(const Digest& document) {
  std::lock_guard lock(mutex_);
  auto found = by_document_.find(document);
  if (found == by_document_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->report;
}

void ReportCache::Put(std::shared_ptr<const ScanReport> report, size_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > max_bytes_ || by_document_.contains(report->document)) return;
  while (bytes_ > max_bytes_ - bytes) {
    by_document_.erase(entries_.back().report->document);
    bytes_ -= entries_.back().bytes;
    entries_.pop_back();
  }
  bytes_ += bytes;
  entries_.push_front(Entry{std::move(report), bytes});
  by_document_.emplace(entries_.front().report->document, entries_.begin());
}

}  // namespace plimsoll
