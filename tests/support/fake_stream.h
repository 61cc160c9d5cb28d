// FakeStream: a Stream whose other side is the test's: it says what each read
// gives and what each write does, and both may wait. One loop.
#ifndef PLIMSOLL_TESTS_SUPPORT_FAKE_STREAM_H_
#define PLIMSOLL_TESTS_SUPPORT_FAKE_STREAM_H_

#include <algorithm>
#include <functional>
#include <string>

#include "gateway/http/stream.h"

namespace plimsoll {

class FakeStream : public Stream {
 public:
  explicit FakeStream(Loop& loop)
      : Stream(loop.deadlines()), ended(loop.executor()) {}

  std::function<Task<StatusOr<size_t>>(absl::Span<char>)> on_read;
  std::function<Task<Status>(absl::string_view)> on_write;
  std::function<PeerEnd()> on_look = [] { return PeerEnd::kNone; };
  Event ended;  // closed, aborted or expired
  bool aborted = false;
  bool expired = false;

  Task<StatusOr<size_t>> Read(absl::Span<char> buffer) override {
    return on_read(buffer);
  }
  Task<Status> Write(absl::string_view bytes) override {
    return on_write(bytes);
  }
  void SetReading(bool) override {}
  void FinishWriting() override {}
  void Close() override { ended.Set(); }
  void Abort() override {
    aborted = true;
    Close();
  }
  bool IsQuiet() override { return !ended.is_set(); }
  PeerEnd peer_end() override { return on_look(); }
  std::string PeerAddress() const override { return "192.0.2.1"; }

  // A call that waits until the stream ends.
  Task<Status> Hang() {
    co_await ended.Wait();
    co_return expired ? absl::DeadlineExceededError("timed out")
                      : absl::UnavailableError("closed");
  }
  // Gives `pieces`, one a read, then the end of the stream.
  void Give(std::vector<std::string> pieces) {
    on_read = [left = std::move(pieces)](
                  absl::Span<char> buffer) mutable -> Task<StatusOr<size_t>> {
      return Next(left, buffer);
    };
  }

 protected:
  void OnExpired() override {
    expired = true;
    Close();
  }

 private:
  static Task<StatusOr<size_t>> Next(std::vector<std::string>& left,
                                     absl::Span<char> buffer) {
    if (left.empty()) co_return size_t{0};
    std::string& piece = left.front();
    const size_t count = std::min(piece.size(), buffer.size());
    std::copy_n(piece.begin(), count, buffer.begin());
    piece.erase(0, count);
    if (piece.empty()) left.erase(left.begin());
    co_return count;
  }
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_FAKE_STREAM_H_
