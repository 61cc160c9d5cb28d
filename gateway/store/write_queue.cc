#include "gateway/store/write_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// Writes of one transaction; bounds how long the others wait for theirs.
constexpr size_t kMaxBatch = 512;

// Makes `handler` callable once from any thread; it runs where it belongs.
template <typename Handler>
std::function<void(Status)> ResumeAtHome(Handler handler) {
  auto shared = std::make_shared<Handler>(std::move(handler));
  auto home = asio::get_associated_executor(*shared);
  // Keeps the awaiter's loop alive while the write is elsewhere.
  auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
  return [shared, guard](Status status) {
    asio::post(guard, [shared, status = std::move(status)]() mutable {
      std::move (*shared)(std::move(status));
    });
  };
}

Status Run(sqlite::Connection& connection, absl::string_view sql) {
  return connection.Prepare(sql).Run();
}

}  // namespace

WriteQueue::WriteQueue(Opener open, WriteLimits limits)
    : open_(std::move(open)), limits_(limits), thread_([this] { Run(); }) {}

WriteQueue::~WriteQueue() { Close(); }

void WriteQueue::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Task<Status> WriteQueue::Submit(Work work, size_t bytes) {
  return Enqueue(std::move(work), bytes, false);
}

Task<Status> WriteQueue::SubmitReserved(Work work, size_t bytes) {
  return Enqueue(std::move(work), bytes, true);
}

bool WriteQueue::HasRoom(size_t bytes) const {
  std::lock_guard lock(mutex_);
  return waiting_.size() < limits_.writes && waiting_bytes_ <= limits_.bytes &&
         bytes <= limits_.bytes - waiting_bytes_;
}

Task<Status> WriteQueue::Enqueue(Work work, size_t bytes, bool reserved) {
  auto initiate = [this, &work, bytes, reserved](auto handler) {
    Push(Write{std::move(work),
               bytes,
               reserved,
               ResumeAtHome(std::move(handler)),
               {}});
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                          void(Status)>(initiate,
                                                        asio::use_awaitable);
}

WriteStatistics WriteQueue::statistics() const {
  std::lock_guard lock(mutex_);
  WriteStatistics statistics = statistics_;
  statistics.waiting = static_cast<int64_t>(waiting_.size());
  return statistics;
}

Status WriteQueue::Admit(const Write& write) const {
  if (closed_) return absl::UnavailableError("store is closed");
  const size_t writes =
      limits_.writes + (write.reserved ? limits_.reserved_writes : 0);
  const size_t bytes =
      limits_.bytes + (write.reserved ? limits_.reserved_bytes : 0);
  bool fits = waiting_.size() < writes && waiting_bytes_ <= bytes &&
              write.bytes <= bytes - waiting_bytes_;
  if (fits) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("store is overloaded: ", waiting_.size(), " writes wait"));
}

void WriteQueue::Push(Write write) {
  Status admitted;
  {
    std::lock_guard lock(mutex_);
    admitted = Admit(write);
    if (admitted.ok()) {
      waiting_bytes_ += write.bytes;
      waiting_.push_back(std::move(write));
      ready_.notify_one();
      return;
    }
    ++statistics_.failed_writes;
  }
  write.resume(admitted);
}

WriteQueue::Batch WriteQueue::Next() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
  Batch batch;
  size_t count = std::min(waiting_.size(), kMaxBatch);
  for (size_t i = 0; i < count; ++i) {
    waiting_bytes_ -= waiting_.front().bytes;
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

void WriteQueue::Run() {
  while (true) {
    // Gone before the next wait: it keeps the awaiters' loops alive.
    Batch batch = Next();
    if (batch.empty()) return;
    Commit(batch);
  }
}

void WriteQueue::Commit(Batch& batch) {
  Status status = Transact(batch);
  if (!status.ok() && connection_ != nullptr && connection_->in_transaction()) {
    // The failure before is the one to report.
    plimsoll::Run(*connection_, "ROLLBACK").IgnoreError();
  }
  if (!status.ok() || broken_) connection_.reset();
  broken_ = false;
  int64_t failed = 0;
  for (Write& write : batch) {
    if (write.status.ok()) write.status = status;
    if (!write.status.ok()) ++failed;
  }
  {
    std::lock_guard lock(mutex_);
    ++(status.ok() ? statistics_.commits : statistics_.failed_commits);
    statistics_.writes += static_cast<int64_t>(batch.size()) - failed;
    statistics_.failed_writes += failed;
  }
  for (Write& write : batch) write.resume(std::move(write.status));
}

Status WriteQueue::Transact(Batch& batch) {
  if (connection_ == nullptr) {
    ASSIGN_OR_RETURN(connection_, open_());
  }
  RETURN_IF_ERROR(plimsoll::Run(*connection_, "BEGIN IMMEDIATE"));
  for (Write& write : batch) {
    RETURN_IF_ERROR(RunOne(write));
  }
  return plimsoll::Run(*connection_, "COMMIT");
}

Status WriteQueue::RunOne(Write& write) {
  RETURN_IF_ERROR(plimsoll::Run(*connection_, "SAVEPOINT one"));
  write.status = write.work(*connection_);
  // Some failures (a full disk) end the whole transaction.
  if (!connection_->in_transaction()) {
    return write.status.ok() ? absl::InternalError("transaction ended early")
                             : write.status;
  }
  if (!write.status.ok()) {
    broken_ = broken_ || sqlite::BreaksConnection(write.status);
    RETURN_IF_ERROR(plimsoll::Run(*connection_, "ROLLBACK TO one"));
  }
  return plimsoll::Run(*connection_, "RELEASE one");
}

}  // namespace plimsoll
