#include "gateway/http/message.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace plimsoll {

Task<HttpOr<std::string>> MessageReader::ReadHead(
    const std::function<void()>* begun) {
  HeadScanner scanner;
  body_bytes_ = 0;
  for (;;) {
    HttpOr<size_t> size = scanner.Scan(held());
    if (!size.ok()) co_return size.error();
    if (*size > 0) {
      std::string head(held().substr(0, *size));
      begin_ += *size;
      co_return head;
    }
    if (begun != nullptr && !empty()) (*std::exchange(begun, nullptr))();
    const absl::Span<char> room = Reserve(kHeadBufferBytes);
    const StatusOr<size_t> count = co_await stream_.Read(room);
    if (absl::IsDeadlineExceeded(count.status())) {
      HttpError late{408, "the head did not arrive in time"};
      co_return late;
    }
    if (!count.ok() || *count == 0) {
      broken_ = count.status();
      HttpError ended{0, "the connection ended"};
      co_return ended;
    }
    end_ += *count;
  }
}

void MessageReader::StartBody(const Framing& framing) {
  framing_ = framing;
  remaining_ = framing.kind == BodyKind::kLength ? framing.length : 0;
  chunks_ = ChunkDecoder();
  body_done_ = framing.kind == BodyKind::kNone ||
               (framing.kind == BodyKind::kLength && framing.length == 0);
}

Task<StatusOr<absl::string_view>> MessageReader::ReadBody(size_t room_bytes) {
  while (!body_done_) {
    if (!empty()) {
      StatusOr<absl::string_view> block = framing_.kind == BodyKind::kChunked
                                              ? TakeChunked()
                                              : TakeUncoded(end_ - begin_);
      if (!block.ok() || !block->empty()) co_return block;
      continue;
    }
    const absl::Span<char> room = Reserve(room_bytes);
    CO_ASSIGN_OR_RETURN(const size_t count, co_await stream_.Read(room));
    end_ += count;
    if (count > 0) continue;
    if (framing_.kind != BodyKind::kUntilClose) {
      co_return absl::UnavailableError("the connection ended within the body");
    }
    body_done_ = true;
  }
  co_return absl::string_view();
}

absl::string_view MessageReader::TakeHeld(size_t most) {
  const bool none = body_done_ || framing_.kind != BodyKind::kLength;
  return none ? absl::string_view() : TakeUncoded(most);
}

void MessageReader::Skip(uint64_t count) {
  body_bytes_ += count;
  remaining_ -= count;
  if (remaining_ == 0) body_done_ = true;
}

absl::string_view MessageReader::TakeUncoded(size_t most) {
  absl::string_view block = held().substr(0, most);
  if (framing_.kind == BodyKind::kLength) {
    block = block.substr(0, std::min<uint64_t>(block.size(), remaining_));
    Skip(block.size());
  } else {
    body_bytes_ += block.size();
  }
  begin_ += block.size();
  return block;
}

// All that is held, as one block: clients send chunks of 32 KiB, and each block
// is a call of the kernel's and a chunk of ours. Their data is moved together
// over the lines between them.
StatusOr<absl::string_view> MessageReader::TakeChunked() {
  char* start = nullptr;
  size_t joined = 0;
  while (!empty() && !body_done_) {
    HttpOr<ChunkDecoder::Step> step = chunks_.Next(held());
    if (!step.ok()) {  // said again by the next call
      if (joined > 0) break;
      return absl::InvalidArgumentError(step.error().message);
    }
    begin_ += step->consumed;
    body_done_ = chunks_.done();
    if (step->data.empty()) continue;
    if (joined == 0) start = buffer_.get() + begin_ - step->data.size();
    std::memmove(start + joined, step->data.data(), step->data.size());
    joined += step->data.size();
  }
  body_bytes_ += joined;
  return absl::string_view(start, joined);
}

void MessageReader::Rest() {
  if (!empty() || capacity_ <= kHeadBufferBytes) return;
  buffer_.reset();
  capacity_ = begin_ = end_ = 0;
}

absl::Span<char> MessageReader::Reserve(size_t capacity) {
  if (empty()) begin_ = end_ = 0;
  if (capacity_ != capacity || end_ == capacity_) MakeRoom(capacity);
  return {buffer_.get() + end_, capacity_ - end_};
}

void MessageReader::MakeRoom(size_t capacity) {
  const size_t size = end_ - begin_;
  const size_t wanted = std::max(capacity, 2 * size);
  if (wanted == capacity_) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, size);
  } else {
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (size > 0) std::memcpy(larger.get(), buffer_.get() + begin_, size);
    buffer_ = std::move(larger);
    capacity_ = wanted;
  }
  begin_ = 0;
  end_ = size;
}

}  // namespace plimsoll
