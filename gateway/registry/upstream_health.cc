#include "gateway/registry/upstream_health.h"

#include "absl/strings/str_cat.h"
#include "gateway/observe/log.h"

namespace plimsoll {

void UpstreamHealth::Failed(const Status& status) {
  if (!absl::IsUnavailable(status)) return;
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  last_failure_ = now;
  if (failing_) return;
  since_ = now;
  failing_ = true;
  LogError("upstream", {{"name", name_}, {"error", status.message()}});
}

void UpstreamHealth::Answered(int status) {
  if (!failing_ || status <= 0 || status >= 500) return;
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  if (!failing_ || now < last_failure_ + kQuiet) return;
  failing_ = false;
  LogInfo("upstream",
          {{"name", name_},
           {"effect", "it answers again"},
           {"failed",
            absl::StrCat(absl::ToInt64Seconds(last_failure_ - since_), " s")}});
}

}  // namespace plimsoll
