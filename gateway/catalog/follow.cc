#include "gateway/catalog/follow.h"

#include <memory>
#include <utility>
#include <vector>

namespace plimsoll {

Task<Status> CatalogFollower::Refresh() {
  CO_ASSIGN_OR_RETURN(const int64_t generation,
                      co_await store_.CatalogGeneration());
  if (generation == generation_) co_return absl::OkStatus();
  CO_ASSIGN_OR_RETURN(std::vector<BaseRecord> records,
                      co_await store_.LoadCatalog());
  CO_ASSIGN_OR_RETURN(std::shared_ptr<const BaseCatalog> catalog,
                      BaseCatalog::New(std::move(records)));
  auto next = std::make_shared<Snapshot>(*snapshots_.Get());
  next->catalog = std::move(catalog);
  snapshots_.Swap(std::move(next));
  generation_ = generation;
  co_return absl::OkStatus();
}

}  // namespace plimsoll
