#include "gateway/config_upstreams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The items of `upstreams` start in line 6.
constexpr char kHead[] =
    "apiVersion: plimsoll.dev/v1alpha1\nkind: GatewayConfig\nmetadata: {name: "
    "g}\nspec:\n";

LoadedConfig Load(const std::string& items) {
  return LoadConfig("g.yaml", absl::StrCat(kHead, "  upstreams:\n", items));
}

std::vector<std::string> IssuesOf(const std::string& items) {
  std::vector<std::string> lines;
  for (const Issue& issue : Load(items).issues) {
    lines.push_back(issue.ToString());
  }
  return lines;
}

TEST(GatewayConfigUpstreams, AreToldApartByHostAndByPrefix) {
  const LoadedConfig loaded = Load(
      "    - {name: main, url: http://a}\n"
      "    - {name: mirror, url: http://b, prefixes: [mirror, team/cache]}\n"
      "    - {name: lab, url: http://c, hosts: [lab.example.com:5000]}\n");
  ASSERT_THAT(loaded.issues, IsEmpty());
  const std::vector<UpstreamConfig>& all = loaded.config->upstreams;
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "main");
  EXPECT_THAT(all[0].hosts, IsEmpty());
  EXPECT_THAT(all[0].prefixes, IsEmpty());
  EXPECT_THAT(all[1].prefixes, ElementsAre("mirror", "team/cache"));
  EXPECT_THAT(all[2].hosts, ElementsAre("lab.example.com:5000"));
}

TEST(GatewayConfigUpstreams, NeedNamesOfTheirOwn) {
  EXPECT_THAT(IssuesOf("    - {url: http://a}\n"),
              ElementsAre("g.yaml:6:7: upstreams: `name` is missing"));
  EXPECT_THAT(
      IssuesOf("    - {name: a b, url: http://a}\n"),
      ElementsAre("g.yaml:6:14: upstreams: `name`: `a b`: write letters, "
                  "digits, `.`, `_` and `-`, at most 64"));
  EXPECT_THAT(
      IssuesOf("    - {name: a, url: http://a}\n"
               "    - {name: a, url: http://b, hosts: [b]}\n"),
      ElementsAre("g.yaml:7:7: spec: upstreams: another is called `a`"));
}

TEST(GatewayConfigUpstreams, NeverServeTheSameTwice) {
  EXPECT_THAT(IssuesOf("    - {name: a, url: http://a}\n"
                       "    - {name: b, url: http://b}\n"),
              ElementsAre("g.yaml:7:7: spec: upstreams: another serves the "
                          "same: any host, what no prefix has"));
  EXPECT_THAT(
      IssuesOf("    - {name: a, url: http://a, hosts: [R]}\n"
               "    - {name: b, url: http://b, hosts: [r], prefixes: [p]}\n"
               "    - {name: c, url: http://c, hosts: [r], prefixes: [p]}\n"),
      ElementsAre("g.yaml:8:7: spec: upstreams: another serves the same: host "
                  "r, prefix p"));
}

TEST(GatewayConfigUpstreams, ServeTheFirstQuestionOfEveryClient) {
  EXPECT_THAT(
      IssuesOf("    - {name: a, url: http://a}\n"
               "    - {name: b, url: http://b, hosts: [r], prefixes: [p]}\n"),
      ElementsAre("g.yaml:6:5: spec: upstreams: none serves /v2/ of host r: "
                  "leave out `prefixes` of one"));
}

TEST(GatewayConfigUpstreams, HaveHostsAndPrefixesThatCanBeMet) {
  EXPECT_THAT(
      IssuesOf("    - {name: a, url: http://a, hosts: ['http://r', r/team]}\n"),
      ElementsAre("g.yaml:6:40: upstreams: `hosts`: `http://r`: write a host "
                  "as clients do, with its port where it has one, as "
                  "registry.example.com:5000",
                  "g.yaml:6:52: upstreams: `hosts`: `r/team`: write a host "
                  "as clients do, with its port where it has one, as "
                  "registry.example.com:5000"));
  for (const char* prefix : {"Team", "team/", "/team", "a//b", "team/**"}) {
    EXPECT_THAT(
        IssuesOf(absl::StrCat("    - {name: a, url: http://a}\n    - {name: b, "
                              "url: http://b, prefixes: [p, '",
                              prefix, "']}\n")),
        ElementsAre(absl::StrCat(
            "g.yaml:7:46: upstreams: `prefixes`: `", prefix,
            "`: write the beginning of repositories' names up to a slash, as "
            "team/mirror")));
  }
}

TEST(GatewayConfigUpstreams, AreWrittenInOneOfTwoWays) {
  std::vector<std::string> lines;
  for (const Issue& issue :
       LoadConfig("g.yaml", absl::StrCat(kHead, "  upstream: {url: http://a}\n",
                                         "  upstreams:\n    - {name: b, url: "
                                         "http://b}\n"))
           .issues) {
    lines.push_back(issue.ToString());
  }
  EXPECT_THAT(lines, ElementsAre("g.yaml:7:5: spec: `upstreams` beside "
                                 "`upstream`: write one"));
}

}  // namespace
}  // namespace plimsoll
