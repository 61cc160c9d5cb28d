#include "gateway/http/exchange.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// A stream that expires is of no use for an answer: what trickles in is refused
// before, what stalls is closed a little later.
constexpr std::chrono::seconds kLastWord{1};

// When more must have come of a body of which there are `size` bytes.
SteadyTime DueBy(const ServerTimeouts& timeouts, SteadyTime start,
                 size_t size) {
  const std::chrono::seconds earned(static_cast<int64_t>(size) /
                                    timeouts.held_bytes_a_second);
  return start + std::min(timeouts.held_body, timeouts.held_grace + earned);
}

}  // namespace

Task<Status> Exchange::InviteBody() {
  if (invited_ || !ExpectsContinue(head)) co_return absl::OkStatus();
  invited_ = true;
  stream_.ExpireAfter(timeouts_.write);
  co_return co_await stream_.Write("HTTP/1.1 100 Continue\r\n\r\n");
}

Task<StatusOr<std::string>> Exchange::ReadWholeBody(size_t max_bytes,
                                                    const BodyMeter* meter) {
  const std::string too_large =
      absl::StrCat("the body is larger than ", max_bytes, " bytes");
  if (framing.kind == BodyKind::kLength && framing.length > max_bytes) {
    co_return absl::ResourceExhaustedError(too_large);
  }
  CO_RETURN_IF_ERROR(co_await InviteBody());
  const SteadyTime start = std::chrono::steady_clock::now();
  std::string body;
  // Grown step by step it would leave holes as large as itself; what is not
  // written to yet is only an address.
  if (framing.kind == BodyKind::kLength) body.reserve(framing.length);
  for (;;) {
    const SteadyTime due = DueBy(timeouts_, start, body.size());
    const StatusOr<absl::string_view> read = co_await ReadBlock(due);
    NoteEnd(ClientEnd(read.status()));
    CO_ASSIGN_OR_RETURN(const absl::string_view block, read);
    if (block.empty()) break;
    if (body.size() + block.size() > max_bytes) {
      co_return absl::ResourceExhaustedError(too_large);
    }
    if (meter != nullptr) CO_RETURN_IF_ERROR((*meter)(block.size()));
    body.append(block.data(), block.size());
  }
  stream_.ExpireAt(SteadyTime::max());
  co_return body;
}

Task<StatusOr<absl::string_view>> Exchange::ReadBlock(SteadyTime due) {
  stream_.ExpireAt(due + kLastWord);
  CO_ASSIGN_OR_RETURN(
      const absl::string_view block,
      co_await reader_.ReadBody(MessageReader::kCopiedBufferBytes));
  if (!block.empty() && std::chrono::steady_clock::now() > due) {
    co_return absl::DeadlineExceededError(
        "the manifest arrives too slowly, push again");
  }
  co_return block;
}

Task<Status> Exchange::StartAnswer(ResponseHead response,
                                   absl::string_view body) {
  if (!keep_alive) response.headers.Set("Connection", "close");
  StatusOr<std::string> bytes = WriteResponseHead(response);
  if (bytes.ok()) {
    status_ = response.status;
    absl::StrAppend(&*bytes, body);
  }
  return Send(std::move(bytes), body.size());
}

Task<Status> Exchange::Send(StatusOr<std::string> bytes, size_t body_bytes) {
  CO_RETURN_IF_ERROR(bytes.status());
  stream_.ExpireAfter(timeouts_.write);
  const Status written = co_await stream_.Write(*bytes);
  if (written.ok()) {
    sent_bytes_ += body_bytes;
  } else {
    keep_alive = false;
    NoteEnd(ClientEnd(written));
  }
  co_return written;
}

Task<Status> Exchange::Answer(ResponseHead response, std::string body) {
  // A body that was not read would be taken for the next request.
  if (!reader_.body_done()) keep_alive = false;
  response.headers.Set("Content-Length", absl::StrCat(body.size()));
  if (head.method == "HEAD") body.clear();
  return StartAnswer(std::move(response), body);
}

}  // namespace plimsoll
