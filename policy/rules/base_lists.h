// Lists of bases in rules: globs over image names, and digests. Pure.
#ifndef PLIMSOLL_POLICY_RULES_BASE_LISTS_H_
#define PLIMSOLL_POLICY_RULES_BASE_LISTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "policy/base/identify.h"
#include "policy/language/fields.h"
#include "policy/language/glob.h"
#include "policy/oci/digest.h"

namespace plimsoll {

// Names in the catalog carry their registry, so that a glob that names none
// ("debian") would match nothing: an issue, as is a digest in a glob.
std::vector<Glob> ImageGlobs(YamlFields& fields, absl::string_view key);
std::vector<Digest> Digests(YamlFields& fields, absl::string_view key);

bool ListsDigest(const std::vector<Digest>& digests, const Digest& digest);
// By its manifest, index or config digest.
bool ListsDigest(const std::vector<Digest>& digests,
                 const BaseCandidate& record);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_LISTS_H_
