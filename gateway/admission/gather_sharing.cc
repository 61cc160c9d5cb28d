#include "gateway/admission/gather_sharing.h"

#include <optional>
#include <utility>

#include "gateway/latch.h"

namespace plimsoll {

// One gathering and who waits for it. `result` is written before the latch is
// set and only read after; none where the gathering was broken off.
struct GatherSharing::Flight {
  Latch landed;
  std::optional<StatusOr<Gathered>> result;
};

// Ends the flight however its coroutine ends.
class GatherSharing::Lead {
 public:
  Lead(GatherSharing& sharing, std::string key, std::shared_ptr<Flight> flight)
      : sharing_(sharing), key_(std::move(key)), flight_(std::move(flight)) {}
  ~Lead() {
    sharing_.End(key_);
    flight_->landed.Set();
  }
  Lead(const Lead&) = delete;
  Lead& operator=(const Lead&) = delete;

 private:
  GatherSharing& sharing_;
  const std::string key_;
  const std::shared_ptr<Flight> flight_;
};

std::shared_ptr<GatherSharing::Flight> GatherSharing::Join(
    const std::string& key, bool& own) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Flight>& flight = flights_[key];
  own = flight == nullptr;
  if (own) flight = std::make_shared<Flight>();
  return flight;
}

void GatherSharing::End(const std::string& key) {
  const std::lock_guard lock(mutex_);
  flights_.erase(key);
}

Task<StatusOr<Gathered>> GatherSharing::Share(std::string key,
                                              absl::Time deadline,
                                              Gathering gather) {
  bool own = false;
  const std::shared_ptr<Flight> flight = Join(key, own);
  if (own) {
    const Lead lead(*this, std::move(key), flight);
    flight->result = co_await gather();
    co_return *flight->result;
  }
  const bool landed = co_await flight->landed.Wait(deadline);
  if (landed && flight->result) co_return *flight->result;
  co_return co_await gather();
}

}  // namespace plimsoll
