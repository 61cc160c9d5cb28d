#include "gateway/registry/probe_path.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/registry/route.h"

namespace plimsoll {
namespace {

bool Routes(absl::string_view method, absl::string_view target,
            const std::vector<std::string>& outside) {
  return std::holds_alternative<Route>(ParseRoute(method, target, outside));
}

}  // namespace

ProbedPath FollowPath(absl::string_view method, absl::string_view url,
                      absl::string_view gateway) {
  ProbedPath path;
  absl::string_view target = url;
  if (absl::ConsumePrefix(&target, "https://") ||
      absl::ConsumePrefix(&target, "http://")) {
    const size_t end = target.find_first_of("/?#");
    path.authority = std::string(target.substr(0, end));
    target = end == absl::string_view::npos ? "/" : target.substr(end);
  }
  path.target = std::string(target);
  const bool elsewhere = !path.authority.empty() &&
                         !absl::EqualsIgnoreCase(path.authority, gateway);
  if (elsewhere) return path;
  path.way = ProbedPath::Way::kRouted;
  if (Routes(method, target, {})) return path;
  const size_t first = target.find_first_of("/?", 1);
  path.prefix = std::string(target.substr(0, first));
  const bool passes = Routes(method, target, {path.prefix});
  path.way = passes ? ProbedPath::Way::kPassThrough : ProbedPath::Way::kRefused;
  if (!passes) path.prefix.clear();
  return path;
}

}  // namespace plimsoll
