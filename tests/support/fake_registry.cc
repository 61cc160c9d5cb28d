#include "tests/support/fake_registry.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

struct StoredManifest {
  std::string bytes;
  std::string media_type;
};

struct Repository {
  std::map<std::string, StoredManifest> manifests;  // by digest
  std::map<std::string, std::string> tags;          // to digests
  std::map<std::string, std::string> blobs;         // by digest
};

// Whom Release() wakes.
using Waiter = std::shared_ptr<asio::steady_timer>;

void Spoil(std::string& bytes) {
  if (!bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
}

}  // namespace

struct FakeRegistry::State {
  mutable std::mutex mutex;
  std::map<std::string, Repository> repositories;
  Switches switches;
  Reads reads;
  std::vector<Waiter> waiting;
};

// The view of one repository.
class FakeRepository : public Registry {
 public:
  FakeRepository(std::shared_ptr<FakeRegistry::State> state,
                 absl::string_view name)
      : state_(std::move(state)), name_(name) {}

  Task<StatusOr<FetchedManifest>> FetchManifest(
      std::string reference, absl::Time deadline,
      size_t max_bytes = kMaxManifestBytes) override;
  Task<StatusOr<std::string>> FetchBlob(Digest digest, size_t max_bytes,
                                        absl::Time deadline) override;
  Task<StatusOr<std::string>> FetchBlobStart(Digest digest, size_t count,
                                             absl::Time deadline) override;
  Task<Status> HeadBlob(Digest digest, absl::Time deadline) override;
  Task<Status> StreamBlob(Digest digest, absl::Duration idle,
                          BlobSink sink) override;

 private:
  // Counts the call and waits or fails as the switches say.
  Task<Status> Begin(int FakeRegistry::Reads::*counter,
                     absl::Duration patience);
  Task<Status> WaitForRelease(absl::Duration patience);
  Status Refusal() const;
  StatusOr<StoredManifest> FindManifest(const std::string& reference) const;
  StatusOr<std::string> FindBlob(const Digest& digest) const;
  size_t PieceBytes() const;

  const std::shared_ptr<FakeRegistry::State> state_;
  const std::string name_;
};

Task<Status> FakeRepository::Begin(int FakeRegistry::Reads::*counter,
                                   absl::Duration patience) {
  bool slow = false;
  {
    const std::lock_guard lock(state_->mutex);
    ++(state_->reads.*counter);
    slow = state_->switches.slow;
  }
  if (patience < absl::ZeroDuration()) {
    co_return absl::DeadlineExceededError("its time is over");
  }
  if (slow) {
    CO_RETURN_IF_ERROR(co_await WaitForRelease(patience));
  }
  co_return Refusal();
}

Task<Status> FakeRepository::WaitForRelease(absl::Duration patience) {
  auto timer = std::make_shared<asio::steady_timer>(
      co_await asio::this_coro::executor,
      absl::ToChronoNanoseconds(std::min(patience, absl::Hours(1))));
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(timer);
  }
  auto [error] =
      co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  const std::lock_guard lock(state_->mutex);
  std::erase(state_->waiting, timer);
  if (!state_->switches.slow) co_return absl::OkStatus();
  if (error) co_return absl::CancelledError("the call was cancelled");
  co_return absl::DeadlineExceededError("the registry does not answer");
}

Status FakeRepository::Refusal() const {
  const std::lock_guard lock(state_->mutex);
  const FakeRegistry::Switches& switches = state_->switches;
  if (!switches.challenge.empty()) {
    return WithChallenge(absl::UnauthenticatedError("authentication required"),
                         switches.challenge);
  }
  if (switches.forbidden) return absl::PermissionDeniedError("access denied");
  if (switches.unavailable) return absl::UnavailableError("registry is down");
  return absl::OkStatus();
}

StatusOr<StoredManifest> FakeRepository::FindManifest(
    const std::string& reference) const {
  const std::lock_guard lock(state_->mutex);
  const Repository& repository = state_->repositories[name_];
  auto tag = repository.tags.find(reference);
  const std::string& key =
      tag == repository.tags.end() ? reference : tag->second;
  auto found = repository.manifests.find(key);
  if (found == repository.manifests.end()) {
    return absl::NotFoundError(absl::StrCat("manifest unknown: ", reference));
  }
  StoredManifest manifest = found->second;
  if (state_->switches.wrong_bytes) Spoil(manifest.bytes);
  return manifest;
}

StatusOr<std::string> FakeRepository::FindBlob(const Digest& digest) const {
  const std::lock_guard lock(state_->mutex);
  const Repository& repository = state_->repositories[name_];
  auto found = repository.blobs.find(digest.ToString());
  if (found == repository.blobs.end()) {
    return absl::NotFoundError(absl::StrCat("blob unknown: ", digest.Short()));
  }
  std::string bytes = found->second;
  if (state_->switches.wrong_bytes) Spoil(bytes);
  return bytes;
}

size_t FakeRepository::PieceBytes() const {
  const std::lock_guard lock(state_->mutex);
  return std::max<size_t>(1, state_->switches.piece_bytes);
}

