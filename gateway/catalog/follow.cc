#include "gateway/catalog/follow.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {

Task<Status> CatalogFollower::Refresh() {
  CO_ASSIGN_OR_RETURN(const int64_t generation,
                      co_await store_.CatalogGeneration());
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  if (generation == generation_) {
    metrics::catalog_checked_time.Set(now);
    co_return absl::OkStatus();
  }
  CO_ASSIGN_OR_RETURN(std::vector<BaseRecord> records,
                      co_await store_.LoadCatalog());
  CO_ASSIGN_OR_RETURN(std::shared_ptr<const BaseCatalog> catalog,
                      BaseCatalog::New(std::move(records)));
  const double bases = static_cast<double>(catalog->records().size());
  auto next = std::make_shared<Snapshot>(*snapshots_.Get());
  next->catalog = std::move(catalog);
  snapshots_.Swap(std::move(next));
  generation_ = generation;
  metrics::catalog_bases.Set(bases);
  metrics::catalog_revision_time.Set(now);
  metrics::catalog_checked_time.Set(now);
  co_return absl::OkStatus();
}

}  // namespace plimsoll
