// The documents table, and the removal of decisions with all that only they
// name. Writes run inside the caller's transaction.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_DOCUMENTS_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_DOCUMENTS_H_

#include <cstddef>
#include <string>

#include "gateway/store/sqlite.h"
#include "gateway/store/store.h"
#include "policy/status.h"

namespace plimsoll {

// Keeps a document once. False: it is not delivered, and was left out since
// those would be more than kMaxUndeliveredBytes together.
StatusOr<bool> UpsertDocument(sqlite::Connection& connection,
                              const Document& document, bool delivered);
StatusOr<std::string> SelectDocument(sqlite::Connection& connection,
                                     const std::string& digest);

// How many decisions were removed, at most `limit`.
StatusOr<size_t> DeleteExpired(sqlite::Connection& connection,
                               const Expiry& expiry, size_t limit);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_DOCUMENTS_H_
