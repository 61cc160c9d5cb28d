// Routes of the registry door, as a table. Inside /v2/ there is one canonical
// form: any "%", "//", dot segment, "\", ";", control or non-ASCII byte in the
// path is refused, as is a query that the route does not know. Paths are
// matched from their right end, since a repository may itself be called
// "x/manifests". Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_ROUTE_H_
#define PLIMSOLL_GATEWAY_REGISTRY_ROUTE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/registry/oci_error.h"
#include "policy/oci/digest.h"

namespace plimsoll {

enum class RouteKind {
  kPing,         // /v2/
  kManifest,     // /v2/N/manifests/R
  kBlob,         // /v2/N/blobs/D
  kUploadStart,  // /v2/N/blobs/uploads/
  kUpload,       // /v2/N/blobs/uploads/<opaque>
  kTags,         // /v2/N/tags/list
  kReferrers,    // /v2/N/referrers/D
  kCatalog,      // /v2/_catalog
  kOutside,      // a configured prefix outside /v2/
};

// Tags that one push may set by query (distribution spec, end-7b).
inline constexpr size_t kMaxQueryTags = 10;

struct Route {
  RouteKind kind = RouteKind::kPing;
  std::string repository;         // "" where the route has none
  std::string tag;                // of kManifest by tag
  std::optional<Digest> digest;   // of kManifest by digest, kBlob, kReferrers;
                                  // of kUploadStart and kUpload: ?digest=
  std::vector<std::string> tags;  // of a manifest PUT: each ?tag=, in order
  std::optional<Digest> mount;    // of kUploadStart: ?mount=
};

// As logs and counts name it: "manifest"; "upload" for both of its kinds.
absl::string_view RouteName(RouteKind kind);

// Reads a request's method and target. `outside` holds the path prefixes that
// pass beside /v2/ ("/token"), each matching itself and what lies below it.
// Errors: 400 NAME_INVALID for a path that has another form, 400 UNSUPPORTED
// for an unknown query, 404 NAME_UNKNOWN for what is on no list, 405
// UNSUPPORTED for another method, 414 for more than kMaxQueryTags tags, 400
// DIGEST_INVALID for a reference with ":" that is no digest.
std::variant<Route, OciError> ParseRoute(absl::string_view method,
                                         absl::string_view target,
                                         absl::Span<const std::string> outside);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_ROUTE_H_
