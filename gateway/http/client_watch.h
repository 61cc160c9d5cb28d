// ClientWatch: looks whether a client that waits for its answer is still there,
// and closes the upstream's stream once it is not, so that the upstream sees
// it too. Borrows both streams; on their loop.
//
// A client that says that it sends no more may have closed its side or only
// half of it: that cannot be told apart. It is taken for gone, as by the Go
// servers that registries are (and by nginx): they end a request there whose
// client does so. While its body is still on its way only a reset counts: what
// was sent before the end goes upstream, as without a gateway.
#ifndef PLIMSOLL_GATEWAY_HTTP_CLIENT_WATCH_H_
#define PLIMSOLL_GATEWAY_HTTP_CLIENT_WATCH_H_

#include <chrono>

#include "gateway/http/loop.h"
#include "gateway/http/stream.h"

namespace plimsoll {

class ClientWatch : public Expiring {
 public:
  // An exchange that is shorter costs nothing.
  static constexpr std::chrono::seconds kLookEvery{1};

  ClientWatch(DeadlineList& list, Stream& client)
      : Expiring(list), client_(client) {}

  void Start(Stream& upstream) {
    upstream_ = &upstream;
    ExpireAfter(kLookEvery);
  }
  void Stop() { ExpireAt(SteadyTime::max()); }
  // The request has been sent whole.
  void BodyIsThrough() { body_through_ = true; }

  // It went away while it was watched.
  bool gone() const { return gone_; }

 protected:
  void OnExpired() override {
    const PeerEnd end = client_.peer_end();
    gone_ =
        end == PeerEnd::kBroken || (end == PeerEnd::kFinished && body_through_);
    if (gone_) {
      upstream_->Close();
    } else {
      ExpireAfter(kLookEvery);
    }
  }

 private:
  Stream& client_;
  Stream* upstream_ = nullptr;
  bool body_through_ = false;
  bool gone_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CLIENT_WATCH_H_
