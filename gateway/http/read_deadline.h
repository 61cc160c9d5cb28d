// ReadDeadline: ends what is being read of a stream once its time is up, and
// leaves the stream for an answer: a stream that expires is closed. Reads of it
// go on when this ends. Borrows the stream; on its loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_READ_DEADLINE_H_
#define PLIMSOLL_GATEWAY_HTTP_READ_DEADLINE_H_

#include <chrono>

#include "gateway/http/loop.h"
#include "gateway/http/stream.h"

namespace plimsoll {

class ReadDeadline : public Expiring {
 public:
  ReadDeadline(DeadlineList& list, Stream& stream,
               std::chrono::steady_clock::duration delay)
      : Expiring(list), stream_(stream) {
    ExpireAfter(delay);
  }
  ~ReadDeadline() override {
    if (passed_) stream_.SetReading(true);
  }

  bool passed() const { return passed_; }

 protected:
  void OnExpired() override {
    passed_ = true;
    stream_.SetReading(false);
  }

 private:
  Stream& stream_;
  bool passed_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_READ_DEADLINE_H_
