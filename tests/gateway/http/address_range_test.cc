#include "gateway/http/address_range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

bool In(absl::string_view range, absl::string_view address) {
  const StatusOr<AddressRange> parsed = AddressRange::Parse(range);
  EXPECT_THAT(parsed, IsOk()) << range;
  const auto of = ParseAddress(address);
  EXPECT_TRUE(of.has_value()) << address;
  return parsed.ok() && of && parsed->Contains(*of);
}

TEST(ParseAddress, TakesAddressesInTheFormThatIsCompared) {
  const struct {
    absl::string_view text;
    absl::string_view address;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"2001:db8::1", "2001:db8::1"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"::", "::"},
      {"::1", "::1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"::ffff:c000:201", "192.0.2.1"},
  };
  for (const auto& c : cases) {
    const auto address = ParseAddress(c.text);
    ASSERT_TRUE(address.has_value()) << c.text;
    EXPECT_EQ(address->to_string(), c.address);
  }
}

TEST(ParseAddress, TakesNothingElse) {
  for (const absl::string_view text : {"",
                                       " ",
                                       "localhost",
                                       "192.0.2",
                                       "192.0.2.1.1",
                                       "192.0.2.256",
                                       "192.0.2.01",
                                       "0x7f.0.0.1",
                                       "3221225985",
                                       " 192.0.2.1",
                                       "192.0.2.1 ",
                                       "192.0.2.1:80",
                                       "192.0.2.1/24",
                                       "+1.2.3.4",
                                       "[::1]",
                                       "fe80::1%eth0",
                                       "fe80::1%1",
                                       "::1::",
                                       ":::",
                                       "2001:db8::g",
                                       "12345::",
                                       "1:2:3:4:5:6:7:8:9",
                                       "unknown",
                                       "_hidden"}) {
    EXPECT_FALSE(ParseAddress(text).has_value()) << text;
  }
  const absl::string_view with_nul("192.0.2.1\0", 10);
  EXPECT_FALSE(ParseAddress(with_nul).has_value());
}

TEST(ShareKey, IsTheAddressOrTheFirst64BitsOfIpv6) {
  const struct {
    absl::string_view peer;
    absl::string_view key;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"192.0.2.2", "192.0.2.2"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"2001:db8:0:1::1", "2001:db8:0:1::/64"},
      {"2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::/64"},
      {"2001:db8:0:2::1", "2001:db8:0:2::/64"},
      {"::1", "::/64"},
      {"fe80::1%eth0", "fe80::/64"},
      {"", ""},
      {"unknown", "unknown"},
  };
  for (const auto& c : cases) EXPECT_EQ(ShareKey(c.peer), c.key) << c.peer;
}

TEST(AddressRange, ContainsWhatStartsLikeIt) {
  EXPECT_TRUE(In("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(In("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(In("10.128.0.0/9", "10.128.0.1"));
  EXPECT_FALSE(In("10.128.0.0/9", "10.127.255.255"));
  EXPECT_TRUE(In("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(In("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(In("192.0.2.0/31", "192.0.2.1"));
  EXPECT_FALSE(In("192.0.2.0/31", "192.0.2.2"));
  EXPECT_TRUE(In("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(In("fd00::/8", "fdff::1"));
  EXPECT_FALSE(In("fd00::/8", "fc00::1"));
  EXPECT_TRUE(In("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(In("2001:db8::/127", "2001:db8::2"));
  EXPECT_TRUE(In("::/0", "2001:db8::1"));
}

// An IPv4 client of a socket that speaks both is an IPv4 client.
TEST(AddressRange, KnowsIpv4InWhicheverFormItCame) {
  EXPECT_TRUE(In("10.0.0.0/8", "::ffff:10.1.2.3"));
  EXPECT_FALSE(In("::/0", "::ffff:10.1.2.3"));
  EXPECT_FALSE(In("::/0", "10.1.2.3"));
  EXPECT_FALSE(In("0.0.0.0/0", "::1"));
}

TEST(AddressRange, RefusesWhatMayBeASlipAndSaysWhatToWrite) {
  const struct {
    absl::string_view text;
    absl::string_view advice;
  } cases[] = {
      {"10.0.0.1/8", "write 10.0.0.0/8"},
      {"10.0.0.0/0", "write 0.0.0.0/0"},
      {"192.0.2.3/31", "write 192.0.2.2/31"},
      {"2001:db8::1/64", "write 2001:db8::/64"},
      {"::ffff:10.0.0.0/104", "write it as IPv4"},
      {"::ffff:10.0.0.1", "write it as IPv4"},
      {"", "write ADDRESS"},
      {"/8", "write ADDRESS"},
      {"10.0.0.0/", "write ADDRESS"},
      {"10.0.0.0/33", "write ADDRESS"},
      {"10.0.0.0/08", "write ADDRESS"},
      {"10.0.0.0/+8", "write ADDRESS"},
      {"10.0.0.0/-1", "write ADDRESS"},
      {"10.0.0.0/8/8", "write ADDRESS"},
      {"10.0.0.0/255.0.0.0", "write ADDRESS"},
      {"10.0.0.0/ 8", "write ADDRESS"},
      {"fd00::/129", "write ADDRESS"},
      {"fd00::/1000", "write ADDRESS"},
      {"[fd00::]/8", "write ADDRESS"},
      {"fe80::%eth0/64", "write ADDRESS"},
      {"10.0.0/8", "write ADDRESS"},
      {"10/8", "write ADDRESS"},
      {"proxy.example.com", "write ADDRESS"},
      {"*", "write ADDRESS"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(
        AddressRange::Parse(c.text),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(c.advice)))
        << c.text;
  }
}

}  // namespace
}  // namespace plimsoll
