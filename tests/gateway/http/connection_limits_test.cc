#include "gateway/http/connection_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/observe/metrics.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using Place = ConnectionLimits::Place;

boost::asio::ip::address Ip(absl::string_view text) {
  return *ParseAddress(text);
}

ConnectionLimits::Options Of(size_t all, size_t of_address) {
  ConnectionLimits::Options options;
  options.listener = "registry";
  options.all = all;
  options.of_address = of_address;
  return options;
}

int64_t Refused(absl::string_view reason) {
  return metrics::refused_connections.Get({"registry", reason});
}

TEST(ConnectionLimits, HasSoManyPlacesAndTakesThemBack) {
  const auto limits = ConnectionLimits::New(Of(2, 0));
  const int64_t before = Refused("all");
  std::vector<Place> places;
  places.push_back(limits->Enter(Ip("192.0.2.1")));
  places.push_back(limits->Enter(Ip("192.0.2.1")));
  EXPECT_TRUE(places[1].ok());
  EXPECT_THAT(std::string(limits->Enter(Ip("192.0.2.2")).refusal()),
              HasSubstr("too many connections are open"));
  EXPECT_EQ(Refused("all"), before + 1);
  places.pop_back();
  EXPECT_TRUE(limits->Enter(Ip("192.0.2.2")).ok());
}

TEST(ConnectionLimits, HasAShareForEachAddress) {
  const auto limits = ConnectionLimits::New(Of(100, 2));
  const int64_t before = Refused("address");
  std::vector<Place> places;
  places.push_back(limits->Enter(Ip("192.0.2.1")));
  places.push_back(limits->Enter(Ip("192.0.2.1")));
  EXPECT_THAT(std::string(limits->Enter(Ip("192.0.2.1")).refusal()),
              HasSubstr("from this address"));
  EXPECT_EQ(Refused("address"), before + 1);
  EXPECT_TRUE(limits->Enter(Ip("192.0.2.2")).ok());
  EXPECT_TRUE(limits->Enter(Ip("2001:db8::1")).ok());
  places.pop_back();
  EXPECT_TRUE(limits->Enter(Ip("192.0.2.1")).ok());
}

// Who has a network of IPv6 addresses could use a new one for each connection.
TEST(ConnectionLimits, TakesANetworkOfIpv6ForOneAddress) {
  const auto limits = ConnectionLimits::New(Of(100, 1));
  const Place place = limits->Enter(Ip("2001:db8:0:1::1"));
  EXPECT_TRUE(place.ok());
  EXPECT_FALSE(limits->Enter(Ip("2001:db8:0:1:ffff::2")).ok());
  EXPECT_TRUE(limits->Enter(Ip("2001:db8:0:2::1")).ok());
}

TEST(ConnectionLimits, HasNoShareWhereItIsZero) {
  const auto limits = ConnectionLimits::New(Of(1000, 0));
  std::vector<Place> places;
  for (int i = 0; i < 1000; ++i) {
    places.push_back(limits->Enter(Ip("192.0.2.1")));
  }
  EXPECT_TRUE(places.back().ok());
}

TEST(ConnectionLimits, BoundTheClientsOfAProxyAndNotTheProxy) {
  ConnectionLimits::Options options = Of(100, 1);
  options.trusted = {*AddressRange::Parse("10.0.0.0/8")};
  const auto limits = ConnectionLimits::New(options);
  const Place one = limits->Enter(Ip("10.0.0.1"));
  const Place two = limits->Enter(Ip("10.0.0.1"));
  EXPECT_TRUE(one.ok());
  EXPECT_TRUE(two.ok());
  const Place request = limits->EnterRequest(Ip("192.0.2.1"));
  EXPECT_TRUE(request.ok());
  EXPECT_FALSE(limits->EnterRequest(Ip("192.0.2.1")).ok());
  EXPECT_TRUE(limits->EnterRequest(Ip("192.0.2.2")).ok());
  // Who comes by both ways has one share.
  EXPECT_FALSE(limits->Enter(Ip("192.0.2.1")).ok());
}

TEST(ConnectionLimits, TakeNoPlaceOfAllForARequest) {
  const auto limits = ConnectionLimits::New(Of(1, 0));
  const Place connection = limits->Enter(Ip("192.0.2.1"));
  EXPECT_TRUE(limits->EnterRequest(Ip("192.0.2.1")).ok());
}

TEST(ConnectionLimits, LoseNoPlaceBetweenThreads) {
  const auto limits = ConnectionLimits::New(Of(100, 100));
  const auto come_and_go = [&limits] {
    for (int i = 0; i < 5'000; ++i) {
      (void)limits->Enter(Ip(absl::StrCat("192.0.2.", i % 7)));
    }
  };
  std::thread other(come_and_go);
  come_and_go();
  other.join();
  std::vector<Place> places;
  for (int i = 0; i < 100; ++i) {
    places.push_back(limits->Enter(Ip("192.0.2.1")));
    EXPECT_TRUE(places.back().ok());
  }
  EXPECT_FALSE(limits->Enter(Ip("192.0.2.1")).ok());
}

// A flood of connections is none of lines.
TEST(ConnectionLimits, SayNowAndThenWhomTheyRefuse) {
  absl::Time now = absl::UnixEpoch();
  ConnectionLimits::Options options = Of(100, 1);
  options.clock = [&now] { return now; };
  const auto limits = ConnectionLimits::New(options);
  const Place place = limits->Enter(Ip("192.0.2.1"));
  CaptureLog();
  for (int i = 0; i < 100; ++i) (void)limits->Enter(Ip("192.0.2.1"));
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(R"("address":"192.0.2.1","limit":"1")"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  now += ConnectionLimits::kSaidEvery;
  CaptureLog();
  (void)limits->Enter(Ip("192.0.2.1"));
  EXPECT_THAT(CapturedLog(), HasSubstr(R"("others":"99")"));
}

}  // namespace
}  // namespace plimsoll
