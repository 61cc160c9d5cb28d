// The layer_facts table.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_FACTS_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_FACTS_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/store/sqlite.h"
#include "policy/base/layer_facts.h"
#include "policy/status.h"

namespace plimsoll {

// Facts of an older inspector do not replace those of a newer one.
Status UpsertLayerFacts(sqlite::Connection& connection,
                        const std::vector<LayerFacts>& facts);
StatusOr<absl::flat_hash_map<Digest, LayerFacts>> SelectLayerFacts(
    sqlite::Connection& connection, const std::vector<Digest>& layers);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_FACTS_H_
