// Reads on threads of their own, each with a connection to itself while it
// reads: they wait for no writer and no writer waits for them.
#ifndef PLIMSOLL_GATEWAY_STORE_READ_POOL_H_
#define PLIMSOLL_GATEWAY_STORE_READ_POOL_H_

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "gateway/store/sqlite.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class ReadPool {
 public:
  using Opener = std::function<StatusOr<std::unique_ptr<sqlite::Connection>>()>;

  explicit ReadPool(Opener open, size_t threads = 2, size_t max_waiting = 4096);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  // Answers what waits, then ends the threads; later reads are Unavailable.
  // The awaiters' loops must still be there.
  void Close();

  // Runs `query` on a thread of the pool. Keep it short: a long read lets the
  // write-ahead log grow. Unavailable where too many wait.
  template <typename T>
  Task<StatusOr<T>> Read(
      std::function<StatusOr<T>(sqlite::Connection&)> query) {
    CO_RETURN_IF_ERROR(Admit());
    std::function<StatusOr<T>()> work = [this, query = std::move(query)] {
      StatusOr<T> result = WithConnection(query);
      waiting_.fetch_sub(1);
      return result;
    };
    co_return co_await RunOn<StatusOr<T>>(threads_.get_executor(),
                                          std::move(work));
  }

 private:
  using Lease = std::unique_ptr<sqlite::Connection>;

  template <typename T>
  StatusOr<T> WithConnection(
      const std::function<StatusOr<T>(sqlite::Connection&)>& query) {
    ASSIGN_OR_RETURN(Lease lease, Take());
    StatusOr<T> result = query(*lease);
    if (!sqlite::BreaksConnection(result.status())) Return(std::move(lease));
    return result;
  }
  Status Admit();
  StatusOr<Lease> Take();
  void Return(Lease lease);

  const Opener open_;
  const size_t max_waiting_;
  std::atomic<size_t> waiting_ = 0;
  std::atomic<bool> closed_ = false;
  std::mutex mutex_;
  std::vector<Lease> idle_;
  asio::thread_pool threads_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_READ_POOL_H_
