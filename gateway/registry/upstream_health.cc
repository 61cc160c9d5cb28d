#include "gateway/registry/upstream_health.h"

#include "absl/strings/str_cat.h"
#include "gateway/http/advice.h"
#include "gateway/observe/log.h"

namespace plimsoll {

void UpstreamHealth::Failed(const Status& status) {
  if (!absl::IsUnavailable(status)) return;
  const absl::Time now = clock_();
  const std::lock_guard lock(mutex_);
  last_failure_ = now;
  std::string advice = AdviceOf(status);
  const bool told = advice.empty() || advice == advice_;
  if (failing_ && (told || now < said_at_ + kQuiet)) return;
  if (!failing_) since_ = now;
  failing_ = true;
  said_at_ = now;
  advice_ = std::move(advice);
  if (advice_.empty()) {
    LogError("upstream", {{"name", name_}, {"error", status.message()}});
  } else {
    LogError("upstream",
             {{"name", name_}, {"error", status.message()}, {"do", advice_}});
  }
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
