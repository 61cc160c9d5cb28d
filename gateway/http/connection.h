// Connection: one connection of a client's; ConnectionList: those that a server
// has open. Both on the server's loop, but for the number of connections.
#ifndef PLIMSOLL_GATEWAY_HTTP_CONNECTION_H_
#define PLIMSOLL_GATEWAY_HTTP_CONNECTION_H_

#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "gateway/http/exchange.h"
#include "gateway/http/message.h"
#include "gateway/http/stream.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {

struct Connection {
  Connection(std::unique_ptr<Stream> connected, boost::asio::ip::address from)
      : stream(std::move(connected)),
        reader(*stream),
        address(std::move(from)),
        peer(address.to_string()) {}
  std::unique_ptr<Stream> stream;
  MessageReader reader;
  const boost::asio::ip::address address;  // Unmapped
  const std::string peer;
  std::string client_name;       // by its certificate
  bool idle = true;              // waits for a head
  Exchange* exchange = nullptr;  // under way
};

class ConnectionList {
 public:
  explicit ConnectionList(std::string listener)
      : listener_(std::move(listener)) {}

  const absl::flat_hash_set<Connection*>& all() const { return all_; }
  size_t open() const { return open_.load(); }  // from any thread

  // A connection is listed for as long as this lives, whatever ends it.
  class Listed {
   public:
    Listed(std::shared_ptr<ConnectionList> list, Connection& connection)
        : list_(std::move(list)),
          connection_(connection),
          counted_(metrics::connections, list_->listener_) {
      list_->all_.insert(&connection_);
      ++list_->open_;
    }
    ~Listed() {
      list_->all_.erase(&connection_);
      --list_->open_;
    }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

   private:
    const std::shared_ptr<ConnectionList> list_;
    Connection& connection_;
    const metrics::Counted counted_;
  };

  // One that is being turned away, beside those that are served.
  class TurnedAway {
   public:
    static constexpr size_t kMost = 64;

    explicit TurnedAway(std::shared_ptr<ConnectionList> list)
        : list_(std::move(list)) {
      ++list_->turned_away_;
    }
    ~TurnedAway() { --list_->turned_away_; }
    TurnedAway(const TurnedAway&) = delete;
    TurnedAway& operator=(const TurnedAway&) = delete;

   private:
    const std::shared_ptr<ConnectionList> list_;
  };
  size_t turned_away() const { return turned_away_; }

 private:
  const std::string listener_;
  absl::flat_hash_set<Connection*> all_;
  std::atomic<size_t> open_{0};  // the same number, for other threads
  size_t turned_away_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CONNECTION_H_
