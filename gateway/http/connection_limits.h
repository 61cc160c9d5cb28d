// ConnectionLimits: how many connections a listener takes, in all and of one
// address, over the servers of all loops; and as many requests at once of a
// client for whom trusted proxies speak, whose connections are not its own. Of
// IPv6 an address is its first 64 bits, which is what one host is given. Says
// in the log when a limit binds, a few lines for any number of clients. Safe
// for concurrent use.
#ifndef PLIMSOLL_GATEWAY_HTTP_CONNECTION_LIMITS_H_
#define PLIMSOLL_GATEWAY_HTTP_CONNECTION_LIMITS_H_

#include <array>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http/address_range.h"

namespace plimsoll {

class ConnectionLimits : public std::enable_shared_from_this<ConnectionLimits> {
 public:
  static constexpr absl::Duration kSaidEvery = absl::Seconds(10);

  struct Options {
    std::string listener;  // for the log and the counts
    size_t all = 10'000;
    size_t of_address = 0;  // 0: as many as there are
    AddressRanges trusted;  // proxies, which have no limit of their own
    std::function<absl::Time()> clock = absl::Now;
  };
  using Key = std::array<unsigned char, 16>;

  // Room for one, which is given back when this ends; or why there is none.
  class Place {
   public:
    Place(Place&& other) noexcept
        : limits_(std::move(other.limits_)),
          counted_(other.counted_),
          key_(other.key_),
          refusal_(other.refusal_) {}
    Place& operator=(Place&&) = delete;
    ~Place();

    bool ok() const { return refusal_.empty(); }
    // A constant, for the client.
    absl::string_view refusal() const { return refusal_; }

   private:
    friend class ConnectionLimits;
    struct Counted {
      bool in_all = false;
      bool of_address = false;
    };
    Place(std::shared_ptr<ConnectionLimits> limits, Counted counted, Key key)
        : limits_(std::move(limits)), counted_(counted), key_(key) {}
    explicit Place(absl::string_view refusal) : refusal_(refusal) {}

    std::shared_ptr<ConnectionLimits> limits_;  // null once it has moved
    Counted counted_;
    Key key_{};
    absl::string_view refusal_;
  };

  static std::shared_ptr<ConnectionLimits> New(Options options);

  // For a connection from `address`, which is Unmapped.
  Place Enter(const boost::asio::ip::address& address);
  // For a request that a trusted proxy sends for `client`.
  Place EnterRequest(const boost::asio::ip::address& client);
  bool IsTrusted(const boost::asio::ip::address& address) const {
    return Contains(options_.trusted, address);
  }
  const AddressRanges& trusted() const { return options_.trusted; }

 private:
  static constexpr size_t kStripes = 16;
  // Clients whose keys fall into one stripe wait for each other.
  struct alignas(64) Stripe {
    std::mutex mutex;
    absl::flat_hash_map<Key, size_t> places;
  };

  explicit ConnectionLimits(Options options) : options_(std::move(options)) {}
  Stripe& StripeOf(const Key& key);
  bool TakeOfAddress(const Key& key);
  void GiveBackOfAddress(const Key& key);
  bool TakeOfAll();
  void GiveBackOfAll();
  Place RefuseAddress(const boost::asio::ip::address& address);

  const Options options_;
  std::atomic<size_t> open_{0};
  std::array<Stripe, kStripes> stripes_;
  std::atomic<bool> full_{false};  // and it was said
  std::mutex said_mutex_;          // guards what follows
  absl::Time said_at_ = absl::InfinitePast();
  size_t unsaid_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CONNECTION_LIMITS_H_
