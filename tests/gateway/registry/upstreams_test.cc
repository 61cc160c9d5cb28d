#include "gateway/registry/upstreams.h"

#include <gtest/gtest.h>

#include "tests/support/one_upstream.h"

namespace plimsoll {
namespace {

UpstreamSettings Serving(std::string name, std::vector<std::string> hosts,
                         std::vector<std::string> prefixes) {
  UpstreamSettings settings = PlainUpstream(std::move(name), "1");
  settings.hosts = std::move(hosts);
  settings.prefixes = std::move(prefixes);
  return settings;
}

std::string NameFor(const Upstreams& upstreams, absl::string_view host,
                    absl::string_view repository) {
  const Upstream* found = upstreams.For(host, repository);
  return found == nullptr ? "(none)" : found->name();
}

TEST(Upstreams, AreChosenByHostFirstAndThenByTheLongestPrefix) {
  const auto upstreams = UpstreamsOf({
      Serving("main", {}, {}),
      Serving("mirror", {}, {"mirror", "team/mirror"}),
      Serving("deep", {}, {"mirror/deep"}),
      Serving("lab", {"lab.example.com:5000", "lab"}, {}),
      Serving("lab-mirror", {"lab"}, {"mirror"}),
  });
  struct Case {
    const char* host;
    const char* repository;
    const char* upstream;
  };
  const Case cases[] = {
      {"r", "", "main"},
      {"r", "team/app", "main"},
      {"r", "mirror", "mirror"},
      {"r", "mirror/app", "mirror"},
      {"r", "mirrors/app", "main"},
      {"r", "team/mirror/app", "mirror"},
      {"r", "mirror/deep/app", "deep"},
      {"lab.example.com:5000", "mirror/app", "lab"},
      {"LAB.example.com:5000", "", "lab"},
      {"lab.example.com", "app", "main"},
      {"lab", "mirror/app", "lab-mirror"},
      {"lab", "app", "lab"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(NameFor(*upstreams, c.host, c.repository), c.upstream)
        << c.host << "/" << c.repository;
  }
}

TEST(Upstreams, LeaveOutWhatNobodyServes) {
  const auto upstreams = UpstreamsOf({Serving("lab", {"lab"}, {})});
  EXPECT_EQ(NameFor(*upstreams, "lab", "team/app"), "lab");
  EXPECT_EQ(NameFor(*upstreams, "other", "team/app"), "(none)");
  EXPECT_EQ(NameFor(*upstreams, "other", ""), "(none)");
  EXPECT_EQ(upstreams->Named("other"), nullptr);
  EXPECT_NE(upstreams->Named("lab"), nullptr);
}

// What one registry showed to a credential says nothing of another's blobs.
TEST(Upstreams, KeepWhatACredentialMaySeeApart) {
  const auto upstreams =
      UpstreamsOf({Serving("a", {"a"}, {}), Serving("b", {"b"}, {})});
  EXPECT_NE(upstreams->Named("a")->ClientKey("key"),
            upstreams->Named("b")->ClientKey("key"));
}

}  // namespace
}  // namespace plimsoll
