#include "gateway/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/language/yaml.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kHead[] =
    "apiVersion: plimsoll.dev/v1alpha1\nkind: GatewayConfig\n"
    "metadata: {name: g}\nspec:\n";
constexpr char kUpstream[] = "  upstream: {url: http://registry}\n";

// The config of a spec that has no issue.
GatewayConfig Accepted(const std::string& spec) {
  LoadedConfig loaded = LoadConfig("g.yaml", absl::StrCat(kHead, spec));
  EXPECT_EQ(IssueLines(loaded.issues), Lines{}) << spec;
  EXPECT_TRUE(loaded.config.has_value()) << spec;
  return std::move(loaded.config).value_or(GatewayConfig{});
}

// Of a whole document. `spec` starts in line 5 otherwise.
Lines IssuesOfText(const std::string& text) {
  const LoadedConfig loaded = LoadConfig("g.yaml", text);
  EXPECT_FALSE(loaded.config.has_value()) << text;
  return IssueLines(loaded.issues);
}
Lines IssuesOf(const std::string& spec) {
  return IssuesOfText(absl::StrCat(kHead, spec));
}

TEST(GatewayConfig, HasADefaultForAllButTheUpstream) {
  const GatewayConfig config = Accepted(kUpstream);
  EXPECT_EQ(config.upstreams.at(0).url, "http://registry");
  EXPECT_EQ(config.upstreams.at(0).name, "upstream");
  EXPECT_EQ(config.upstreams.at(0).read_credential_file, "");
  EXPECT_FALSE(config.upstreams.at(0).anonymous_reads);
  EXPECT_EQ(config.upstreams.at(0).tls.ca_file, "");
  EXPECT_THAT(config.upstreams.at(0).pass_through, IsEmpty());
  EXPECT_EQ(config.listen.host, "127.0.0.1");
  EXPECT_EQ(config.listen.port, "5000");
  EXPECT_EQ(config.admin.host, "127.0.0.1");
  EXPECT_EQ(config.admin.port, "5001");
  EXPECT_EQ(config.sqlite_path, "plimsoll.db");
  EXPECT_EQ(config.retention.admitted, absl::ZeroDuration());
  EXPECT_EQ(config.retention.refused, absl::Hours(90 * 24));
  EXPECT_EQ(config.retention.absent, absl::Hours(90 * 24));
  EXPECT_THAT(config.policies, IsEmpty());
  EXPECT_EQ(config.modes.For("any"), Mode::kEnforce);
  EXPECT_EQ(config.no_match, Action::kDeny);
  EXPECT_EQ(config.inspect, InspectMode::kAuto);
  EXPECT_EQ(config.inspect_workers, 0u);
  EXPECT_EQ(config.decision_log, "");
  EXPECT_EQ(config.access_log, "");
  EXPECT_EQ(config.grpc, "");
  EXPECT_FALSE(config.tls.has_value());
  EXPECT_FALSE(config.webhook.has_value());
  EXPECT_EQ(config.threads, 0u);
  EXPECT_EQ(config.max_connections, 10'000u);
  EXPECT_EQ(config.connections_per_address, 256u);
  EXPECT_EQ(config.decisions, 256u);
  EXPECT_EQ(config.waiting_decisions, 1024u);
  EXPECT_EQ(config.push_buffer, 480 << 10);
  EXPECT_EQ(config.pull_buffer, 0);
  EXPECT_THAT(config.trusted_proxies, IsEmpty());
  EXPECT_EQ(config.drain, absl::Seconds(30));
}

TEST(GatewayConfig, ReadsEveryKey) {
  const GatewayConfig config = Accepted(R"(
  listen: "[::1]:6000"
  admin: localhost:6001
  tls: {certificate: /r.crt, key: /r.key, clientCa: /cc, clientAuth: optional}
  upstream:
    url: https://registry.example.com:8443
    name: main
    tls: {ca: /ca.pem, certificate: /c.crt, key: /c.key, serverName: reg.corp}
    readCredential: {file: /read}
    anonymousReads: false
    passThrough: [/token, /service/token/]
  mode: observe
  modes:
    - {repositories: ["a/**"], mode: enforce}
    - {repositories: ["a/b", "c/*"], mode: observe}
  buildCaches: ["cache/**", team/app-cache]
  noMatch: Audit
  policies: [/policies, /more.yaml]
  store: {sqlite: /var/p.db, retention: {admitted: 365d, refused: 0}}
  layers: {inspect: never, workers: 64}
  decisionLog: stdout
  accessLog: /var/log/access.json
  grpc: unix:/run/p.sock
  webhook:
    listen: 0.0.0.0:8443
    tls: {certificate: /tls.crt, key: /tls.key}
    registries: [registry.example.com, "localhost:5000", "[::1]:5000"]
  trustedProxies: [10.0.0.0/8, "::1"]
  limits:
    threads: 256
    maxConnections: 100000
    connectionsPerAddress: 100000
    decisions: 4096
    waitingDecisions: 65536
    pushBuffer: 64Mi
    pullBuffer: 2Mi
    drain: 1m30s
)");
  EXPECT_EQ(config.listen.host, "::1");
  EXPECT_EQ(config.listen.port, "6000");
  EXPECT_EQ(config.admin.host, "localhost");
  EXPECT_EQ(config.upstreams.at(0).url, "https://registry.example.com:8443");
  ASSERT_TRUE(config.tls.has_value());
  EXPECT_EQ(config.tls->certificate_file, "/r.crt");
  EXPECT_EQ(config.tls->key_file, "/r.key");
  EXPECT_EQ(config.tls->client_ca_file, "/cc");
  EXPECT_EQ(config.tls->client_auth, ClientAuth::kOptional);
  EXPECT_EQ(config.upstreams.at(0).name, "main");
  EXPECT_EQ(config.upstreams.at(0).tls.certificate_file, "/c.crt");
  EXPECT_EQ(config.upstreams.at(0).tls.key_file, "/c.key");
  EXPECT_EQ(config.upstreams.at(0).tls.server_name, "reg.corp");
  EXPECT_EQ(config.upstreams.at(0).tls.ca_file, "/ca.pem");
  EXPECT_EQ(config.upstreams.at(0).read_credential_file, "/read");
  EXPECT_THAT(config.upstreams.at(0).pass_through,
              ElementsAre("/token", "/service/token/"));
  EXPECT_EQ(config.modes.For("a/b"), Mode::kEnforce);
  EXPECT_EQ(config.modes.For("c/d"), Mode::kObserve);
  EXPECT_EQ(config.modes.For("other"), Mode::kObserve);
  EXPECT_TRUE(MatchesAny(config.build_caches, "cache/a/b"));
  EXPECT_TRUE(MatchesAny(config.build_caches, "team/app-cache"));
  EXPECT_FALSE(MatchesAny(config.build_caches, "team/app"));
  EXPECT_EQ(config.no_match, Action::kAudit);
  EXPECT_THAT(config.policies, ElementsAre("/policies", "/more.yaml"));
  EXPECT_EQ(config.sqlite_path, "/var/p.db");
  EXPECT_EQ(config.retention.admitted, absl::Hours(365 * 24));
  EXPECT_EQ(config.retention.refused, absl::ZeroDuration());
  EXPECT_EQ(config.inspect, InspectMode::kNever);
  EXPECT_EQ(config.inspect_workers, 64u);
  EXPECT_EQ(config.decision_log, "stdout");
  EXPECT_EQ(config.access_log, "/var/log/access.json");
  EXPECT_EQ(config.grpc, "unix:/run/p.sock");
  ASSERT_TRUE(config.webhook.has_value());
  EXPECT_EQ(config.webhook->listen.port, "8443");
  EXPECT_EQ(config.webhook->tls.certificate_file, "/tls.crt");
  EXPECT_EQ(config.webhook->tls.key_file, "/tls.key");
  EXPECT_EQ(config.webhook->tls.client_auth, ClientAuth::kNone);
  EXPECT_THAT(config.webhook->registries, SizeIs(3));
  EXPECT_EQ(config.threads, 256u);
  EXPECT_EQ(config.max_connections, 100'000u);
  EXPECT_EQ(config.connections_per_address, 100'000u);
  EXPECT_EQ(config.decisions, 4096u);
  EXPECT_EQ(config.waiting_decisions, 65'536u);
  EXPECT_EQ(config.push_buffer, 64 << 20);
  EXPECT_EQ(config.pull_buffer, 2 << 20);
  ASSERT_THAT(config.trusted_proxies, SizeIs(2));
  EXPECT_TRUE(config.trusted_proxies[0].Contains(*ParseAddress("10.1.2.3")));
  EXPECT_EQ(config.drain, absl::Seconds(90));
}

TEST(GatewayConfig, IsOneDocumentOfItsKind) {
  const RejectCase cases[] = {
      {"",
       {"g.yaml: the file holds no document; write one of kind "
        "GatewayConfig"}},
      {"# nothing\n---\n",
       {"g.yaml: the file holds no document; write one of kind "
        "GatewayConfig"}},
      {absl::StrCat(kHead, kUpstream, "---\n", kHead, kUpstream),
       {"g.yaml:7:1: another document; write one of kind GatewayConfig"}},
      {"apiVersion: plimsoll.dev/v1alpha1\nkind: BaseImagePolicy\n",
       {"g.yaml:2:7: kind `BaseImagePolicy` is not known; known here is "
        "GatewayConfig"}},
      {"apiVersion: v1\nkind: GatewayConfig\n",
       {"g.yaml:1:13: apiVersion `v1` is not known; write "
        "plimsoll.dev/v1alpha1"}},
      // What is no YAML is one issue, not also a lack of documents.
      {"a: [",
       {"g.yaml:1:1: a `[` is not closed (it may be that of line 1), "
        "or a comma is missing before"}},
      {"hello", {"g.yaml:1:1: a mapping is expected, not text"}},
      {absl::StrCat(kHead, "  []\n"),
       {"g.yaml:5:3: spec: a mapping is expected, not a list"}},
      {kHead, {"g.yaml:4:1: `spec` has no value"}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOfText(c.text), c.issues) << c.text;
  }
}

TEST(GatewayConfig, IsBoundedInSize) {
  std::string text = absl::StrCat(kHead, kUpstream);
  text.resize(kMaxYamlBytes, '\n');
  EXPECT_THAT(LoadConfig("g.yaml", text).issues, IsEmpty());
  text.push_back('\n');
  EXPECT_THAT(IssuesOfText(text),
              ElementsAre("g.yaml: the file has 1048577 bytes, at most 1048576 "
                          "are read; split it"));
}

TEST(GatewayConfig, ShowsAllIssuesAtOnce) {
  EXPECT_EQ(
      IssuesOf("  listen: 5000\n  mode: warn\n  noMatch: deny\n"
               "  policies: []\n  store: {postgres: x}\n"
               "  layers: {inspect: yes, workers: 0}\n"
               "  limits: {threads: 1e3, maxConnections: 010, drain: 30}\n"
               "  decisionLog: ''\n  tsl: {}\n"),
      (Lines{
          "g.yaml:5:3: spec: `upstream` is missing",
          "g.yaml:5:11: spec: `listen`: `5000`: write HOST:PORT, as "
          "127.0.0.1:5000 or [::1]:5000",
          "g.yaml:6:9: spec: `mode` is observe or enforce, not `warn`",
          "g.yaml:7:12: spec: `noMatch` is Deny, Warn or Audit, not "
          "`deny`",
          "g.yaml:8:13: spec: `policies` has 1 to 500 items, not 0",
          "g.yaml:9:10: store: `sqlite` is missing",
          "g.yaml:9:11: store: unknown key `postgres`; known are retention, "
          "sqlite",
          "g.yaml:10:21: layers: `inspect` is auto, stream or never, not "
          "`yes`",
          "g.yaml:10:35: layers: `workers` is a whole number from 1 to "
          "64, not `0`",
          "g.yaml:11:21: limits: `threads` is a whole number from 1 to "
          "256, not `1e3`",
          "g.yaml:11:42: limits: `maxConnections` is a whole number from "
          "1 to 100000, not `010`",
          "g.yaml:11:54: limits: `drain`: `30`: write a duration as 30d, "
          "24h or 1d12h, with the units d, h, m and s in this order",
          "g.yaml:12:16: spec: `decisionLog` is empty",
          "g.yaml:13:3: spec: unknown key `tsl`; did you mean `tls`?",
      }));
}

TEST(GatewayConfig, RefusesUpstreamsThatCannotBeSpokenTo) {
  constexpr char kUrl[] =
      "the upstream's URL: write http://HOST[:PORT] or https://HOST[:PORT]";
  constexpr char kPlain[] = ", without user, path or query";
  const RejectCase cases[] = {
      {"  upstream: {}\n", {"g.yaml:5:13: upstream: `url` is missing"}},
      {"  upstream: http://r\n",
       {"g.yaml:5:13: upstream: a mapping is expected, not text"}},
      {"  upstream: {url: registry}\n",
       {absl::StrCat("g.yaml:5:19: upstream: ", kUrl)}},
      {"  upstream: {url: 'http://u:secret@r'}\n",
       {absl::StrCat("g.yaml:5:19: upstream: ", kUrl, kPlain)}},
      {"  upstream: {url: 'http://r:99999'}\n",
       {absl::StrCat("g.yaml:5:19: upstream: ", kUrl, kPlain)}},
      {"  upstream: {url: http://r, anonymousReads: yes, readCredential: "
       "u:p}\n",
       {"g.yaml:5:45: upstream: `anonymousReads` is true or false, not `yes`",
        "g.yaml:5:66: readCredential: a mapping is expected, not text"}},
      {"  upstream: {url: http://r, readCredential: {user: a}}\n",
       {"g.yaml:5:45: readCredential: `file` is missing",
        "g.yaml:5:46: readCredential: unknown key `user`; known is file"}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOf(c.text), c.issues) << c.text;
  }
}

TEST(GatewayConfig, PassesPathsOutsideTheRegistryAlone) {
  Accepted(
      "  upstream: {url: http://r, passThrough: [/token, /a/b/, /v2-auth, "
      "/token.php]}\n");
  constexpr char kPath[] =
      "`: write a path without escapes and outside /v2/, as /token";
  for (const char* path : {"token", "/", "//", "/v2", "/v2/", "/v2/token",
                           "/V2", "/a/v2/b", "/a//b", "/a/../v2", "/.",
                           "/%76%32", "/a?b", "/a b", "http://r/token"}) {
    EXPECT_EQ(
        IssuesOf(absl::StrCat("  upstream: {url: http://r, passThrough: [/a, '",
                              path, "']}\n")),
        Lines{absl::StrCat("g.yaml:5:47: upstream: `passThrough`: `", path,
                           kPath)})
        << path;
  }
}

TEST(GatewayConfig, RefusesModesThatMatchNothing) {
  EXPECT_EQ(
      IssuesOf(absl::StrCat(kUpstream,
                            "  modes:\n    - {repositories: [A/**], mode: "
                            "observe}\n    - {mode: no}\n    - observe\n")),
      (Lines{"g.yaml:7:23: modes: `repositories`: `A/**` matches no "
             "repository: no repository has a `A`",
             "g.yaml:8:7: modes: `repositories` is missing",
             "g.yaml:8:14: modes: `mode` is observe or enforce, not `no`",
             "g.yaml:9:7: modes: a mapping is expected, not text"}));
}

// A name that starts like a loopback address is anyone's.
TEST(GatewayConfig, BindsTheApiToLoopbackAlone) {
  const std::string upstream =
      "  upstream: {url: http://r, anonymousReads: true}\n";
  for (const char* grpc : {"unix:/run/p.sock", "unix:p.sock", "127.0.0.1:5002",
                           "localhost:5002", "'[::1]:5002'"}) {
    Accepted(absl::StrCat(upstream, "  grpc: ", grpc, "\n"));
  }
  for (const char* grpc : {"0.0.0.0:5002", "127.example.com:5002", "unix:",
                           "/run/p.sock", "localhost", "10.0.0.1:5002"}) {
    EXPECT_EQ(IssuesOf(absl::StrCat(upstream, "  grpc: '", grpc, "'\n")),
              Lines{absl::StrCat("g.yaml:6:9: spec: `grpc`: `", grpc,
                                 "`: write unix:PATH or a loopback HOST:PORT, "
                                 "as 127.0.0.1:5002")});
  }
}

constexpr char kWebhook[] =
    "  webhook: {listen: '0.0.0.0:8443', tls: {certificate: c, key: k}, "
    "registries: "
    "[r]}\n";

TEST(GatewayConfig, AsksForACredentialWhereTheGatewayReadsByItself) {
  constexpr char kNeeds[] =
      "needs readCredential of the upstream `upstream`, or anonymousReads: "
      "true "
      "where the registry asks for none";
  EXPECT_EQ(IssuesOf(absl::StrCat(kUpstream, "  grpc: unix:x\n")),
            Lines{absl::StrCat("g.yaml:6:9: spec: `grpc` ", kNeeds)});
  EXPECT_EQ(IssuesOf(absl::StrCat(kUpstream, kWebhook)),
            Lines{absl::StrCat("g.yaml:6:12: spec: `webhook` ", kNeeds)});
  Accepted(absl::StrCat(
      "  upstream: {url: http://r, readCredential: {file: f}}\n", kWebhook));
}

TEST(GatewayConfig, RefusesWebhooksThatCannotServe) {
  const std::string upstream =
      "  upstream: {url: http://r, anonymousReads: true}\n";
  EXPECT_EQ(IssuesOf(absl::StrCat(upstream, "  webhook: {}\n")),
            (Lines{"g.yaml:6:12: webhook: `listen` is missing",
                   "g.yaml:6:12: webhook: `tls` is missing",
                   "g.yaml:6:12: webhook: `registries` is missing"}));
  constexpr char kHost[] =
      "write a host, with its port where it has one, as "
      "registry.example.com:5000";
  EXPECT_EQ(
      IssuesOf(absl::StrCat(upstream,
                            "  webhook: {listen: 8443, tls: {certificate: c, "
                            "key: k}, registries: "
                            "['https://r', r/team, r, 'r:0']}\n")),
      (Lines{
          "g.yaml:6:21: webhook: `listen`: `8443`: write HOST:PORT, as "
          "127.0.0.1:5000 or [::1]:5000",
          absl::StrCat("g.yaml:6:71: webhook: `registries`: `https://r`: ",
                       kHost),
          absl::StrCat("g.yaml:6:84: webhook: `registries`: `r/team`: ", kHost),
          absl::StrCat("g.yaml:6:95: webhook: `registries`: `r:0`: ", kHost)}));
}

// Sockets that share their port took each other's connections in turns.
TEST(GatewayConfig, RefusesAddressesThatTakeEachOthersConnections) {
  const std::string upstream =
      "  upstream: {url: http://r, anonymousReads: true}\n";
  EXPECT_EQ(IssuesOf(absl::StrCat(upstream, "  admin: 127.0.0.1:5000\n")),
            Lines{"g.yaml:6:10: spec: `admin` takes the port of `listen`; "
                  "write another"});
  EXPECT_EQ(IssuesOf(absl::StrCat(upstream, "  listen: 0.0.0.0:5001\n")),
            Lines{"g.yaml:5:3: spec: `admin` takes the port of `listen`; "
                  "write another"});
  EXPECT_EQ(
      IssuesOf(absl::StrCat(upstream, "  admin: 10.0.0.1:8443\n", kWebhook)),
      Lines{"g.yaml:7:12: spec: `webhook.listen` takes the port of `admin`; "
            "write another"});
  for (const auto& [port, other] :
       {std::pair("5000", "listen"), std::pair("5001", "admin"),
        std::pair("8443", "webhook.listen")}) {
    EXPECT_EQ(IssuesOf(absl::StrCat(upstream, kWebhook, "  grpc: '[::1]:", port,
                                    "'\n  listen: 0.0.0.0:5000\n",
                                    "  admin: 0.0.0.0:5001\n")),
              Lines{absl::StrCat("g.yaml:7:9: spec: `grpc` takes the port of `",
                                 other, "`; write another")});
  }
  Accepted(
      absl::StrCat(upstream, "  listen: 10.0.0.1:80\n  admin: 127.0.0.1:80\n"));
}

}  // namespace
}  // namespace plimsoll
