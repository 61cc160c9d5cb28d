#include "gateway/admission/seen_blobs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

std::string Key(absl::string_view repository, const Digest& digest) {
  return absl::StrCat(repository, "@", digest.ToString());
}

}  // namespace

void SeenBlobs::Add(absl::string_view repository, const Digest& digest,
                    absl::string_view credential) {
  const absl::Time now = clock_();
  const absl::Time until = now + kRemembered;
  const std::lock_guard lock(mutex_);
  std::string key = Key(repository, digest);
  auto found = seen_.find(key);
  if (found == seen_.end()) {
    MakeRoom(now);
    found = seen_.try_emplace(std::move(key)).first;
  }
  std::vector<Seen>& all = found->second;
  std::erase_if(all, [&](const Seen& one) {
    return one.until <= now || one.credential == credential;
  });
  if (all.size() >= kMaxCredentials) all.erase(all.begin());  // the oldest
  all.push_back({std::string(credential), until});
}

bool SeenBlobs::Has(absl::string_view repository, const Digest& digest,
                    absl::string_view credential) const {
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(Key(repository, digest));
  return found != seen_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const Seen& one) {
                       return one.credential == credential && one.until > now;
                     });
}

void SeenBlobs::Remove(absl::string_view repository, const Digest& digest) {
  const std::lock_guard lock(mutex_);
  seen_.erase(Key(repository, digest));
}

void SeenBlobs::MakeRoom(absl::Time now) {
  if (seen_.size() < kMaxBlobs) return;
  absl::erase_if(seen_, [now](const auto& entry) {
    return entry.second.back().until <= now;
  });
  if (seen_.size() >= kMaxBlobs) seen_.clear();
}

}  // namespace plimsoll
