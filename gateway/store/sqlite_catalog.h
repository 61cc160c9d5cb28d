// The tables of the catalog: base records as JSON, with what a merge must not
// take from JSON (approval, proven) in columns.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_CATALOG_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_CATALOG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/store/sqlite.h"
#include "policy/base/catalog.h"
#include "policy/status.h"

namespace plimsoll {

// Adds or merges. The generation grows where anything changed.
Status UpsertBases(sqlite::Connection& connection,
                   const std::vector<BaseRecord>& records);
Status UpdateApproval(sqlite::Connection& connection, const Digest& manifest,
                      Approval approval);

// The next `limit` records, by manifest digest, after the one named ("": from
// the start).
StatusOr<std::vector<BaseRecord>> SelectBases(sqlite::Connection& connection,
                                              const std::string& after,
                                              size_t limit);
StatusOr<int64_t> SelectGeneration(sqlite::Connection& connection);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_CATALOG_H_
