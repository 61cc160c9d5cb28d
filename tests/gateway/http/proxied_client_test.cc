#include "gateway/http/proxied_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace plimsoll {
namespace {

using testing::HasSubstr;
using Fields = std::vector<std::pair<absl::string_view, std::string>>;

// What a proxy at 10.0.0.1 says, where 10.0.0.0/8 and fd00::/8 are trusted.
HttpOr<ProxiedClient> Read(const Fields& fields) {
  AddressRanges trusted{*AddressRange::Parse("10.0.0.0/8"),
                        *AddressRange::Parse("fd00::/8")};
  Headers headers;
  for (const auto& [name, value] : fields) headers.Add(name, value);
  return ReadForwarded(headers, *ParseAddress("10.0.0.1"), trusted);
}

std::string AddressIn(const std::string& forwarded_for) {
  const auto client = Read({{"X-Forwarded-For", forwarded_for}});
  return client.ok() ? client->address.to_string() : client.error().message;
}

TEST(ProxiedClient, IsTheRightmostThatIsNoTrustedProxy) {
  const struct {
    std::string forwarded_for;
    absl::string_view client;
  } cases[] = {
      {"192.0.2.7", "192.0.2.7"},
      {"192.0.2.7, 10.0.0.2", "192.0.2.7"},
      {"192.0.2.7,10.0.0.2,10.0.0.3", "192.0.2.7"},
      // What is left of it is the client's own invention.
      {"198.51.100.1, 192.0.2.7", "192.0.2.7"},
      {"10.9.9.9, 192.0.2.7, 10.0.0.2", "192.0.2.7"},
      {"unknown, <script>, 192.0.2.7", "192.0.2.7"},
      {", , 192.0.2.7", "192.0.2.7"},
      // Within the trusted network: the farthest that is known.
      {"10.0.0.9", "10.0.0.9"},
      {"10.0.0.9, 10.0.0.2", "10.0.0.9"},
      {"2001:db8::1", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"[2001:db8::1]:443", "2001:db8::1"},
      {"192.0.2.7:52000", "192.0.2.7"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"192.0.2.7, ::ffff:10.0.0.2", "192.0.2.7"},
      {"192.0.2.7, fd00::2", "192.0.2.7"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(AddressIn(c.forwarded_for), c.client) << c.forwarded_for;
  }
}

TEST(ProxiedClient, IsReadOverAllFieldsInTheirOrder) {
  const auto client = Read({{"X-Forwarded-For", "198.51.100.1"},
                            {"x-forwarded-for", "192.0.2.7"},
                            {"X-Forwarded-For", "10.0.0.2"}});
  ASSERT_TRUE(client.ok());
  EXPECT_EQ(client->address.to_string(), "192.0.2.7");
}

TEST(ProxiedClient, IsTheProxyItselfWhereItNamesNobody) {
  const auto client = Read({{"Forwarded", "for=192.0.2.7"}});
  ASSERT_TRUE(client.ok());
  EXPECT_EQ(client->address.to_string(), "10.0.0.1");
  EXPECT_FALSE(client->secure.has_value());
  EXPECT_EQ(client->authority, "");
}

TEST(ProxiedClient, HasTheSchemeAndTheHostThatTheProxySays) {
  for (const absl::string_view https : {"https", "HTTPS"}) {
    const auto client = Read({{"X-Forwarded-Proto", std::string(https)}});
    ASSERT_TRUE(client.ok());
    EXPECT_EQ(client->secure, std::optional<bool>(true));
  }
  EXPECT_EQ(Read({{"X-Forwarded-Proto", "http"}})->secure,
            std::optional<bool>(false));
  for (const absl::string_view host :
       {"registry.example.com", "registry.example.com:5000", "192.0.2.1",
        "[2001:db8::1]:5000"}) {
    const auto client = Read({{"X-Forwarded-Host", std::string(host)}});
    ASSERT_TRUE(client.ok()) << host;
    EXPECT_EQ(client->authority, host);
  }
}

TEST(ProxiedClient, IsRefusedWhereTwoCouldReadItDifferently) {
  const struct {
    Fields fields;
    absl::string_view says;
  } cases[] = {
      {{{"X-Forwarded-For", ""}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7,"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "unknown"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7, unknown"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7, unknown, 10.0.0.2"}},
       "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7;10.0.0.2"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7 10.0.0.2"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "client.example.com"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.07"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7:"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "192.0.2.7:99999"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "[192.0.2.7]"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "[2001:db8::1"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "[2001:db8::1]443"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "[2001:db8::1]:"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "fe80::1%eth0"}}, "X-Forwarded-For"},
      {{{"X-Forwarded-For", "\"192.0.2.7\""}}, "X-Forwarded-For"},
      {{{"X-Forwarded-Proto", ""}}, "X-Forwarded-Proto"},
      {{{"X-Forwarded-Proto", "wss"}}, "X-Forwarded-Proto"},
      {{{"X-Forwarded-Proto", "https, http"}}, "X-Forwarded-Proto"},
      {{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "https"}},
       "X-Forwarded-Proto"},
      {{{"X-Forwarded-Host", ""}}, "X-Forwarded-Host"},
      {{{"X-Forwarded-Host", "a.example, b.example"}}, "X-Forwarded-Host"},
      {{{"X-Forwarded-Host", "a.example/path"}}, "X-Forwarded-Host"},
      {{{"X-Forwarded-Host", "user@a.example"}}, "X-Forwarded-Host"},
      {{{"X-Forwarded-Host", "a.example:0"}}, "X-Forwarded-Host"},
      {{{"X-Forwarded-Host", "a.example"}, {"X-Forwarded-Host", "a.example"}},
       "X-Forwarded-Host"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.fields[0].second);
    const auto client = Read(c.fields);
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().status, 400);
    EXPECT_THAT(client.error().message, HasSubstr(c.says));
  }
}

}  // namespace
}  // namespace plimsoll
