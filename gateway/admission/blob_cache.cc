#include "gateway/admission/blob_cache.h"

namespace plimsoll {

void BlobCache::Put(std::string bytes) {
  if (bytes.size() > kMaxBlobBytes) return;
  Digest digest = Digest::Sha256(bytes);
  const std::lock_guard lock(mutex_);
  if (by_digest_.contains(digest)) return;
  bytes_ += bytes.size();
  by_use_.emplace_front(digest, std::move(bytes));
  by_digest_.emplace(std::move(digest), by_use_.begin());
  while (bytes_ > max_bytes_) {
    bytes_ -= by_use_.back().second.size();
    by_digest_.erase(by_use_.back().first);
    by_use_.pop_back();
  }
}

std::optional<std::string> BlobCache::Get(const Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto found = by_digest_.find(digest);
  if (found == by_digest_.end()) return std::nullopt;
  by_use_.splice(by_use_.begin(), by_use_, found->second);
  return found->second->second;
}

}  // namespace plimsoll
