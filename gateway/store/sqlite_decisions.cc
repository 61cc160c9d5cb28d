#include "gateway/store/sqlite_decisions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/observe/log.h"
#include "gateway/store/record_rules.h"
#include "gateway/store/sqlite_documents.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kSelect =
    "SELECT sequence, message, state, forward_status, forward_detail, "
    "reconciled FROM decisions";

Status NoDecision(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("no decision ", id));
}

StatusOr<ForwardState> StateOf(const std::string& name) {
  std::optional<ForwardState> state = ParseForwardState(name);
  if (state) return *state;
  return absl::DataLossError(
      absl::StrCat("a decision has the unknown state `", name, "`"));
}

StatusOr<StoredDecision> ReadDecision(const sqlite::Statement& row) {
  StoredDecision stored;
  stored.sequence = row.Integer(0);
  if (!stored.decision.ParseFromString(row.Text(1))) {
    return absl::DataLossError(
        absl::StrCat("decision ", stored.sequence, " cannot be read"));
  }
  ASSIGN_OR_RETURN(stored.state, StateOf(row.Text(2)));
  stored.result.state = stored.state;
  stored.result.status = static_cast<int>(row.Integer(3));
  stored.result.detail = row.Text(4);
  stored.result.reconciled = row.Integer(5) != 0;
  return stored;
}

StatusOr<std::vector<StoredDecision>> ReadDecisions(
    sqlite::Statement& statement) {
  std::vector<StoredDecision> decisions;
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, statement.Step());
    if (!has_row) return decisions;
    ASSIGN_OR_RETURN(StoredDecision decision, ReadDecision(statement));
    decisions.push_back(std::move(decision));
  }
}

// The WHERE clause of a filter and the values of its parameters, in order.
struct Conditions {
  std::vector<std::string> clauses;
  std::vector<std::string> texts;
};

Conditions ConditionsOf(const DecisionFilter& filter) {
  Conditions conditions;
  auto add = [&](absl::string_view column, absl::string_view value) {
    if (value.empty()) return;
    conditions.clauses.push_back(absl::StrCat(column, " = ?"));
    conditions.texts.emplace_back(value);
  };
  add("repository", filter.repository);
  add("digest", filter.digest);
  add("outcome", filter.outcome);
  add("door", filter.door);
  if (filter.state) add("state", ForwardStateName(*filter.state));
  if (filter.since) conditions.clauses.emplace_back("time >= ?");
  return conditions;
}

