// ScriptServer: an upstream on a loopback port that does what a test says with
// each request and keeps what it saw. It runs on a thread of its own; its
// methods are safe from any thread. What is sent to it must be strict HTTP/1.1:
// anything else is kept as malformed and the connection is closed. Destruction
// closes every connection.
#ifndef PLIMSOLL_TESTS_SUPPORT_SCRIPT_SERVER_H_
#define PLIMSOLL_TESTS_SUPPORT_SCRIPT_SERVER_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/head.h"
#include "gateway/task.h"
#include "tests/support/message_reader.h"

namespace plimsoll {

struct SeenRequest {
  size_t connection = 0;   // counted from 1
  std::string head_bytes;  // as they came
  RequestHead head;
  std::string body;        // what had come of it when it was answered
  bool whole = false;      // all of the body had come
  bool malformed = false;  // then only head_bytes is set
};

// What the server does with one request, in this order.
struct ScriptReply {
  static constexpr size_t kWholeBody = ~size_t{0};

  size_t read_first =
      kWholeBody;     // bytes of the body to read before it answers
  std::string bytes;  // sent as they are
  // Makes what is sent of what has been read, where it is set: `bytes`.
  std::function<std::string(const SeenRequest&)> answer = nullptr;
  std::string after_release;  // sent once Release() was called
  enum class Then {
    kKeepOpen,  // reads what is left of the body, then the next request
    kClose,     // ends its side and reads until the other ends
    kReset,     // breaks the connection
    kStall,     // neither reads nor writes until Release(), then closes
  } then = Then::kKeepOpen;
};

class ScriptServer {
 public:
  // Called with each head, on the server's thread.
  using Script = std::function<ScriptReply(const RequestHead& head)>;

  explicit ScriptServer(Script script);
  // Answers every request with the same bytes.
  explicit ScriptServer(std::string bytes);
  ~ScriptServer();

  uint16_t port() const { return port_; }
  std::string authority() const;  // "127.0.0.1:PORT"

  // Requests in the order in which they were answered or broken off.
  std::vector<SeenRequest> requests() const;
  size_t connections() const;
  // Waits until that many requests are in requests(); false at the deadline.
  bool WaitForRequests(size_t count,
                       absl::Duration deadline = absl::Seconds(20)) const;
  // Lets every reply that waits for it go on, and all later ones.
  void Release();

 private:
  using Socket = asio::ip::tcp::socket;

  Task<> Accept();
  Task<> Serve(Socket socket, size_t number);
  // False where the connection is lost or malformed.
  Task<bool> ReadHead(Socket& socket, RequestReader& reader);
  Task<bool> ReadBody(Socket& socket, RequestReader& reader, size_t wanted);
  // Whether the connection stays open for another request.
  Task<bool> Play(Socket& socket, RequestReader& reader, size_t number);
  Task<bool> Drain(Socket& socket, RequestReader& reader, size_t number);
  Task<> End(Socket& socket, ScriptReply::Then then);
  Task<> Gate();
  SeenRequest Record(const RequestReader& reader, size_t number);

  Script script_;
  asio::io_context loop_;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer gate_;
  bool released_ = false;  // on the server's thread only
  uint16_t port_;
  mutable std::mutex mutex_;
  mutable std::condition_variable recorded_;
  std::vector<SeenRequest> requests_;
  size_t connections_ = 0;
  std::thread thread_;
};

// A whole answer: "HTTP/1.1 STATUS", `fields` (each with its CRLF), the body's
// Content-Length and the body.
std::string CannedAnswer(absl::string_view status, absl::string_view body,
                         absl::string_view fields = "");

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_SCRIPT_SERVER_H_
