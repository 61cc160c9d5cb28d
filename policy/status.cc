#include "policy/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {

Status Annotate(const Status& status, absl::string_view context) {
  if (status.ok() || context.empty()) return status;
  Status annotated(status.code(),
                   absl::StrCat(context, ": ", status.message()));
  // A registry's challenge travels as a payload (gateway/registry/registry.h).
  status.ForEachPayload(
      [&annotated](absl::string_view url, const absl::Cord& payload) {
        annotated.SetPayload(url, payload);
      });
  return annotated;
}

}  // namespace plimsoll