Status InsertEvidence(sqlite::Connection& connection, const DecisionRow& row) {
  RETURN_IF_ERROR(
      connection
          .Prepare("INSERT OR IGNORE INTO evidence(digest, bytes) "
                   "VALUES (?1, ?2)")
          .Bind(row.evidence_digest, sqlite::Blob{row.evidence.bytes})
          .Run());
  size_t left_out = 0;
  for (const Document& document : row.evidence.documents) {
    RETURN_IF_ERROR(connection
                        .Prepare("INSERT OR IGNORE INTO "
                                 "evidence_documents(evidence, document) "
                                 "VALUES (?1, ?2)")
                        .Bind(row.evidence_digest, document.digest)
                        .Run());
    if (!row.keeps_documents) continue;
    ASSIGN_OR_RETURN(const bool kept,
                     UpsertDocument(connection, document, row.delivered));
    left_out += kept ? 0 : 1;
  }
  if (left_out > 0) {
    LogError("documents of a refusal are not kept",
             {{"decision", row.id},
              {"documents", absl::StrCat(left_out)},
              {"error", "those of refusals have reached their bound"}});
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<DecisionRow> MakeDecisionRow(const v1::Decision& decision,
                                      EvidenceRecord evidence,
                                      ForwardState state) {
  RETURN_IF_ERROR(ValidateDecision(decision, evidence.bytes));
  absl::Time time;
  absl::ParseTime(absl::RFC3339_full, decision.time(), &time, nullptr);
  DecisionRow row;
  row.id = decision.id();
  row.time_us = absl::ToUnixMicros(time);
  row.door = decision.door();
  row.outcome = decision.outcome();
  row.repository = decision.repository();
  row.digest = decision.digest();
  row.evidence_digest = decision.evidence();
  row.evidence = std::move(evidence);
  row.message = decision.SerializeAsString();
  row.state = state;
  row.keeps_documents = true;
  if (state != ForwardState::kNone) row.DropDocuments();
  // The other doors judge what a registry serves.
  row.delivered = decision.door() != "push";
  return row;
}

size_t DecisionRow::bytes() const {
  size_t size = message.size() + evidence.bytes.size();
  if (!keeps_documents) return size;
  for (const Document& document : evidence.documents) {
    size += document.bytes->size();
  }
  return size;
}

void DecisionRow::DropDocuments() {
  keeps_documents = false;
  for (Document& document : evidence.documents) document.bytes.reset();
}

bool IsDenial(const v1::Decision& decision) {
  return decision.outcome() == "deny";
}

Status InsertDecision(sqlite::Connection& connection, const DecisionRow& row) {
  if (!row.evidence.bytes.empty()) {
    RETURN_IF_ERROR(InsertEvidence(connection, row), "evidence");
  }
  Status status =
      connection
          .Prepare(
              "INSERT INTO decisions(id, time, door, outcome, repository, "
              "digest, evidence, message, state) VALUES "
              "(?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, ''), ?8, ?9)")
          .Bind(row.id, row.time_us, row.door, row.outcome, row.repository,
                row.digest, row.evidence_digest, sqlite::Blob{row.message},
                ForwardStateName(row.state))
          .Run();
  return Annotate(status, absl::StrCat("decision ", row.id));
}

Status UpdateOutcome(sqlite::Connection& connection, const std::string& id,
                     const ForwardResult& result) {
  sqlite::Statement find =
      connection.Prepare("SELECT state FROM decisions WHERE id = ?1");
  find.Bind(id);
  ASSIGN_OR_RETURN(bool has_row, find.Step());
  if (!has_row) return NoDecision(id);
  ASSIGN_OR_RETURN(ForwardState current, StateOf(find.Text(0)));
  RETURN_IF_ERROR(CheckOutcome(current, result.state),
                  absl::StrCat("decision ", id));
  if (IsDefinite(current)) return absl::OkStatus();
  return connection
      .Prepare(
          "UPDATE decisions SET state = ?2, forward_status = ?3, "
          "forward_detail = ?4, reconciled = ?5 WHERE id = ?1")
      .Bind(id, ForwardStateName(result.state), result.status, result.detail,
            result.reconciled ? 1 : 0)
      .Run();
}

StatusOr<std::vector<StoredDecision>> SelectOpenIntents(
    sqlite::Connection& connection, size_t limit) {
  sqlite::Statement statement = connection.Prepare(absl::StrCat(
      kSelect, " WHERE state = 'intent' ORDER BY sequence LIMIT ?1"));
  statement.Bind(static_cast<int64_t>(std::min(limit, kMaxDecisionsListed)));
  return ReadDecisions(statement);
}

StatusOr<std::vector<StoredDecision>> SelectDecisions(
    sqlite::Connection& connection, const DecisionFilter& filter) {
  Conditions conditions = ConditionsOf(filter);
  sqlite::Statement statement = connection.Prepare(
      absl::StrCat(kSelect, conditions.clauses.empty() ? "" : " WHERE ",
                   absl::StrJoin(conditions.clauses, " AND "),
                   " ORDER BY sequence DESC LIMIT ?"));
  int index = 0;
  for (const std::string& text : conditions.texts) {
    statement.BindOne(++index, text);
  }
  if (filter.since) {
    statement.BindOne(++index, absl::ToUnixMicros(*filter.since));
  }
  statement.BindOne(++index, static_cast<int64_t>(
                                 std::min(filter.limit, kMaxDecisionsListed)));
  return ReadDecisions(statement);
}

StatusOr<StoredDecision> SelectDecision(sqlite::Connection& connection,
                                        const std::string& id) {
  sqlite::Statement statement =
      connection.Prepare(absl::StrCat(kSelect, " WHERE id = ?1"));
  statement.Bind(id);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  if (!has_row) return NoDecision(id);
  return ReadDecision(statement);
}

StatusOr<std::string> SelectEvidence(sqlite::Connection& connection,
                                     const std::string& digest) {
  sqlite::Statement statement =
      connection.Prepare("SELECT bytes FROM evidence WHERE digest = ?1");
  statement.Bind(digest);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  if (!has_row) {
    return absl::NotFoundError(absl::StrCat("no evidence ", digest));
  }
  return statement.Text(0);
}

}  // namespace plimsoll
