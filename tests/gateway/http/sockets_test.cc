#include "gateway/http/sockets.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <vector>

namespace plimsoll {
namespace {

constexpr int kBuffer = 64 << 10;

int Get(int socket, int level, int option) {
  int value = -1;
  socklen_t size = sizeof(value);
  EXPECT_EQ(::getsockopt(socket, level, option, &value, &size), 0);
  return value;
}

class SocketsTest : public testing::Test {
 protected:
  // Both ends of a connection to `acceptor_`, made with that buffer.
  void Connect(int buffer) {
    acceptor_.open(asio::ip::tcp::v4());
    SetUpSocket(acceptor_.native_handle(), buffer);
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen();
    const std::vector<asio::ip::tcp::endpoint> endpoints{
        acceptor_.local_endpoint()};
    asio::co_spawn(io_, ConnectToAny(client_, endpoints, buffer),
                   [this](std::exception_ptr, boost::system::error_code error) {
                     error_ = error;
                   });
    io_.run();
    ASSERT_FALSE(error_) << error_.message();
    server_ = acceptor_.accept();
  }

  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_};
  asio::ip::tcp::socket client_{io_};
  asio::ip::tcp::socket server_{io_};
  boost::system::error_code error_;
};

TEST_F(SocketsTest, HaveTheBuffersThatAreSaid) {
  Connect(kBuffer);
  for (auto* socket : {&client_, &server_}) {
    const int handle = socket->native_handle();
    // The kernel doubles them, for its own bookkeeping.
    EXPECT_EQ(Get(handle, SOL_SOCKET, SO_RCVBUF), 2 * kBuffer);
    EXPECT_EQ(Get(handle, SOL_SOCKET, SO_SNDBUF), 2 * kBuffer);
  }
}

// The window that a peer is offered can then never be larger, whatever comes.
TEST_F(SocketsTest, ScaleTheWindowByTheirBuffers) {
  Connect(kBuffer);
  tcp_info info{};
  socklen_t size = sizeof(info);
  ASSERT_EQ(::getsockopt(client_.native_handle(), IPPROTO_TCP, TCP_INFO, &info,
                         &size),
            0);
  EXPECT_LE(65'535 << info.tcpi_snd_wscale, 4 * kBuffer);
  EXPECT_LE(65'535 << info.tcpi_rcv_wscale, 4 * kBuffer);
}

TEST_F(SocketsTest, NoticeAPeerThatIsGoneWithoutAWord) {
  Connect(0);
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
  const auto connect = [this](std::vector<asio::ip::tcp::endpoint> endpoints) {
    boost::system::error_code result;
    asio::co_spawn(
        io_, ConnectToAny(client_, endpoints, 0),
        [&result](std::exception_ptr, boost::system::error_code error) {
          result = error;
        });
    io_.restart();
    io_.run();
    return result;
  };
  EXPECT_FALSE(connect({dead, live.local_endpoint()}));
  EXPECT_EQ(connect({dead}), asio::error::connection_refused);
  EXPECT_EQ(connect({}), asio::error::not_found);
}

}  // namespace
}  // namespace plimsoll
