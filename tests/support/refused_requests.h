// Requests that must be refused: each is read differently by some two HTTP
// parsers, or would be if it were passed on. For the codec's tests and for
// those that send bytes to a listening gateway.
#ifndef PLIMSOLL_TESTS_SUPPORT_REFUSED_REQUESTS_H_
#define PLIMSOLL_TESTS_SUPPORT_REFUSED_REQUESTS_H_

#include <string>
#include <vector>

namespace plimsoll {

struct RefusedRequest {
  std::string name;
  std::string bytes;
  int status;  // the answer
};

// The request line and the shape of header lines.
std::vector<RefusedRequest> RefusedHeads();
// What a single field may say: Host, Connection, Upgrade, Expect.
std::vector<RefusedRequest> RefusedFields();
// Content-Length, Transfer-Encoding and both.
std::vector<RefusedRequest> RefusedFramings();
// Chunked bodies behind a faultless head.
std::vector<RefusedRequest> RefusedChunks();
// All of the above.
std::vector<RefusedRequest> RefusedRequests();

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_REFUSED_REQUESTS_H_
