#include "gateway/http/answer.h"

#include <utility>

#include "gateway/http/advice.h"

namespace plimsoll {
namespace {

constexpr int kMaxInterimAnswers = 8;

}  // namespace

Task<StatusOr<ResponseHead>> ReadAnswerHead(MessageReader& reader) {
  for (int i = 0; i <= kMaxInterimAnswers; ++i) {
    const HttpOr<std::string> bytes = co_await reader.ReadHead();
    if (!bytes.ok()) {
      const HttpError& error = bytes.error();
      if (error.status == 408) {
        co_return absl::DeadlineExceededError("no answer in time");
      }
      const bool untouched = error.status == 0 && i == 0 && reader.empty();
      const Status ended(untouched ? absl::StatusCode::kAborted
                                   : absl::StatusCode::kUnavailable,
                         error.message);
      if (error.status != 0 || reader.broken().ok()) co_return ended;
      co_return Annotate(WithCode(ended.code(), reader.broken()),
                         error.message);
    }
    HttpOr<ResponseHead> head = ParseResponseHead(*bytes);
    if (!head.ok()) co_return absl::UnavailableError(head.error().message);
    if (head->status >= 200) co_return *std::move(head);
  }
  co_return absl::UnavailableError("it sends interim answers without end");
}

}  // namespace plimsoll
