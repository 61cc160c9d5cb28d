// Reads a BaseCatalog: the sources that rules name.
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/language/documents.h"
#include "policy/rules/base_lists.h"

namespace plimsoll {
namespace {

PlacedSource ReadSource(const YamlValue& value, Issues& issues) {
  YamlFields fields(value, "source", issues);
  fields.Require("name");
  fields.Require("images");
  PlacedSource placed;
  placed.source.name = ReadName(fields, "name");
  const YamlValue* name = value.Find("name");
  placed.place = name != nullptr ? name->place : value.place;
  const auto tier =
      fields.Choice<absl::string_view>("tier", {{"official", "official"},
                                                {"third-party", "third-party"},
                                                {"distroless", "distroless"},
                                                {"own", "own"}});
  placed.source.tier = std::string(tier.value_or(""));
  placed.source.images = ImageGlobs(fields, "images");
  return placed;
}

}  // namespace

std::vector<PlacedSource> ReadCatalogSources(const Envelope& envelope,
                                             Issues& issues) {
  std::vector<PlacedSource> sources;
  if (envelope.spec == nullptr) return sources;
  YamlFields spec(*envelope.spec, "spec", issues);
  spec.Require("sources");
  for (const YamlValue* item : spec.Items("sources")) {
    sources.push_back(ReadSource(*item, issues));
  }
  return sources;
}

}  // namespace plimsoll
