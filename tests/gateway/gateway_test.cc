// What must be so before a gateway serves: its catalog loaded, its addresses
// its own.
#include "gateway/gateway.h"

#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include "tests/gateway/store/open_store.h"
#include "tests/support/captured_log.h"
#include "tests/support/image_builder.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_certificate.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A socket that listens and shares its port with whoever asks for that, as two
// gateways once shared theirs.
class SharingSocket {
 public:
  SharingSocket() {
    using ReusePort =
        asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind({asio::ip::make_address("127.0.0.1"), 0});
    acceptor_.listen();
  }
  std::string port() const {
    return absl::StrCat(acceptor_.local_endpoint().port());
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_{io_};
};

class GatewayTest : public testing::Test {
 protected:
  GatewayTest() {
    config_.listen.port = "0";
    config_.admin.port = "0";
    config_.upstreams.resize(1);
    config_.upstreams.front().url = "http://127.0.0.1:1";
    config_.sqlite_path = directory_.Path("plimsoll.db");
    config_.threads = 2;
  }
  void KeepABase() {
    const auto store = Serve(config_.sqlite_path);
    std::vector<BaseRecord> bases{RecordOf(ImageBuilder().Layer("base").Build(),
                                           {"docker.io/library/debian:12"})};
    ASSERT_THAT(Wait(store->PutBases(std::move(bases))), IsOk());
  }
  Status Listens() {
    StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::New(config_);
    return gateway.ok() ? (*gateway)->Listen() : gateway.status();
  }

  ScratchDir directory_;
  GatewayConfig config_;
};

TEST_F(GatewayTest, SharesItsPortAmongItsLoopsOnly) {
  EXPECT_THAT(Listens(), IsOk());
  const SharingSocket taken;
  config_.listen.port = taken.port();
  EXPECT_THAT(
      Listens(),
      StatusIs(absl::StatusCode::kUnavailable,
               AllOf(HasSubstr(absl::StrCat("127.0.0.1:", taken.port())),
                     HasSubstr("(registry): address already in use"))));
}

TEST_F(GatewayTest, SharesItsAdminPortWithNobody) {
  const SharingSocket taken;
  config_.admin.port = taken.port();
  EXPECT_THAT(Listens(),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("(admin): address already in use")));
}

// The doors were open while the catalog was being loaded, and pushes were
// refused for want of bases.
TEST_F(GatewayTest, HasLoadedItsCatalogBeforeItListens) {
  KeepABase();
  CaptureLog();
  const StatusOr<std::unique_ptr<Gateway>> gateway = Gateway::New(config_);
  const std::string log = CapturedLog();
  ASSERT_THAT(gateway, IsOk());
  EXPECT_THAT(log, HasSubstr(R"("event":"catalog","generation":"1")"));
}

TEST_F(GatewayTest, DoesNotStartWithoutItsCatalog) {
  KeepABase();
  OpenBeside(config_.sqlite_path)
      ->Prepare("UPDATE bases SET record = '{'")
      .Run()
      .IgnoreError();
  EXPECT_THAT(Listens(), StatusIs(absl::StatusCode::kDataLoss,
                                  HasSubstr("the catalog cannot be loaded")));
}

}  // namespace
}  // namespace plimsoll
