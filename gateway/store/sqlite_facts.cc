#include "gateway/store/sqlite_facts.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

std::optional<Compression> ParseCompression(absl::string_view name) {
  for (Compression compression :
       {Compression::kNone, Compression::kGzip, Compression::kZstd}) {
    if (CompressionName(compression) == name) return compression;
  }
  return std::nullopt;
}

// nullopt where there are none of this inspector.
StatusOr<std::optional<LayerFacts>> SelectOne(sqlite::Connection& connection,
                                              const Digest& layer) {
  sqlite::Statement row = connection.Prepare(
      "SELECT diff_id, size, inflated_size, compression, inspector_version "
      "FROM layer_facts WHERE layer = ?1 AND inspector_version >= ?2");
  row.Bind(layer.ToString(), kInspectorVersion);
  ASSIGN_OR_RETURN(bool has_row, row.Step());
  if (!has_row) return std::optional<LayerFacts>();
  StatusOr<Digest> diff_id = Digest::Parse(row.Text(0));
  std::optional<Compression> compression = ParseCompression(row.Text(3));
  if (!diff_id.ok() || !compression) {
    return absl::DataLossError(
        absl::StrCat("facts of ", layer.ToString(), " cannot be read"));
  }
  return std::optional<LayerFacts>(
      LayerFacts{layer, *std::move(diff_id), row.Integer(1), row.Integer(2),
                 *compression, static_cast<int>(row.Integer(4))});
}

}  // namespace

Status UpsertLayerFacts(sqlite::Connection& connection,
                        const std::vector<LayerFacts>& facts) {
  for (const LayerFacts& one : facts) {
    RETURN_IF_ERROR(
        connection
            .Prepare("INSERT INTO layer_facts(layer, diff_id, size, "
                     "inflated_size, compression, inspector_version) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE "
                     "SET diff_id = ?2, size = ?3, inflated_size = ?4, "
                     "compression = ?5, inspector_version = ?6 "
                     "WHERE inspector_version <= ?6")
            .Bind(one.layer.ToString(), one.diff_id.ToString(), one.size,
                  one.inflated_size, CompressionName(one.compression),
                  one.inspector_version)
            .Run(),
        absl::StrCat("facts of ", one.layer.ToString()));
  }
  return absl::OkStatus();
}

StatusOr<absl::flat_hash_map<Digest, LayerFacts>> SelectLayerFacts(
    sqlite::Connection& connection, const std::vector<Digest>& layers) {
  absl::flat_hash_map<Digest, LayerFacts> found;
  for (const Digest& layer : layers) {
    ASSIGN_OR_RETURN(std::optional<LayerFacts> facts,
                     SelectOne(connection, layer));
    if (facts) found.emplace(layer, *std::move(facts));
  }
  return found;
}

}  // namespace plimsoll
