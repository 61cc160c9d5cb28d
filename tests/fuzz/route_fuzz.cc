// Any bytes as "METHOD TARGET". A route inside /v2/ must spell its path again,
// whatever the bytes were, and each refusal must be an answer.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/registry/route.h"
#include "policy/oci/reference.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

std::string ReferenceOf(const Route& route) {
  return route.digest ? route.digest->ToString() : route.tag;
}

// The path before an upload's id, or the whole path of another route.
std::string Spell(const Route& route) {
  std::string name = absl::StrCat("/v2/", route.repository);
  switch (route.kind) {
    case RouteKind::kPing:
      return "/v2/";
    case RouteKind::kCatalog:
      return "/v2/_catalog";
    case RouteKind::kManifest:
      return absl::StrCat(name, "/manifests/", ReferenceOf(route));
    case RouteKind::kBlob:
      return absl::StrCat(name, "/blobs/", ReferenceOf(route));
    case RouteKind::kUploadStart:
      return absl::StrCat(name, "/blobs/uploads/");
    case RouteKind::kUpload:
      return absl::StrCat(name, "/blobs/upload");
    case RouteKind::kTags:
      return absl::StrCat(name, "/tags/list");
    case RouteKind::kReferrers:
      return absl::StrCat(name, "/referrers/", ReferenceOf(route));
    case RouteKind::kOutside:
      return "/token";
  }
  return "";
}

void Check(const Route& route, absl::string_view path) {
  bool prefix_only =
      route.kind == RouteKind::kUpload || route.kind == RouteKind::kOutside;
  std::string spelt = Spell(route);
  FUZZ_CHECK(prefix_only ? absl::StartsWith(path, spelt) : path == spelt);
  FUZZ_CHECK(route.repository.empty() || IsRepositoryName(route.repository));
  FUZZ_CHECK(route.tags.size() <= kMaxQueryTags);
  for (const std::string& tag : route.tags) FUZZ_CHECK(IsTag(tag));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using plimsoll::Check, plimsoll::OciError, plimsoll::Route;
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  size_t blank = bytes.find(' ');
  if (blank == absl::string_view::npos) return 0;
  absl::string_view target = bytes.substr(blank + 1);
  const std::vector<std::string> outside = {"/token"};
  auto parsed = plimsoll::ParseRoute(bytes.substr(0, blank), target, outside);
  if (const Route* route = std::get_if<Route>(&parsed)) {
    Check(*route, target.substr(0, target.find('?')));
    return 0;
  }
  const OciError& error = std::get<OciError>(parsed);
  FUZZ_CHECK(error.status >= 400 && error.status < 500);
  FUZZ_CHECK(plimsoll::WriteResponseHead(plimsoll::AnswerHead(error)).ok());
  FUZZ_CHECK(plimsoll::AnswerBody(error).size() < 8 * 1024);
  return 0;
}
