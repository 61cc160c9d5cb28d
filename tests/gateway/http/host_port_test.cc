#include "gateway/http/host_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

TEST(HostPort, ReadsNamesAndAddresses) {
  struct Case {
    const char* text;
    const char* host;
    const char* port;
  };
  const Case cases[] = {
      {"127.0.0.1:5000", "127.0.0.1", "5000"},
      {"0.0.0.0:1", "0.0.0.0", "1"},
      {"localhost:65535", "localhost", "65535"},
      {"registry.example.com:443", "registry.example.com", "443"},
      {"my_host-1:80", "my_host-1", "80"},
      {"[::1]:5000", "::1", "5000"},
      {"[::]:5000", "::", "5000"},
      {"[2001:db8::1]:5000", "2001:db8::1", "5000"},
  };
  for (const Case& c : cases) {
    const StatusOr<HostPort> parsed = HostPort::Parse(c.text);
    ASSERT_THAT(parsed, IsOk()) << c.text;
    EXPECT_EQ(parsed->host, c.host);
    EXPECT_EQ(parsed->port, c.port);
  }
}

TEST(HostPort, RefusesEverythingElse) {
  for (const char* text : {"",
                           ":",
                           ":5000",
                           "5000",
                           "host",
                           "host:",
                           "host:x",
                           "host:0",
                           "host:65536",
                           "host:-1",
                           "host:+1",
                           "host: 1",
                           "host:1 ",
                           " host:1",
                           "host:123456",
                           "::1:5000",
                           "a:b:5000",
                           "[::1]",
                           "[::1]:",
                           "[]:5000",
                           "[host]:5000",
                           "[::1:5000",
                           "::1]:5000",
                           "http://host:5000",
                           "host:5000/",
                           "user@host:5000",
                           "*:5000",
                           "ho st:1",
                           ".host:1"}) {
    EXPECT_THAT(HostPort::Parse(text),
                StatusIs(StatusCode::kInvalidArgument,
                         "write HOST:PORT, as 127.0.0.1:5000 or [::1]:5000"))
        << text;
  }
}

TEST(HostPort, IsLoopbackByItsAddress) {
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9",
                           "::1", "0:0:0:0:0:0:0:1"}) {
    EXPECT_TRUE((HostPort{host, "1"}).IsLoopback()) << host;
  }
}

// 127.example.com is whatever its owner says.
TEST(HostPort, IsNoLoopbackForANameThatLooksLikeOne) {
  for (const char* host :
       {"127.example.com", "127.0.0.1.example.com", "localhost.example.com",
        "127.1", "127.0.0.256", "0.0.0.0", "::", "10.0.0.1", "::2", ""}) {
    EXPECT_FALSE((HostPort{host, "1"}).IsLoopback()) << host;
  }
}

TEST(HostPort, OverlapsWhereOneConnectionCouldReachBoth) {
  struct Case {
    const char* a;
    const char* b;
    bool overlaps;
  };
  const Case cases[] = {
      {"127.0.0.1:5000", "127.0.0.1:5000", true},
      {"127.0.0.1:5000", "127.0.0.1:5001", false},
      {"127.0.0.1:5000", "127.0.0.2:5000", false},
      {"127.0.0.1:5000", "0.0.0.0:5000", true},
      {"127.0.0.1:5000", "[::]:5000", true},
      {"127.0.0.1:5000", "0.0.0.0:5001", false},
      {"localhost:5000", "LocalHost:5000", true},
      {"localhost:5000", "localhost:05000", true},
      {"localhost:5000", "127.0.0.1:5000", true},
      {"localhost:5000", "[::1]:5000", true},
      {"localhost:5000", "10.0.0.1:5000", false},
  };
  for (const Case& c : cases) {
    const HostPort a = *HostPort::Parse(c.a);
    const HostPort b = *HostPort::Parse(c.b);
    EXPECT_EQ(a.Overlaps(b), c.overlaps) << c.a << " and " << c.b;
    EXPECT_EQ(b.Overlaps(a), c.overlaps) << c.b << " and " << c.a;
  }
}

}  // namespace
}  // namespace plimsoll
