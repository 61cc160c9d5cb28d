// The gRPC door: AdmissionService on a Unix socket or loopback. gRPC keeps its
// own threads; a call crosses to the gateway's loop, is judged there, and is
// finished from there.
#ifndef PLIMSOLL_GATEWAY_API_GRPC_SERVER_H_
#define PLIMSOLL_GATEWAY_API_GRPC_SERVER_H_

#include <memory>
#include <string>

#include "gateway/admission/reference_judge.h"
#include "gateway/http/loop.h"
#include "policy/status.h"

namespace plimsoll {

class GrpcServer {
 public:
  // Binds `address`: "unix:PATH" (mode 0600) or a loopback "host:port".
  // Unavailable where it cannot be bound. Borrows; serves at once.
  static StatusOr<std::unique_ptr<GrpcServer>> Start(const std::string& address,
                                                     ReferenceJudge& judge,
                                                     Loop& loop);
  virtual ~GrpcServer() = default;
  // Takes no more calls and ends those under way after `grace`. Blocks: not for
  // a loop's thread.
  virtual void Shutdown(absl::Duration grace) = 0;
  // The bound port; 0 for a Unix socket.
  virtual int port() const = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_API_GRPC_SERVER_H_
