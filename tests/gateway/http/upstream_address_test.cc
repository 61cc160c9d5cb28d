#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/http/upstream.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(UpstreamAddress, ReadsSchemeHostAndPort) {
  struct Case {
    const char* url;
    bool tls;
    const char* host;
    const char* port;
    const char* authority;
  };
  const Case cases[] = {
      {"http://registry", false, "registry", "80", "registry"},
      {"https://registry", true, "registry", "443", "registry"},
      {"https://registry/", true, "registry", "443", "registry"},
      {"http://registry:5000", false, "registry", "5000", "registry:5000"},
      {"https://r.example.com:443", true, "r.example.com", "443",
       "r.example.com"},
      {"http://10.0.0.1:80/", false, "10.0.0.1", "80", "10.0.0.1"},
      {"https://[::1]:5000", true, "::1", "5000", "[::1]:5000"},
      {"http://[2001:db8::1]", false, "2001:db8::1", "80", "[2001:db8::1]"},
      {"http://my_registry:5000", false, "my_registry", "5000",
       "my_registry:5000"},
  };
  for (const Case& c : cases) {
    const StatusOr<UpstreamAddress> address = UpstreamAddress::Parse(c.url);
    ASSERT_THAT(address, IsOk()) << c.url;
    EXPECT_EQ(address->tls, c.tls) << c.url;
    EXPECT_EQ(address->host, c.host) << c.url;
    EXPECT_EQ(address->port, c.port) << c.url;
    EXPECT_EQ(address->Authority(), c.authority) << c.url;
  }
}

TEST(UpstreamAddress, RefusesEverythingElse) {
  for (const char* url : {"",
                          "registry",
                          "registry:5000",
                          "//registry",
                          "ftp://registry",
                          "HTTP://registry",
                          "http:/registry",
                          "http://",
                          "http:///",
                          "http://:5000",
                          "http://registry:",
                          "http://registry:0",
                          "http://registry:65536",
                          "http://registry:99999",
                          "http://registry:5x",
                          "http://registry/v2",
                          "http://registry//",
                          "http://registry?x",
                          "http://registry#x",
                          "http://user:secret@registry",
                          "http://a b",
                          "http://[registry]",
                          "http://[::1",
                          "http://::1",
                          "http://[::1]x",
                          "http://[]:5000",
                          "http://.registry",
                          "http://registry\n"}) {
    EXPECT_THAT(UpstreamAddress::Parse(url),
                StatusIs(StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("write http://HOST[:PORT] or "
                                         "https://HOST[:PORT]"),
                               Not(HasSubstr("secret")))))
        << url;
  }
}

}  // namespace
}  // namespace plimsoll