Task<StatusOr<FetchedManifest>> FakeRepository::FetchManifest(
    std::string reference, absl::Time deadline, size_t max_bytes) {
  CO_RETURN_IF_ERROR(
      co_await Begin(&FakeRegistry::Reads::manifests, deadline - absl::Now()));
  CO_ASSIGN_OR_RETURN(StoredManifest manifest, FindManifest(reference));
  if (manifest.bytes.size() > max_bytes) {
    co_return absl::ResourceExhaustedError("manifest is too large");
  }
  Digest digest = Digest::Sha256(manifest.bytes);
  auto asked = Digest::Parse(reference);
  if (asked.ok() &&
      *asked != Digest::Compute(asked->algorithm(), manifest.bytes)) {
    co_return absl::DataLossError("manifest does not match its digest");
  }
  co_return FetchedManifest{std::move(manifest.bytes),
                            std::move(manifest.media_type), std::move(digest)};
}

Task<StatusOr<std::string>> FakeRepository::FetchBlob(Digest digest,
                                                      size_t max_bytes,
                                                      absl::Time deadline) {
  CO_RETURN_IF_ERROR(
      co_await Begin(&FakeRegistry::Reads::blobs, deadline - absl::Now()));
  CO_ASSIGN_OR_RETURN(std::string bytes, FindBlob(digest));
  if (bytes.size() > max_bytes) {
    co_return absl::ResourceExhaustedError("blob is over the size limit");
  }
  if (Digest::Compute(digest.algorithm(), bytes) != digest) {
    co_return absl::DataLossError("blob does not match its digest");
  }
  co_return bytes;
}

Task<StatusOr<std::string>> FakeRepository::FetchBlobStart(
    Digest digest, size_t count, absl::Time deadline) {
  CO_RETURN_IF_ERROR(
      co_await Begin(&FakeRegistry::Reads::starts, deadline - absl::Now()));
  CO_ASSIGN_OR_RETURN(std::string bytes, FindBlob(digest));
  co_return bytes.substr(0, count);
}

Task<Status> FakeRepository::HeadBlob(Digest digest, absl::Time deadline) {
  CO_RETURN_IF_ERROR(
      co_await Begin(&FakeRegistry::Reads::heads, deadline - absl::Now()));
  co_return FindBlob(digest).status();
}

Task<Status> FakeRepository::StreamBlob(Digest digest, absl::Duration idle,
                                        BlobSink sink) {
  CO_RETURN_IF_ERROR(co_await Begin(&FakeRegistry::Reads::streams, idle));
  CO_ASSIGN_OR_RETURN(const std::string bytes, FindBlob(digest));
  const size_t step = PieceBytes();
  for (size_t at = 0; at < bytes.size(); at += step) {
    absl::string_view piece = absl::string_view(bytes).substr(at, step);
    {
      const std::lock_guard lock(state_->mutex);
      state_->reads.streamed_bytes += static_cast<int64_t>(piece.size());
    }
    CO_RETURN_IF_ERROR(co_await sink(piece));
  }
  co_return absl::OkStatus();
}

FakeRegistry::FakeRegistry() : state_(std::make_shared<State>()) {}

Digest FakeRegistry::PutBlob(absl::string_view repository,
                             absl::string_view bytes) {
  Digest digest = Digest::Sha256(bytes);
  PutBlobAs(repository, digest, bytes);
  return digest;
}

void FakeRegistry::PutBlobAs(absl::string_view repository, const Digest& digest,
                             absl::string_view bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->repositories[std::string(repository)].blobs[digest.ToString()] =
      std::string(bytes);
}

Digest FakeRegistry::PutManifest(absl::string_view repository,
                                 absl::string_view bytes,
                                 absl::string_view media_type,
                                 absl::string_view tag) {
  Digest digest = Digest::Sha256(bytes);
  StoredManifest manifest{std::string(bytes), std::string(media_type)};
  const std::lock_guard lock(state_->mutex);
  Repository& stored = state_->repositories[std::string(repository)];
  stored.manifests[digest.ToString()] = std::move(manifest);
  if (!tag.empty()) stored.tags[std::string(tag)] = digest.ToString();
  return digest;
}

void FakeRegistry::DeleteBlob(absl::string_view repository,
                              const Digest& digest) {
  const std::lock_guard lock(state_->mutex);
  state_->repositories[std::string(repository)].blobs.erase(digest.ToString());
}

void FakeRegistry::DeleteManifest(absl::string_view repository,
                                  const Digest& digest) {
  const std::lock_guard lock(state_->mutex);
  Repository& stored = state_->repositories[std::string(repository)];
  stored.manifests.erase(digest.ToString());
  std::erase_if(stored.tags, [&digest](const auto& tag) {
    return tag.second == digest.ToString();
  });
}

std::shared_ptr<Registry> FakeRegistry::Open(
    absl::string_view repository) const {
  return std::make_shared<FakeRepository>(state_, repository);
}

void FakeRegistry::Set(Switches switches) {
  const std::lock_guard lock(state_->mutex);
  state_->switches = std::move(switches);
}

void FakeRegistry::Release() {
  const std::lock_guard lock(state_->mutex);
  state_->switches.slow = false;
  for (const Waiter& waiter : state_->waiting) {
    asio::post(waiter->get_executor(), [waiter] {
      waiter->expires_at(asio::steady_timer::time_point::min());
    });
  }
}

int FakeRegistry::Waiting() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->waiting.size());
}

FakeRegistry::Reads FakeRegistry::reads() const {
  const std::lock_guard lock(state_->mutex);
  return state_->reads;
}

}  // namespace plimsoll
