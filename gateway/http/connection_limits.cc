#include "gateway/http/connection_limits.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

namespace ip = boost::asio::ip;

constexpr absl::string_view kTooMany =
    "overloaded: too many connections are open, try again";
constexpr absl::string_view kTooManyOfOne =
    "overloaded: too many connections from this address are open, try again";

ConnectionLimits::Key KeyOf(const ip::address& address) {
  ConnectionLimits::Key key{};
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), key.begin());
    key.back() = 4;  // no IPv6 key has anything there
  } else {
    const auto bytes = address.to_v6().to_bytes();
    std::copy_n(bytes.begin(), 8, key.begin());
  }
  return key;
}

}  // namespace

ConnectionLimits::Place::~Place() {
  if (limits_ == nullptr) return;
  if (counted_.of_address) limits_->GiveBackOfAddress(key_);
  if (counted_.in_all) limits_->GiveBackOfAll();
}

std::shared_ptr<ConnectionLimits> ConnectionLimits::New(Options options) {
  return std::shared_ptr<ConnectionLimits>(
      new ConnectionLimits(std::move(options)));
}

ConnectionLimits::Place ConnectionLimits::Enter(const ip::address& address) {
  const Key key = KeyOf(address);
  const bool counted = options_.of_address > 0 && !IsTrusted(address);
  if (counted && !TakeOfAddress(key)) return RefuseAddress(address);
  if (TakeOfAll()) return Place(shared_from_this(), {true, counted}, key);
  if (counted) GiveBackOfAddress(key);
  metrics::refused_connections.Add({options_.listener, "all"});
  return Place(kTooMany);
}

ConnectionLimits::Place ConnectionLimits::EnterRequest(
    const ip::address& client) {
  const Key key = KeyOf(client);
  const bool counted = options_.of_address > 0 && !IsTrusted(client);
  if (counted && !TakeOfAddress(key)) return RefuseAddress(client);
  return Place(shared_from_this(), {false, counted}, key);
}

ConnectionLimits::Stripe& ConnectionLimits::StripeOf(const Key& key) {
  return stripes_[absl::HashOf(key) % kStripes];
}

bool ConnectionLimits::TakeOfAddress(const Key& key) {
  Stripe& stripe = StripeOf(key);
  const std::lock_guard lock(stripe.mutex);
  size_t& places = stripe.places[key];
  if (places >= options_.of_address) return false;
  ++places;
  return true;
}

void ConnectionLimits::GiveBackOfAddress(const Key& key) {
  Stripe& stripe = StripeOf(key);
  const std::lock_guard lock(stripe.mutex);
  const auto found = stripe.places.find(key);
  if (--found->second == 0) stripe.places.erase(found);
}

bool ConnectionLimits::TakeOfAll() {
  if (open_.fetch_add(1) < options_.all) return true;
  open_.fetch_sub(1);
  if (!full_.exchange(true)) {
    LogError("connections", {{"server", options_.listener},
                             {"limit", absl::StrCat(options_.all)},
                             {"effect", "more are turned away"}});
  }
  return false;
}

void ConnectionLimits::GiveBackOfAll() {
  const size_t left = open_.fetch_sub(1) - 1;
  // Not at the first that ends, or each at the limit would have its lines.
  if (left > options_.all / 4 * 3 || !full_.load() || !full_.exchange(false)) {
    return;
  }
  LogInfo("connections", {{"server", options_.listener},
                          {"limit", absl::StrCat(options_.all)},
                          {"open", absl::StrCat(left)}});
}

ConnectionLimits::Place ConnectionLimits::RefuseAddress(
    const ip::address& address) {
  metrics::refused_connections.Add({options_.listener, "address"});
  const absl::Time now = options_.clock();
  const std::lock_guard lock(said_mutex_);
  if (now < said_at_ + kSaidEvery) {
    ++unsaid_;
    return Place(kTooManyOfOne);
  }
  LogError("connections", {{"server", options_.listener},
                           {"address", address.to_string()},
                           {"limit", absl::StrCat(options_.of_address)},
                           {"effect", "more of it are turned away"},
                           {"others", absl::StrCat(unsaid_)}});
  said_at_ = now;
  unsaid_ = 0;
  return Place(kTooManyOfOne);
}

}  // namespace plimsoll
