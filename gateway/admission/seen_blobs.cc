#include "gateway/admission/seen_blobs.h"

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

std::string Key(absl::string_view repository, const Digest& digest) {
  return absl::StrCat(repository, "@", digest.ToString());
}

}  // namespace

void SeenBlobs::Add(absl::string_view repository, const Digest& digest) {
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  if (until_.size() >= kMaxEntries) {
    absl::erase_if(until_,
                   [now](const auto& entry) { return entry.second <= now; });
    if (until_.size() >= kMaxEntries) until_.clear();
  }
  until_[Key(repository, digest)] = now + kRemembered;
}

bool SeenBlobs::Has(absl::string_view repository, const Digest& digest) const {
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  const auto found = until_.find(Key(repository, digest));
  return found != until_.end() && now < found->second;
}

void SeenBlobs::Remove(absl::string_view repository, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  until_.erase(Key(repository, digest));
}

}  // namespace plimsoll
