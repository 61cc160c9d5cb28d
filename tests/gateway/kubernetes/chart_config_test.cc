// The gateway loads what the chart writes: scripts/helm-check compares the same
// file with what helm renders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "gateway/config.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string ChartConfig() {
  std::ifstream file(PLIMSOLL_SOURCE_DIR "/tests/testdata/chart/plimsoll.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ChartConfig, LoadsWithoutIssues) {
  const LoadedConfig loaded = LoadConfig("plimsoll.yaml", ChartConfig());
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  ASSERT_TRUE(loaded.config.has_value());
  const GatewayConfig& config = *loaded.config;
  EXPECT_EQ(config.listen.port, "5000");
  EXPECT_EQ(config.admin.host, "0.0.0.0");
  EXPECT_EQ(config.upstreams.at(0).url, "https://registry.internal:5000");
  EXPECT_EQ(config.upstreams.at(0).read_credential_file,
            "/etc/plimsoll/credentials/read");
  EXPECT_EQ(config.upstreams.at(0).tls.ca_file, "/etc/plimsoll/ca/ca.crt");
  EXPECT_EQ(config.upstreams.at(0).tls.certificate_file,
            "/etc/plimsoll/client/tls.crt");
  EXPECT_EQ(config.upstreams.at(0).tls.server_name, "registry.corp");
  ASSERT_TRUE(config.tls.has_value());
  EXPECT_EQ(config.tls->certificate_file, "/etc/plimsoll/tls/tls.crt");
  EXPECT_EQ(config.tls->client_auth, ClientAuth::kOptional);
  EXPECT_EQ(config.sqlite_path, "/var/lib/plimsoll/plimsoll.db");
  EXPECT_THAT(config.policies, ElementsAre("/etc/plimsoll/policies/a.yaml",
                                           "/etc/plimsoll/policies/b.yaml"));
  EXPECT_EQ(config.no_match, Action::kWarn);
  EXPECT_EQ(config.inspect, InspectMode::kStream);
  EXPECT_EQ(config.inspect_workers, 4u);
  EXPECT_EQ(config.decision_log, "stdout");
  EXPECT_EQ(config.grpc, "unix:/tmp/plimsoll.sock");
  ASSERT_TRUE(config.webhook.has_value());
  EXPECT_EQ(config.webhook->listen.port, "8443");
  EXPECT_EQ(config.webhook->tls.certificate_file,
            "/etc/plimsoll/webhook/tls.crt");
  EXPECT_EQ(config.webhook->tls.key_file, "/etc/plimsoll/webhook/tls.key");
  EXPECT_EQ(config.webhook->tls.client_ca_file,
            "/etc/plimsoll/webhook-clients/ca.crt");
  EXPECT_THAT(config.webhook->registries, ElementsAre("registry.example.com"));
}

TEST(ChartConfig, RefusesAWebhookForNoRegistry) {
  for (const char* registries : {"registries: []", "names: [a]"}) {
    SCOPED_TRACE(registries);
    const std::string text = absl::StrReplaceAll(
        ChartConfig(),
        {{"registries:\n    - registry.example.com", registries}});
    const LoadedConfig loaded = LoadConfig("plimsoll.yaml", text);
    EXPECT_FALSE(loaded.config.has_value());
    EXPECT_THAT(FormatIssues(loaded.issues), HasSubstr("registries"));
  }
}

}  // namespace
}  // namespace plimsoll
