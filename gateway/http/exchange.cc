#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/server.h"

namespace plimsoll {

Task<Status> Exchange::InviteBody() {
  if (invited_ || !ExpectsContinue(head)) co_return absl::OkStatus();
  invited_ = true;
  stream_.ExpireAfter(timeouts_.write);
  co_return co_await stream_.Write("HTTP/1.1 100 Continue\r\n\r\n");
}

Task<StatusOr<std::string>> Exchange::ReadWholeBody(size_t max_bytes) {
  const std::string too_large =
      absl::StrCat("the body is larger than ", max_bytes, " bytes");
  if (framing.kind == BodyKind::kLength && framing.length > max_bytes) {
    co_return absl::ResourceExhaustedError(too_large);
  }
  CO_RETURN_IF_ERROR(co_await InviteBody());
  stream_.ExpireAfter(timeouts_.held_body);  // in all, not for each block
  std::string body;
  for (;;) {
    CO_ASSIGN_OR_RETURN(const absl::string_view block,
                        co_await reader_.ReadBody());
    if (block.empty()) break;
    if (body.size() + block.size() > max_bytes) {
      co_return absl::ResourceExhaustedError(too_large);
    }
    body.append(block.data(), block.size());
  }
  stream_.ExpireAt(SteadyTime::max());
  co_return body;
}

Task<Status> Exchange::StartAnswer(const ResponseHead& response) {
  answered_ = true;
  ResponseHead out = response;
  if (!keep_alive) out.headers.Set("Connection", "close");
  CO_ASSIGN_OR_RETURN(const std::string bytes, WriteResponseHead(out));
  stream_.ExpireAfter(timeouts_.write);
  co_return co_await stream_.Write(bytes);
}

Task<Status> Exchange::Answer(ResponseHead response, std::string body) {
  answered_ = true;
  // A body that was not read would be taken for the next request.
  if (!reader_.body_done()) keep_alive = false;
  response.headers.Set("Content-Length", absl::StrCat(body.size()));
  if (!keep_alive) response.headers.Set("Connection", "close");
  CO_ASSIGN_OR_RETURN(std::string bytes, WriteResponseHead(response));
  if (head.method != "HEAD") bytes += body;
  stream_.ExpireAfter(timeouts_.write);
  co_return co_await stream_.Write(bytes);
}

}  // namespace plimsoll
