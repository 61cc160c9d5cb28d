#include "policy/oci/image_config.h"
#include "policy/oci/json.h"
#include "simdjson.h"

namespace plimsoll {
namespace {

namespace dom = simdjson::dom;

bool FoldsTo(std::string_view name, absl::string_view known) {
  return FoldJsonName(absl::string_view(name.data(), name.size())) == known;
}

bool HasDiffIdsMember(const dom::element& element) {
  dom::object rootfs;
  if (element.get(rootfs) != simdjson::SUCCESS) return false;
  for (const auto [name, value] : rootfs) {
    if (FoldsTo(name, "diff_ids")) return true;
  }
  return false;
}

}  // namespace

// Looks at more than ParseJson would take: what we refuse, a runtime may run.
// Of an object that cannot be read at all, the worst is assumed.
bool HasDiffIds(absl::string_view bytes) {
  const size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start == bytes.npos || bytes[start] != '{') return false;
  if (bytes.size() > kMaxConfigBytes) return true;
  dom::parser parser;
  dom::object document;
  if (parser.parse(bytes.data(), bytes.size()).get(document) !=
      simdjson::SUCCESS) {
    return true;
  }
  for (const auto [name, value] : document) {
    if (FoldsTo(name, "rootfs") && HasDiffIdsMember(value)) return true;
  }
  return false;
}

}  // namespace plimsoll
