// The query of a routed request, read into its Route. Closed queries (a ping,
// a manifest, a blob) take known keys and nothing else, so that no upstream
// acts on a key that was not judged. Open ones (uploads, lists) are opaque
// where they are not ours: registries put their state there, and Location and
// Link are to be followed byte for byte. Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_ROUTE_QUERY_H_
#define PLIMSOLL_GATEWAY_REGISTRY_ROUTE_QUERY_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/registry/route.h"

namespace plimsoll {

// Reads `query` (what follows the first "?") into `route`, whose kind is set.
// Errors as ParseRoute's.
std::optional<OciError> ReadQuery(absl::string_view method,
                                  absl::string_view query, Route& route);

// Decodes every "%XX"; nullopt for a "%" without two hex digits and for "+",
// which some decode to a space and some do not.
std::optional<std::string> PercentDecode(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_ROUTE_QUERY_H_
