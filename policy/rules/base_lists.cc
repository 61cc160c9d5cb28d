#include "policy/rules/base_lists.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// Whether the first part of a pattern can match a registry's host.
bool NamesRegistry(absl::string_view pattern) {
  if (pattern == "scratch" || pattern == "**") return true;
  const size_t slash = pattern.find('/');
  if (slash == absl::string_view::npos) return false;
  const absl::string_view first = pattern.substr(0, slash);
  return first == "localhost" ||
         first.find_first_of(".:*{") != absl::string_view::npos;
}

std::string ImageGlobFault(absl::string_view pattern) {
  if (pattern.find('@') != absl::string_view::npos) {
    return "name the image without its digest; `digests` lists digests";
  }
  if (pattern.find_first_of(" \t\n") != absl::string_view::npos) {
    return "no image has a space in its name";
  }
  if (NamesRegistry(pattern)) return "";
  const bool is_short = pattern.find('/') == absl::string_view::npos;
  return absl::StrCat("it names no registry; write `docker.io/",
                      is_short ? "library/" : "", pattern, "`");
}

}  // namespace

std::vector<Glob> ImageGlobs(YamlFields& fields, absl::string_view key) {
  const YamlValue* list = fields.Find(key);
  if (list == nullptr) return {};
  std::vector<Glob> globs = fields.Globs(key);
  for (const YamlValue& item : list->items) {
    const std::string fault = ImageGlobFault(item.text);
    if (fault.empty() || item.text.empty() || item.refused) continue;
    fields.Complain(item.place, absl::StrCat("`", key, "`: ", Quoted(item.text),
                                             ": ", fault));
  }
  return globs;
}

std::vector<Digest> Digests(YamlFields& fields, absl::string_view key) {
  std::vector<Digest> digests;
  for (const YamlValue* item : fields.Items(key)) {
    StatusOr<Digest> digest = Digest::Parse(item->text);
    if (digest.ok()) {
      digests.push_back(*std::move(digest));
    } else {
      fields.Complain(item->place,
                      absl::StrCat("`", key, "`: ", digest.status().message()));
    }
  }
  return digests;
}

bool ListsDigest(const std::vector<Digest>& digests, const Digest& digest) {
  return std::find(digests.begin(), digests.end(), digest) != digests.end();
}

bool ListsDigest(const std::vector<Digest>& digests,
                 const BaseCandidate& record) {
  return ListsDigest(digests, record.manifest) ||
         ListsDigest(digests, record.config) ||
         (record.index && ListsDigest(digests, *record.index));
}

}  // namespace plimsoll
