// Group commit: writes from any loop queue up for one thread, and all that wait
// go into one transaction with one fsync. Each write has a savepoint of its
// own, so that a bad record does not fail its neighbours; a commit that fails
// fails all of them. A connection that gave an error of the file is closed and
// the next batch opens a new one, so that a store recovers without a restart.
#ifndef PLIMSOLL_GATEWAY_STORE_WRITE_QUEUE_H_
#define PLIMSOLL_GATEWAY_STORE_WRITE_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/store/sqlite.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// What has waited for the thread at most; more is refused as Unavailable. The
// reserve comes on top, for records that nobody waits for and that a flood of
// other writes must not push out.
struct WriteLimits {
  size_t writes = 4096;
  size_t bytes = 256 << 20;
  size_t reserved_writes = 16 << 10;
  size_t reserved_bytes = 64 << 20;
};

// Counts since the queue was made.
struct WriteStatistics {
  int64_t writes = 0;          // that are durable
  int64_t failed_writes = 0;   // whatever the cause
  int64_t commits = 0;         // transactions, one fsync each
  int64_t failed_commits = 0;  // transactions that ended without one
  int64_t waiting = 0;         // writes, now
};

class WriteQueue {
 public:
  using Work = std::function<Status(sqlite::Connection&)>;
  using Opener = std::function<StatusOr<std::unique_ptr<sqlite::Connection>>()>;

  explicit WriteQueue(Opener open, WriteLimits limits = {});
  ~WriteQueue();
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  // Runs `work` in a transaction on the queue's thread; OK means that it is on
  // disk. `bytes` is what `work` holds in memory.
  Task<Status> Submit(Work work, size_t bytes);
  // As Submit, into the reserve where there is no other room.
  Task<Status> SubmitReserved(Work work, size_t bytes);
  // Whether a write of that size would be taken without the reserve.
  bool HasRoom(size_t bytes) const;
  // Writes what waits, then ends the thread; later writes are Unavailable.
  // The awaiters' loops must still be there.
  void Close();
  WriteStatistics statistics() const;

 private:
  struct Write {
    Work work;
    size_t bytes;
    bool reserved;
    std::function<void(Status)> resume;
    Status status;
  };
  using Batch = std::vector<Write>;

  Task<Status> Enqueue(Work work, size_t bytes, bool reserved);
  void Push(Write write);
  Status Admit(const Write& write) const;  // REQUIRES: mutex_ is held
  Batch Next();                            // empty: the queue has ended
  void Run();
  void Commit(Batch& batch);
  Status Transact(Batch& batch);
  Status RunOne(Write& write);

  const Opener open_;
  const WriteLimits limits_;
  std::unique_ptr<sqlite::Connection> connection_;  // of the thread
  bool broken_ = false;                             // of the thread

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Write> waiting_;
  size_t waiting_bytes_ = 0;
  bool closed_ = false;
  WriteStatistics statistics_;

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_WRITE_QUEUE_H_
