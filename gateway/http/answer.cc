#include "gateway/http/answer.h"

#include <utility>

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
      co_return untouched ? absl::AbortedError(error.message)
                          : absl::UnavailableError(error.message);
    }
    HttpOr<ResponseHead> head = ParseResponseHead(*bytes);
    if (!head.ok()) co_return absl::UnavailableError(head.error().message);
    if (head->status >= 200) co_return *std::move(head);
  }
  co_return absl::UnavailableError("it sends interim answers without end");
}

}  // namespace plimsoll
