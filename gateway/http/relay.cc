#include "gateway/http/relay.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/chunked.h"
#include "gateway/http/pipe.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

// One body on its way.
class Relaying {
 public:
  Relaying(Stream& source, MessageReader& from, Stream& to,
           const RelayOptions& options)
      : source_(source),
        from_(from),
        to_(to),
        options_(options),
        tapped_(options.tap != nullptr) {}

  Task<RelayEnd> Run();

 private:
  bool chunked() const { return options_.framing.kind == BodyKind::kChunked; }
  bool MaySplice() const {
    return may_splice_ && !tapped_ &&
           from_.remaining() >= RelayOptions::kSpliceFrom &&
           source_.splices() && to_.splices();
  }
  // The side that is not waited for must outlive the one that is: a client is
  // told that the upstream stands still, and is not blamed for it.
  void WaitFor(Stream& waited_for, Stream& other) const {
    waited_for.ExpireAfter(options_.idle);
    other.ExpireAfter(2 * options_.idle);
  }
  // False where the relay has ended, and why is in end_.
  Task<bool> Write(absl::string_view block);
  Task<bool> WriteLast();
  void Count(size_t bytes) {
    end_.bytes += bytes;
    metrics::body_bytes.Add({options_.direction}, static_cast<int64_t>(bytes));
  }
  // After a block of so many bytes. A body that finds no room asks no more.
  void TakeFastRoom(size_t block);
  // Moves all that remains.
  Task<bool> Splice(Pipe& pipe);

  Stream& source_;
  MessageReader& from_;
  Stream& to_;
  const RelayOptions& options_;
  bool tapped_;
  bool may_splice_ = true;
  bool first_ = true;
  size_t room_ = MessageReader::kBodyBufferBytes;
  std::optional<FastRooms::Room> fast_room_;
  RelayEnd end_;
};

Task<RelayEnd> Relaying::Run() {
  for (;;) {
    if (from_.empty() && MaySplice()) {
      // None left: the buffer serves.
      StatusOr<Pipe> pipe = Pipe::New(options_.fast_rooms == nullptr
                                          ? RelayOptions::kPipeBytes
                                          : RelayOptions::kFastPipeBytes);
      if (pipe.ok()) {
        (void)co_await Splice(*pipe);
        co_return end_;
      }
      may_splice_ = false;
      room_ = Pipe::kLeastBytes;  // as much as it would have been, or more
    }
    WaitFor(source_, to_);
    const StatusOr<absl::string_view> block = co_await from_.ReadBody(room_);
    if (!block.ok()) {
      end_.read = block.status();
      co_return end_;
    }
    if (block->empty()) break;
    if (options_.fast_rooms != nullptr) TakeFastRoom(block->size());
    if (tapped_) tapped_ = co_await options_.tap(*block);
    if (!co_await Write(*block)) co_return end_;
  }
  if (chunked()) (void)co_await WriteLast();
  co_return end_;
}

void Relaying::TakeFastRoom(size_t block) {
  if (fast_room_ || block <= room_ / 2) return;
  fast_room_.emplace(*options_.fast_rooms);
  if (fast_room_->had()) room_ = FastRooms::kRoomBytes;
}

Task<bool> Relaying::Write(absl::string_view block) {
  WaitFor(to_, source_);
  if (chunked()) {
    const std::string lead =
        absl::StrCat(first_ ? "" : kChunkEnd, EncodeChunkHeader(block.size()));
    end_.write = co_await to_.WriteJoined(lead, block);
  } else {
    end_.write = co_await to_.Write(block);
  }
  first_ = false;
  if (end_.write.ok()) Count(block.size());
  co_return end_.write.ok();
}

Task<bool> Relaying::WriteLast() {
  const std::string last = absl::StrCat(first_ ? "" : kChunkEnd, kLastChunk);
  end_.write = co_await to_.Write(last);
  co_return end_.write.ok();
}

Task<bool> Relaying::Splice(Pipe& pipe) {
  while (from_.remaining() > 0) {
    WaitFor(source_, to_);
    const size_t most = std::min<uint64_t>(from_.remaining(), pipe.size());
    const StatusOr<size_t> count = co_await source_.SpliceInto(pipe, most);
    if (!count.ok()) {
      end_.read = count.status();
      co_return false;
    }
    if (*count == 0) {
      end_.read =
          absl::UnavailableError("the connection ended within the body");
      co_return false;
    }
    from_.Skip(*count);
    WaitFor(to_, source_);
    end_.write = co_await to_.SpliceFrom(pipe, *count);
    if (!end_.write.ok()) co_return false;
    Count(*count);
  }
  co_return true;
}

}  // namespace

Task<RelayEnd> RelayBody(Stream& source, MessageReader& from, Stream& to,
                         const RelayOptions& options) {
  Relaying relaying(source, from, to, options);
  co_return co_await relaying.Run();
}

}  // namespace plimsoll
