// The decisions and evidence tables. Writes run inside the caller's
// transaction.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_DECISIONS_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_DECISIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/store/sqlite.h"
#include "gateway/store/store.h"
#include "policy/status.h"

namespace plimsoll {

// A decision in the form of its row, made where it is decided so that the
// writer's thread only writes.
struct DecisionRow {
  std::string id;
  int64_t time_us = 0;
  std::string door;
  std::string outcome;
  std::string repository;
  std::string digest;
  std::string evidence_digest;  // "" for none
  EvidenceRecord evidence;
  std::string message;  // serialized
  ForwardState state = ForwardState::kNone;
  bool keeps_documents = false;
  bool delivered = false;  // the upstream has the documents

  size_t bytes() const;
  // Leaves the documents' names and lets go of their bytes.
  void DropDocuments();
};

// Whether nothing was forwarded since the verdict denied: a record that must
// not be lost to a flood, of a client that need not be allowed anything.
bool IsDenial(const v1::Decision& decision);

// InvalidArgument as ValidateDecision.
StatusOr<DecisionRow> MakeDecisionRow(const v1::Decision& decision,
                                      EvidenceRecord evidence,
                                      ForwardState state);

Status InsertDecision(sqlite::Connection& connection, const DecisionRow& row);
Status UpdateOutcome(sqlite::Connection& connection, const std::string& id,
                     const ForwardResult& result);

StatusOr<std::vector<StoredDecision>> SelectOpenIntents(
    sqlite::Connection& connection, size_t limit);
StatusOr<std::vector<StoredDecision>> SelectDecisions(
    sqlite::Connection& connection, const DecisionFilter& filter);
StatusOr<StoredDecision> SelectDecision(sqlite::Connection& connection,
                                        const std::string& id);
StatusOr<std::string> SelectEvidence(sqlite::Connection& connection,
                                     const std::string& digest);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_DECISIONS_H_
