#include "gateway/layers/inspector.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

// Whether another registry or credential may do better.
bool DependsOnCaller(const Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status) || absl::IsDataLoss(status);
}

Status ShutDown() {
  return absl::UnavailableError("layer inspection is shut down");
}

}  // namespace

LayerInspector::LayerInspector(asio::any_io_executor io, FactSink sink,
                               InspectorOptions options)
    : io_(std::move(io)),
      sink_(std::move(sink)),
      options_(std::move(options)),
      failures_(std::make_shared<KnownFailures>(options_.keep_failures)),
      tees_(std::make_shared<TeePlaces>(options_.tees)),
      queue_(options_.queue),
      pool_(std::max<size_t>(1, options_.threads)) {}

LayerInspector::~LayerInspector() { pool_.join(); }

Task<StatusOr<LayerFacts>> LayerInspector::Inspect(
    const Descriptor& layer, std::shared_ptr<Registry> registry,
    std::string client, absl::Time deadline) {
  return Attend(StoredLayer(layer.digest, layer.size, std::move(registry)),
                std::move(client), deadline);
}

Task<StatusOr<LayerFacts>> LayerInspector::Attend(StoredLayer layer,
                                                  std::string client,
                                                  absl::Time deadline) {
  for (;;) {
    CO_ASSIGN_OR_RETURN(Ticket ticket, Join(layer, client));
    StatusOr<LayerFacts> result = co_await ticket.flight->Wait(deadline);
    if (ticket.is_own || !DependsOnCaller(result.status())) co_return result;
  }
}

StatusOr<LayerInspector::Ticket> LayerInspector::Join(
    const StoredLayer& layer, const std::string& client) {
  if (layer.size > options_.inflate.max_inflated_bytes) {
    const Status too_large = absl::ResourceExhaustedError(
        absl::StrCat("layer is larger than ",
                     options_.inflate.max_inflated_bytes, " bytes"));
    if (options_.logs_failures) LogUnreadLayer(layer.digest, too_large);
    return too_large;
  }
  RETURN_IF_ERROR(failures_->Find(layer.digest, absl::Now()));
  const std::lock_guard lock(mutex_);
  if (is_closed_) return ShutDown();
  const Key key(layer.digest, layer.size);
  auto found = flights_.find(key);
  if (found != flights_.end()) return Ticket{found->second, false};
  auto flight = std::make_shared<Flight>(layer, client);
  RETURN_IF_ERROR(queue_.Add(client, flight));
  flights_.emplace(key, flight);
  StartNext();
  return Ticket{flight, true};
}

void LayerInspector::StartNext() {
  while (auto flight = queue_.Next()) {
    (*flight)->SetRunning();
    asio::post(io_, [this, flight = *flight] { Launch(flight); });
  }
}

void LayerInspector::Launch(const FlightPtr& flight) {
  // Called when nothing of the coroutine is left, which lets Shutdown end.
  auto landed = [this, flight](std::exception_ptr error,
                               StatusOr<LayerFacts> result) {
    if (error) result = ShutDown();  // cancelled
    Land(flight, std::move(result));
  };
  asio::co_spawn(io_, Run(flight),
                 asio::bind_cancellation_slot(flight->cancellation().slot(),
                                              std::move(landed)));
}

Task<StatusOr<LayerFacts>> LayerInspector::Run(FlightPtr flight) {
  const StoredLayer& layer = flight->layer();
  LayerFeed feed(pool_.get_executor(), options_.inflate,
                 layer.digest.algorithm());
  CO_ASSIGN_OR_RETURN(
      LayerFacts facts,
      co_await ReadBack(layer, options_.times, feed, flight->received()));
  Status kept = co_await sink_(facts);
  if (kept.ok()) co_return facts;
  co_return absl::UnavailableError(
      absl::StrCat("layer facts cannot be kept: ", kept.message()));
}

void LayerInspector::Land(const FlightPtr& flight,
                          StatusOr<LayerFacts> result) {
  const StoredLayer& layer = flight->layer();
  failures_->Add(layer.digest, result.status(), absl::Now());
  bool is_idle = false;
  bool is_cut_short = false;
  {
    const std::lock_guard lock(mutex_);
    flights_.erase(Key(layer.digest, layer.size));
    queue_.Done(flight->client());
    StartNext();
    is_idle = is_closed_ && queue_.running() == 0;
    is_cut_short = is_closed_;
  }
  if (!result.ok() && !is_cut_short && options_.logs_failures) {
    LogUnreadLayer(layer.digest, result.status());
  }
  flight->Land(std::move(result));
  if (is_idle) idle_.Set();
}

LayerProgress LayerInspector::Progress(const Descriptor& layer) const {
  const std::lock_guard lock(mutex_);
  auto found = flights_.find(Key(layer.digest, layer.size));
  return found == flights_.end() ? LayerProgress() : found->second->Progress();
}

std::unique_ptr<LayerTee> LayerInspector::NewTee(const std::string& client,
                                                 Digest::Algorithm algorithm) {
  if (!tees_->Take(client)) return nullptr;
  auto feed = std::make_unique<LayerFeed>(pool_.get_executor(),
                                          options_.inflate, algorithm);
  return std::make_unique<LayerTee>(std::move(feed), failures_, tees_, client);
}

Task<> LayerInspector::Shutdown() {
  std::vector<FlightPtr> waiting;
  std::vector<FlightPtr> running;
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    waiting = queue_.Clear();
    for (const FlightPtr& flight : waiting) {
      flights_.erase(Key(flight->layer().digest, flight->layer().size));
    }
    for (const auto& entry : flights_) running.push_back(entry.second);
    if (running.empty()) idle_.Set();
  }
  for (const FlightPtr& flight : waiting) flight->Land(ShutDown());
  for (const FlightPtr& flight : running) {
    asio::post(io_, [flight] {
      flight->cancellation().emit(asio::cancellation_type::terminal);
    });
  }
  while (!co_await idle_.Wait(absl::InfiniteFuture())) {
  }
}

}  // namespace plimsoll
