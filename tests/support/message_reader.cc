#include "tests/support/message_reader.h"

#include <algorithm>
#include <utility>

namespace plimsoll {

void RequestReader::Feed(absl::string_view piece) {
  buffer_.append(piece.data(), piece.size());
  if (!refusal_ && !head_) ReadHead();
  if (!refusal_ && head_ && !done_) ReadBody();
}

void RequestReader::ReadHead() {
  HttpOr<size_t> end = scanner_.Scan(buffer_);
  if (!end.ok()) {
    refusal_ = end.error();
    return;
  }
  if (*end == 0) return;
  auto head = ParseRequestHead(absl::string_view(buffer_).substr(0, *end));
  if (!head.ok()) {
    refusal_ = head.error();
    return;
  }
  HttpOr<Framing> framing = RequestFraming(*head);
  if (!framing.ok()) {
    refusal_ = framing.error();
    return;
  }
  head_ = *std::move(head);
  head_bytes_ = buffer_.substr(0, *end);
  framing_ = *framing;
  buffer_.erase(0, *end);
}

void RequestReader::ReadBody() {
  if (framing_.kind == BodyKind::kChunked) return ReadChunks();
  size_t want = static_cast<size_t>(framing_.length) - body_.size();
  size_t taken = std::min(want, buffer_.size());
  body_.append(buffer_, 0, taken);
  buffer_.erase(0, taken);
  done_ = body_.size() == framing_.length;
}

void RequestReader::ReadChunks() {
  absl::string_view in = buffer_;
  while (!in.empty() && !decoder_.done()) {
    auto step = decoder_.Next(in);
    if (!step.ok()) {
      refusal_ = step.error();
      return;
    }
    body_.append(step->data.data(), step->data.size());
    in.remove_prefix(step->consumed);
  }
  buffer_.erase(0, buffer_.size() - in.size());
  done_ = decoder_.done();
}

}  // namespace plimsoll
