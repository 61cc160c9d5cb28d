#include "gateway/store/sqlite_schema.h"

#include <iterator>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// "Plim": tells our files from any other SQLite database.
constexpr int64_t kApplicationId = 0x506c696d;

// kMigrations[i] takes a file from version i to i + 1. Never edit one that was
// released; add the next. Times are microseconds since 1970, UTC. A gap in
// decisions.sequence shows that a row was removed.
constexpr const char* kMigrations[] = {R"sql(
CREATE TABLE schema_version(
  version INTEGER PRIMARY KEY,
  applied TEXT NOT NULL
) STRICT;

CREATE TABLE evidence(
  digest TEXT NOT NULL PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

-- Manifests and configs, each once. Those that no upstream is known to have
-- are bounded: see document_totals, which triggers keep.
CREATE TABLE documents(
  digest TEXT NOT NULL PRIMARY KEY,
  delivered INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE document_totals(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  undelivered INTEGER NOT NULL
) STRICT;
INSERT INTO document_totals(only, undelivered) VALUES (1, 0);
CREATE TRIGGER documents_added AFTER INSERT ON documents
    WHEN NEW.delivered = 0
BEGIN
  UPDATE document_totals SET undelivered = undelivered + NEW.size;
END;
CREATE TRIGGER documents_delivered AFTER UPDATE OF delivered ON documents
    WHEN OLD.delivered = 0 AND NEW.delivered = 1
BEGIN
  UPDATE document_totals SET undelivered = undelivered - OLD.size;
END;
CREATE TRIGGER documents_removed AFTER DELETE ON documents
    WHEN OLD.delivered = 0
BEGIN
  UPDATE document_totals SET undelivered = undelivered - OLD.size;
END;
-- What evidence names; the document need not have been kept.
CREATE TABLE evidence_documents(
  evidence TEXT NOT NULL REFERENCES evidence(digest),
  document TEXT NOT NULL,
  PRIMARY KEY (evidence, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_documents_by_document ON evidence_documents(document);

CREATE TABLE decisions(
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  door TEXT NOT NULL,
  outcome TEXT NOT NULL,
  repository TEXT NOT NULL,
  digest TEXT NOT NULL,
  evidence TEXT REFERENCES evidence(digest),
  message BLOB NOT NULL,
  state TEXT NOT NULL,
  forward_status INTEGER NOT NULL DEFAULT 0,
  forward_detail TEXT NOT NULL DEFAULT '',
  reconciled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX decisions_by_time ON decisions(time);
CREATE INDEX decisions_by_repository ON decisions(repository);
CREATE INDEX decisions_by_digest ON decisions(digest);
CREATE INDEX decisions_by_outcome ON decisions(outcome);
CREATE INDEX decisions_open ON decisions(sequence) WHERE state = 'intent';
CREATE INDEX decisions_by_evidence ON decisions(evidence);
-- By how they ended, for their removal after a time.
CREATE INDEX decisions_absent ON decisions(time) WHERE state = 'absent';
CREATE INDEX decisions_refused ON decisions(time)
    WHERE state = 'none' AND outcome = 'deny';
CREATE INDEX decisions_admitted ON decisions(time)
    WHERE state IN ('forwarded', 'superseded', 'unknown')
       OR (state = 'none' AND outcome <> 'deny');
CREATE TRIGGER decisions_keep BEFORE UPDATE OF sequence, id, time, door,
    outcome, repository, digest, evidence, message ON decisions
BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only');
END;
-- Only decisions older than this may be removed, and only while it is set.
CREATE TABLE removal(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  before INTEGER
) STRICT;
INSERT INTO removal(only, before) VALUES (1, NULL);
CREATE TRIGGER decisions_stay BEFORE DELETE ON decisions
    WHEN NOT EXISTS (SELECT 1 FROM removal WHERE OLD.time < before)
BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only');
END;

CREATE TABLE layer_facts(
  layer TEXT NOT NULL PRIMARY KEY,
  diff_id TEXT NOT NULL,
  size INTEGER NOT NULL,
  inflated_size INTEGER NOT NULL,
  compression TEXT NOT NULL,
  inspector_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE bases(
  manifest TEXT NOT NULL PRIMARY KEY,
  approval TEXT NOT NULL,
  proven INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE TABLE catalog(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  generation INTEGER NOT NULL
) STRICT;
INSERT INTO catalog(only, generation) VALUES (1, 0);

CREATE TABLE reports(
  document TEXT NOT NULL PRIMARY KEY,
  made INTEGER NOT NULL,
  received INTEGER NOT NULL,
  database INTEGER,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE report_subjects(
  subject TEXT NOT NULL,
  made INTEGER NOT NULL,
  document TEXT NOT NULL REFERENCES reports(document),
  kind TEXT NOT NULL,
  PRIMARY KEY (subject, made, document, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_subjects_by_document ON report_subjects(document);
)sql"};
static_assert(std::size(kMigrations) == kStoreSchema);

// 0 for an empty file.
StatusOr<int64_t> CurrentVersion(sqlite::Connection& connection) {
  ASSIGN_OR_RETURN(int64_t application,
                   connection.QueryInteger("PRAGMA application_id"));
  ASSIGN_OR_RETURN(int64_t tables, connection.QueryInteger(
                                       "SELECT count(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(
      int64_t ours,
      connection.QueryInteger("SELECT count(*) FROM sqlite_schema WHERE "
                              "name IN ('schema_version', 'decisions_keep')"));
  if (tables == 0 && application == 0) return 0;
  // What sqlite3's .clone saves of a damaged file has no application ID.
  if (application == kApplicationId || (application == 0 && ours == 2)) {
    return connection.QueryInteger("SELECT max(version) FROM schema_version");
  }
  return absl::FailedPreconditionError(
      "the file is a database of another program: name another file");
}

Status CheckVersion(int64_t version) {
  if (version <= kStoreSchema) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the file was written by a newer plimsoll (schema ", version,
      ", this one knows ", kStoreSchema, "): use that version or newer"));
}

Status ApplyMigrations(sqlite::Connection& connection) {
  // Another process may have migrated since the version was read.
  ASSIGN_OR_RETURN(int64_t version, CurrentVersion(connection));
  RETURN_IF_ERROR(CheckVersion(version));
  for (int64_t next = version; next < kStoreSchema; ++next) {
    RETURN_IF_ERROR(connection.Execute(kMigrations[next]),
                    absl::StrCat("schema ", next + 1));
    RETURN_IF_ERROR(connection.Execute(
        absl::StrCat("INSERT INTO schema_version(version, applied) VALUES (",
                     next + 1, ", strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))")));
  }
  return connection.Execute(
      absl::StrCat("PRAGMA application_id=", kApplicationId));
}

}  // namespace

Status MigrateSchema(sqlite::Connection& connection) {
  ASSIGN_OR_RETURN(int64_t version, CurrentVersion(connection));
  RETURN_IF_ERROR(CheckVersion(version));
  // Only now: the file of another program is left as it is.
  RETURN_IF_ERROR(connection.EnableWriteAheadLog());
  if (version == kStoreSchema) return absl::OkStatus();
  RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  Status status = ApplyMigrations(connection);
  if (status.ok()) status = connection.Execute("COMMIT");
  if (!status.ok() && connection.in_transaction()) {
    // The failure above is the one to report.
    connection.Execute("ROLLBACK").IgnoreError();
  }
  return status;
}

}  // namespace plimsoll
