#include "gateway/http/sockets.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <vector>

namespace plimsoll {
namespace {

using boost::system::error_code;

constexpr int kBuffer = 64 << 10;
constexpr SocketBuffers kBuffers{.receive = kBuffer, .send = kBuffer};
constexpr std::chrono::seconds kWithin{20};

int Get(int socket, int level, int option) {
  int value = -1;
  socklen_t size = sizeof(value);
  EXPECT_EQ(::getsockopt(socket, level, option, &value, &size), 0);
  return value;
}

class SocketsTest : public testing::Test {
 protected:
  // Both ends of a connection to `acceptor_`, made with those buffers.
  void Connect(SocketBuffers buffers) {
    acceptor_.open(asio::ip::tcp::v4());
    SetUpSocket(acceptor_.native_handle(), buffers);
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen();
    const std::vector<asio::ip::tcp::endpoint> endpoints{
        acceptor_.local_endpoint()};
    const error_code error = ConnectTo(endpoints, kWithin, buffers);
    ASSERT_FALSE(error) << error.message();
    server_ = acceptor_.accept();
  }
  // What `client_` has of it.
  error_code ConnectTo(const std::vector<asio::ip::tcp::endpoint>& endpoints,
                       SteadyDuration within = kWithin,
                       SocketBuffers buffers = {}) {
    error_code result;
    asio::co_spawn(
        io_, ConnectToAny(client_, endpoints, buffers, within),
        [&result](std::exception_ptr, error_code error) { result = error; });
    io_.restart();
    io_.run();
    return result;
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_};
  asio::ip::tcp::socket client_{io_};
  asio::ip::tcp::socket server_{io_};
};

// Listens and never answers: its backlog is full, so that the system lets what
// comes wait.
class SilentAddress {
 public:
  explicit SilentAddress(asio::io_context& io) : acceptor_(io), waits_(io) {
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen(0);  // one more than that
    waits_.connect(endpoint());
  }
  asio::ip::tcp::endpoint endpoint() const {
    return acceptor_.local_endpoint();
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket waits_;
};

TEST_F(SocketsTest, HaveTheBuffersThatAreSaid) {
  Connect({.receive = kBuffer, .send = 2 * kBuffer});
  for (auto* socket : {&client_, &server_}) {
    const int handle = socket->native_handle();
    // The kernel doubles them, for its own bookkeeping.
    EXPECT_EQ(Get(handle, SOL_SOCKET, SO_RCVBUF), 2 * kBuffer);
    EXPECT_EQ(Get(handle, SOL_SOCKET, SO_SNDBUF), 4 * kBuffer);
  }
}

// The window that a peer is offered can then never be larger, whatever comes.
TEST_F(SocketsTest, ScaleTheWindowByTheirBuffers) {
  Connect(kBuffers);
  tcp_info info{};
  socklen_t size = sizeof(info);
  ASSERT_EQ(::getsockopt(client_.native_handle(), IPPROTO_TCP, TCP_INFO, &info,
                         &size),
            0);
  EXPECT_LE(65'535 << info.tcpi_snd_wscale, 4 * kBuffer);
  EXPECT_LE(65'535 << info.tcpi_rcv_wscale, 4 * kBuffer);
}

TEST_F(SocketsTest, NoticeAPeerThatIsGoneWithoutAWord) {
  Connect({});
  for (auto* socket : {&client_, &server_}) {
    const int handle = socket->native_handle();
    EXPECT_EQ(Get(handle, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(Get(handle, IPPROTO_TCP, TCP_KEEPIDLE), 60);
    EXPECT_EQ(Get(handle, IPPROTO_TCP, TCP_KEEPINTVL), 15);
    EXPECT_EQ(Get(handle, IPPROTO_TCP, TCP_KEEPCNT), 4);
  }
}

TEST_F(SocketsTest, ConnectToTheFirstThatTakesThem) {
  asio::ip::tcp::endpoint dead;
  {
    asio::ip::tcp::acceptor gone(io_, {asio::ip::address_v4::loopback(), 0});
    dead = gone.local_endpoint();
  }
  asio::ip::tcp::acceptor live(io_, {asio::ip::address_v4::loopback(), 0});
  EXPECT_FALSE(ConnectTo({dead, live.local_endpoint()}));
  EXPECT_EQ(ConnectTo({dead}), asio::error::connection_refused);
  EXPECT_EQ(ConnectTo({}), asio::error::not_found);
}

// The first used up the time of all: a host whose IPv6 led nowhere could not be
// reached.
TEST_F(SocketsTest, ConnectToTheSecondWhereTheFirstIsSilent) {
  const SilentAddress silent(io_);
  asio::ip::tcp::acceptor live(io_, {asio::ip::address_v4::loopback(), 0});
  const std::chrono::seconds within{2};
  const error_code error =
      ConnectTo({silent.endpoint(), live.local_endpoint()}, within);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(client_.remote_endpoint(), live.local_endpoint());
}

TEST_F(SocketsTest, GiveUpWhereAllAreSilent) {
  const SilentAddress silent(io_);
  const std::vector<asio::ip::tcp::endpoint> all(3, silent.endpoint());
  EXPECT_EQ(ConnectTo(all, 2 * kLeastShare), asio::error::timed_out);
  EXPECT_EQ(ConnectTo(all, SteadyDuration::zero()), asio::error::timed_out);
}

TEST(ConnectShare, IsAPartOfWhatIsLeftButNeverTooLittleForAnAnswer) {
  using std::chrono::milliseconds;
  EXPECT_EQ(ConnectShare(milliseconds(3000), 1), milliseconds(3000));
  EXPECT_EQ(ConnectShare(milliseconds(3000), 2), milliseconds(1500));
  EXPECT_EQ(ConnectShare(milliseconds(3000), 12), milliseconds(250));
  EXPECT_EQ(ConnectShare(milliseconds(3000), 13), milliseconds(250));
  EXPECT_EQ(ConnectShare(milliseconds(249), 2), milliseconds(249));
}

}  // namespace
}  // namespace plimsoll
