#include "gateway/kubernetes/webhook.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/verdict.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kPath = "/kubernetes/validate";
constexpr absl::Duration kMostTime = absl::Seconds(5);
constexpr absl::Duration kToAnswer = absl::Milliseconds(500);
constexpr size_t kReasonBytes = 512;

std::string PathOf(const std::string& target) {
  return target.substr(0, target.find('?'));
}

}  // namespace

absl::Duration ReviewBudget(absl::string_view target) {
  absl::Duration stated = kMostTime;
  const size_t at = target.find("timeout=");
  if (at != absl::string_view::npos) {
    const absl::string_view value =
        target.substr(at + 8, target.find('&', at) - at - 8);
    absl::Duration parsed;
    if (absl::ParseDuration(std::string(value), &parsed)) stated = parsed;
  }
  return std::max(std::min(stated, kMostTime) - kToAnswer, kToAnswer);
}

Task<> WebhookHandler::Handle(Exchange& exchange) {
  const std::string text = "text/plain";
  if (PathOf(exchange.head.target) != kPath) {
    std::string body = absl::StrCat("POST ", kPath, "\n");
    co_return co_await Say(exchange, 404, text, std::move(body));
  }
  if (exchange.head.method != "POST") {
    std::string body = "only POST\n";
    co_return co_await Say(exchange, 405, text, std::move(body));
  }
  exchange.notes.route = "webhook";
  const absl::Time deadline = clock_() + ReviewBudget(exchange.head.target);
  const StatusOr<std::string> bytes =
      co_await exchange.ReadWholeBody(kMaxReviewBytes);
  if (!bytes.ok()) {
    const bool large = absl::IsResourceExhausted(bytes.status());
    std::string body = absl::StrCat(bytes.status().message(), "\n");
    co_return co_await Say(exchange, large ? 413 : 400, text, std::move(body));
  }
  const StatusOr<AdmissionReview> review = ParseAdmissionReview(*bytes);
  if (!review.ok()) {
    std::string body = absl::StrCat(review.status().message(), "\n");
    co_return co_await Say(exchange, 400, text, std::move(body));
  }
  exchange.notes.client = review->user;
  const ReviewAnswer answer = co_await Answer(*review, exchange, deadline);
  std::string body = FormatAdmissionResponse(*review, answer);
  const std::string json = "application/json";
  co_await Say(exchange, 200, json, std::move(body));
}

Task<ReviewAnswer> WebhookHandler::Answer(const AdmissionReview& review,
                                          const Exchange& exchange,
                                          absl::Time deadline) {
  ReviewAnswer answer = BeginAnswer(review);
  if (!answer.allowed) co_return answer;
  const ReviewTargets resolved = ResolveImages(review.images, registries_);
  for (const UnjudgedImage& unjudged : resolved.unjudged) {
    DenyImage(unjudged.image, unjudged.reason, answer);
  }
  std::vector<Task<>> tasks;
  for (const ReviewTarget& target : resolved.targets) {
    ReferenceRequest request;
    request.door = Door::kWebhook;
    request.host = target.registry;
    request.repository = target.repository;
    request.reference = target.reference;
    request.client.name = review.user;
    request.client.address = exchange.peer;
    request.client.user_agent = "kubernetes";
    request.deadline = deadline;
    tasks.push_back(JudgeTarget(target, std::move(request), answer));
  }
  co_await JoinAll(std::move(tasks));
  co_return answer;
}

Task<> WebhookHandler::JudgeTarget(const ReviewTarget& target,
                                   ReferenceRequest request,
                                   ReviewAnswer& answer) {
  const StatusOr<Judgement> judged = co_await judge_.Judge(std::move(request));
  if (!judged.ok()) {
    const std::string reason =
        absl::IsNotFound(judged.status())
            ? "the registry has no such image"
            : absl::StrCat("cannot be judged now: ", judged.status().message());
    for (const ReviewImage& image : target.places) {
      DenyImage(image, reason, answer);
    }
    co_return;
  }
  std::string reason = SummarizeVerdict(judged->verdict, kReasonBytes);
  // Refused is refused, even where no finding says why.
  if (judged->refused && reason.empty()) {
    reason = absl::StrCat("refused: plimsoll explain ", judged->decision.id());
  }
  for (const ReviewImage& image : target.places) {
    if (judged->refused) {
      DenyImage(image, reason, answer);
    } else if (!reason.empty()) {
      WarnAbout(image, reason, answer);
    }
  }
}

Task<> WebhookHandler::Refuse(Exchange& exchange, HttpError error) {
  std::string body = absl::StrCat(error.message, "\n");
  const std::string text = "text/plain";
  co_await Say(exchange, error.status, text, std::move(body));
}

Task<> WebhookHandler::Say(Exchange& exchange, int status, std::string type,
                           std::string body) {
  ResponseHead head;
  head.status = status;
  head.reason = status == 200 ? "OK" : "Not OK";
  head.headers.Add("Content-Type", type);
  (void)co_await exchange.Answer(std::move(head), std::move(body));
}

}  // namespace plimsoll
