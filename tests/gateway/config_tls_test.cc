// `tls` in the configuration: of the registry door, the webhook and the
// upstream.
#include "gateway/config_tls.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/config.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

constexpr char kHead[] =
    "apiVersion: plimsoll.dev/v1alpha1\nkind: GatewayConfig\n"
    "metadata: {name: g}\nspec:\n";
constexpr char kUpstream[] = "  upstream: {url: http://r}\n";

// Of a spec whose `tls` stands in line 6.
LoadedConfig Load(const std::string& tls) {
  return LoadConfig("g.yaml",
                    absl::StrCat(kHead, kUpstream, "  tls: ", tls, "\n"));
}
LoadedConfig LoadUpstream(const std::string& url, const std::string& tls) {
  return LoadConfig("g.yaml", absl::StrCat(kHead, "  upstream:\n    url: ", url,
                                           "\n    tls: ", tls, "\n"));
}

TEST(TlsConfig, AsksForCertificatesAsItsKeysSay) {
  struct Case {
    const char* tls;
    ClientAuth demand;
  };
  const Case cases[] = {
      {"{certificate: c, key: k}", ClientAuth::kNone},
      {"{certificate: c, key: k, clientCa: a}", ClientAuth::kRequired},
      {"{certificate: c, key: k, clientCa: a, clientAuth: required}",
       ClientAuth::kRequired},
      {"{certificate: c, key: k, clientCa: a, clientAuth: optional}",
       ClientAuth::kOptional},
  };
  for (const Case& c : cases) {
    const LoadedConfig loaded = Load(c.tls);
    EXPECT_EQ(IssueLines(loaded.issues), Lines{}) << c.tls;
    ASSERT_TRUE(loaded.config && loaded.config->tls) << c.tls;
    EXPECT_EQ(loaded.config->tls->client_auth, c.demand) << c.tls;
  }
}

TEST(TlsConfig, RefusesListenersThatCannotServe) {
  const RejectCase cases[] = {
      {"{}",
       {"g.yaml:6:8: tls: `certificate` is missing",
        "g.yaml:6:8: tls: `key` is missing"}},
      {"{certificate: c}", {"g.yaml:6:8: tls: `key` is missing"}},
      {"{key: k}", {"g.yaml:6:8: tls: `certificate` is missing"}},
      {"{certificate: c, key: k, clientAuth: required}",
       {"g.yaml:6:45: tls: `clientAuth` needs `clientCa`"}},
      {"{certificate: c, key: k, clientCa: a, clientAuth: none}",
       {"g.yaml:6:58: tls: `clientAuth` is optional or required, not `none`"}},
      {"{certificate: c, key: k, clientCa: ''}",
       {"g.yaml:6:43: tls: `clientCa` is empty"}},
      {"{certificate: c, key: k, ca: a}",
       {"g.yaml:6:33: tls: unknown key `ca`; known are certificate, "
        "clientAuth, clientCa, key"}},
      {"c.pem", {"g.yaml:6:8: tls: a mapping is expected, not text"}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssueLines(Load(c.text).issues), c.issues) << c.text;
  }
}

TEST(TlsConfig, TakesWhatAnUpstreamNeeds) {
  for (const char* tls : {"{}", "{ca: a}", "{certificate: c, key: k}",
                          "{serverName: reg.corp}", "{serverName: 10.0.0.1}"}) {
    EXPECT_EQ(IssueLines(LoadUpstream("https://r", tls).issues), Lines{})
        << tls;
  }
  // A token service may be https where the upstream is not.
  EXPECT_EQ(IssueLines(LoadUpstream("http://r", "{ca: a}").issues), Lines{});
}

TEST(TlsConfig, RefusesWhatAnUpstreamCannotUse) {
  const RejectCase cases[] = {
      {"{certificate: c}", {"g.yaml:7:24: tls: `certificate` needs `key`"}},
      {"{key: k}", {"g.yaml:7:16: tls: `key` needs `certificate`"}},
      {"{serverName: 'r:5000'}",
       {"g.yaml:7:23: tls: `serverName`: `r:5000`: write a host without a "
        "port, as registry.example.com"}},
      {"{serverName: 'https://r'}",
       {"g.yaml:7:23: tls: `serverName`: `https://r`: write a host without a "
        "port, as registry.example.com"}},
      {"{caFile: a}",
       {"g.yaml:7:11: tls: unknown key `caFile`; known are ca, certificate, "
        "key, serverName"}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssueLines(LoadUpstream("https://r", c.text).issues), c.issues)
        << c.text;
  }
  EXPECT_EQ(
      IssueLines(
          LoadUpstream("http://r", "{certificate: c, key: k, serverName: s}")
              .issues),
      (Lines{
          "g.yaml:7:24: tls: `certificate` is for an https:// upstream alone",
          "g.yaml:7:47: tls: `serverName` is for an https:// upstream "
          "alone"}));
}

TEST(TlsConfig, IsTheWebhooksTooAndNotWithoutIt) {
  const std::string head = absl::StrCat(
      kHead, "  upstream: {url: http://r, anonymousReads: true}\n");
  const LoadedConfig loaded = LoadConfig(
      "g.yaml",
      absl::StrCat(head,
                   "  webhook: {listen: '0.0.0.0:8443', registries: [r], tls: "
                   "{certificate: c, key: k, clientCa: a}}\n"));
  EXPECT_EQ(IssueLines(loaded.issues), Lines{});
  ASSERT_TRUE(loaded.config && loaded.config->webhook);
  EXPECT_EQ(loaded.config->webhook->tls.client_ca_file, "a");
  EXPECT_EQ(loaded.config->webhook->tls.client_auth, ClientAuth::kRequired);
}

}  // namespace
}  // namespace plimsoll
