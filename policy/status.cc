#include "policy/status.h"

#include "absl/strings/str_cat.h"

namespace plimsoll {

Status Annotate(const Status& status, absl::string_view context) {
  if (status.ok() || context.empty()) return status;
  return Status(status.code(), absl::StrCat(context, ": ", status.message()));
}

}  // namespace plimsoll
