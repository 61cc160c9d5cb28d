#include "gateway/registry/route.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/registry/route_query.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

using Refusal = std::optional<OciError>;
using Segments = std::vector<absl::string_view>;

constexpr absl::string_view kReference = "<tag or digest>";
constexpr absl::string_view kDigest = "<digest>";
constexpr absl::string_view kUploadId = "<upload>";

// A route: what a path ends in after the repository's name, and its methods.
struct Row {
  RouteKind kind;
  bool has_repository;
  size_t length;  // of `ending`
  std::array<absl::string_view, 3> ending;
  absl::string_view methods;
};

constexpr Row kRows[] = {
    {RouteKind::kPing, false, 1, {""}, "GET HEAD"},
    {RouteKind::kCatalog, false, 1, {"_catalog"}, "GET HEAD"},
    {RouteKind::kManifest,
     true,
     2,
     {"manifests", kReference},
     "GET HEAD PUT DELETE"},
    {RouteKind::kUploadStart, true, 3, {"blobs", "uploads", ""}, "POST"},
    {RouteKind::kUpload,
     true,
     3,
     {"blobs", "uploads", kUploadId},
     "GET HEAD PATCH PUT DELETE"},
    // GitHub's registry spells its upload locations so.
    {RouteKind::kUpload,
     true,
     3,
     {"blobs", "upload", kUploadId},
     "GET HEAD PATCH PUT DELETE"},
    {RouteKind::kBlob, true, 2, {"blobs", kDigest}, "GET HEAD DELETE"},
    {RouteKind::kTags, true, 2, {"tags", "list"}, "GET HEAD"},
    {RouteKind::kReferrers, true, 2, {"referrers", kDigest}, "GET HEAD"},
};
constexpr absl::string_view kOutsideMethods = "GET HEAD POST PUT PATCH DELETE";

OciError Refuse(int status, absl::string_view code, absl::string_view message) {
  return {status, std::string(code), std::string(message), "", 0};
}

bool IsPathByte(char c) {
  constexpr absl::string_view kMarks = "/-._~:@=+,!$&'()*";
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::StrContains(kMarks, c);
}

// The one canonical form of a path: nothing to decode, merge or resolve.
bool IsCanonical(absl::string_view path) {
  if (!absl::StartsWith(path, "/") || absl::StrContains(path, "//")) {
    return false;
  }
  if (!std::all_of(path.begin(), path.end(), IsPathByte)) return false;
  for (absl::string_view segment : absl::StrSplit(path, '/')) {
    if (segment == "." || segment == "..") return false;
  }
  return true;
}

bool Allows(absl::string_view methods, absl::string_view method) {
  Segments list = absl::StrSplit(methods, ' ');
  return std::find(list.begin(), list.end(), method) != list.end();
}

OciError WrongMethod() {
  return Refuse(405, "UNSUPPORTED", "the method is not served on this path");
}

bool Matches(const Row& row, const Segments& segments) {
  if (row.has_repository ? segments.size() <= row.length
                         : segments.size() != row.length) {
    return false;
  }
  size_t first = segments.size() - row.length;
  for (size_t i = 0; i < row.length; ++i) {
    absl::string_view segment = segments[first + i];
    bool any = absl::StartsWith(row.ending[i], "<");
    if (any ? segment.empty() : segment != row.ending[i]) return false;
  }
  return true;
}

Refusal ReadReference(absl::string_view text, Route& route) {
  bool by_tag =
      route.kind == RouteKind::kManifest && !absl::StrContains(text, ':');
  if (by_tag) {
    if (!IsTag(text)) return Refuse(400, "NAME_INVALID", "path: no tag");
    route.tag = std::string(text);
    return std::nullopt;
  }
  StatusOr<Digest> digest = Digest::Parse(text);
  if (!digest.ok()) return Refuse(400, "DIGEST_INVALID", "path: no digest");
  route.digest = *std::move(digest);
  return std::nullopt;
}

// Fills in what the path names. `rest` is the path after "/v2/".
Refusal ReadPath(const Row& row, absl::string_view rest,
                 const Segments& segments, Route& route) {
  route.kind = row.kind;
  if (!row.has_repository) return std::nullopt;
  size_t ending = row.length;  // the slashes
  for (size_t i = 1; i <= row.length; ++i) {
    ending += segments[segments.size() - i].size();
  }
  absl::string_view name = rest.substr(0, rest.size() - ending);
  if (!IsRepositoryName(name)) {
    return Refuse(400, "NAME_INVALID", "path: no repository name");
  }
  route.repository = std::string(name);
  absl::string_view last = row.ending[row.length - 1];
  if (last != kReference && last != kDigest) return std::nullopt;
  return ReadReference(segments.back(), route);
}

Refusal RouteInside(absl::string_view method, absl::string_view rest,
                    Route& route) {
  Segments segments = absl::StrSplit(rest, '/');
  for (const Row& row : kRows) {
    if (!Matches(row, segments)) continue;
    if (!Allows(row.methods, method)) return WrongMethod();
    return ReadPath(row, rest, segments, route);
  }
  if (absl::EndsWith(rest, "/")) {
    return Refuse(400, "NAME_INVALID", "path: a slash at its end");
  }
  return Refuse(404, "NAME_UNKNOWN", "no such path in the registry's API");
}

// A "v2" within an outside path is some registry's API behind a prefix, and
// would lead around the table.
bool IsOutside(absl::string_view path, absl::Span<const std::string> outside) {
  for (absl::string_view segment : absl::StrSplit(path, '/')) {
    if (absl::EqualsIgnoreCase(segment, "v2")) return false;
  }
  for (absl::string_view prefix : outside) {
    absl::ConsumeSuffix(&prefix, "/");
    absl::string_view rest = path;
    if (absl::ConsumePrefix(&rest, prefix) &&
        (rest.empty() || rest[0] == '/')) {
      return true;
    }
  }
  return false;
}

}  // namespace

absl::string_view RouteName(RouteKind kind) {
  switch (kind) {
    case RouteKind::kPing:
      return "ping";
    case RouteKind::kManifest:
      return "manifest";
    case RouteKind::kBlob:
      return "blob";
    case RouteKind::kUploadStart:
    case RouteKind::kUpload:
      return "upload";
    case RouteKind::kTags:
      return "tags";
    case RouteKind::kReferrers:
      return "referrers";
    case RouteKind::kCatalog:
      return "catalog";
    case RouteKind::kOutside:
      return "outside";
  }
  return "none";
}

std::variant<Route, OciError> ParseRoute(
    absl::string_view method, absl::string_view target,
    absl::Span<const std::string> outside) {
  size_t mark = target.find('?');
  absl::string_view path = target.substr(0, mark);
  absl::string_view query;
  if (mark != absl::string_view::npos) query = target.substr(mark + 1);
  if (!IsCanonical(path)) {
    return Refuse(400, "NAME_INVALID",
                  "path: not in its plain form (no escapes, dot segments, "
                  "double slashes)");
  }
  Route route;
  absl::string_view rest = path;
  if (absl::ConsumePrefix(&rest, "/v2/")) {
    if (Refusal refusal = RouteInside(method, rest, route)) return *refusal;
  } else if (IsOutside(path, outside)) {
    if (!Allows(kOutsideMethods, method)) return WrongMethod();
    route.kind = RouteKind::kOutside;
  } else {
    return Refuse(404, "NAME_UNKNOWN", "no such path at this gateway");
  }
  if (Refusal refusal = ReadQuery(method, query, route)) return *refusal;
  return route;
}

}  // namespace plimsoll
