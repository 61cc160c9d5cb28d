// The webhook door: POST /kubernetes/validate answers AdmissionReviews. Every
// image of a review is judged as if it were pushed under the reference that the
// pod names; a judgement that cannot be had is a denial.
#ifndef PLIMSOLL_GATEWAY_KUBERNETES_WEBHOOK_H_
#define PLIMSOLL_GATEWAY_KUBERNETES_WEBHOOK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/admission/reference_judge.h"
#include "gateway/http/exchange.h"
#include "gateway/kubernetes/review.h"
#include "gateway/kubernetes/target.h"
#include "gateway/task.h"

namespace plimsoll {

class WebhookHandler : public HttpHandler {
 public:
  // `registries`: hosts under which clusters pull what this gateway judges.
  WebhookHandler(ReferenceJudge& judge, std::vector<std::string> registries,
                 Clock clock)
      : judge_(judge),
        registries_(std::move(registries)),
        clock_(std::move(clock)) {}

  Task<> Handle(Exchange& exchange) override;
  Task<> Refuse(Exchange& exchange, HttpError error) override;

 private:
  Task<ReviewAnswer> Answer(const AdmissionReview& review,
                            const Exchange& exchange, absl::Time deadline);
  Task<> JudgeTarget(const ReviewTarget& target, ReferenceRequest request,
                     ReviewAnswer& answer);
  Task<> Say(Exchange& exchange, int status, std::string type,
             std::string body);

  ReferenceJudge& judge_;
  const std::vector<std::string> registries_;
  const Clock clock_;
};

// How long a review may take: a little less than the API server waits, which it
// says in `?timeout=10s`; at most 4.5 s.
absl::Duration ReviewBudget(absl::string_view target);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_KUBERNETES_WEBHOOK_H_
