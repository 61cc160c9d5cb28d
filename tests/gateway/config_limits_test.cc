// Who gets how much, as the configuration says it.
#include "gateway/config_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/config.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

constexpr char kHead[] =
    "apiVersion: plimsoll.dev/v1alpha1\nkind: GatewayConfig\n"
    "metadata: {name: g}\nspec:\n";
constexpr char kUpstream[] = "  upstream: {url: http://registry}\n";

// The config of a spec that has no issue.
GatewayConfig Accepted(const std::string& spec) {
  LoadedConfig loaded =
      LoadConfig("g.yaml", absl::StrCat(kHead, kUpstream, spec));
  EXPECT_EQ(IssueLines(loaded.issues), Lines{}) << spec;
  EXPECT_TRUE(loaded.config.has_value()) << spec;
  return std::move(loaded.config).value_or(GatewayConfig{});
}

Lines IssuesOf(const std::string& spec) {
  const LoadedConfig loaded =
      LoadConfig("g.yaml", absl::StrCat(kHead, kUpstream, spec));
  EXPECT_FALSE(loaded.config.has_value()) << spec;
  return IssueLines(loaded.issues);
}

TEST(GatewayLimits, AreLiftedWhereTheyAreZero) {
  const GatewayConfig config = Accepted(
      "  limits: {connectionsPerAddress: 0, waitingDecisions: 0, "
      "pushBuffer: 0, pullBuffer: 0}\n");
  EXPECT_EQ(config.connections_per_address, 0u);
  EXPECT_EQ(config.waiting_decisions, 0u);
  EXPECT_EQ(config.push_buffer, 0);
  EXPECT_EQ(config.pull_buffer, 0);
}

TEST(GatewayLimits, BoundTheWayOfAPushOnBothLegsAndThatOfAPull) {
  const GatewayConfig config =
      Accepted("  limits: {pushBuffer: 16384, pullBuffer: 64Mi}\n");
  EXPECT_EQ(ClientBuffers(config).receive, 16384);
  EXPECT_EQ(ClientBuffers(config).send, 64 << 20);
  EXPECT_EQ(UpstreamBuffers(config).send, 16384);
  EXPECT_EQ(UpstreamBuffers(config).receive, 64 << 20);
}

TEST(GatewayLimits, AreRefusedThatServeNobodyOrBoundNothing) {
  constexpr char kPush[] =
      "g.yaml:6:24: limits: `pushBuffer`: write 16Ki to 64Mi, or 0 for what "
      "the system chooses";
  constexpr char kPull[] =
      "g.yaml:6:24: limits: `pullBuffer`: write 16Ki to 64Mi, or 0 for what "
      "the system chooses";
  const RejectCase cases[] = {
      {"  limits: {maxConnections: 0}\n",
       {"g.yaml:6:28: limits: `maxConnections` is a whole number from 1 to "
        "100000, not `0`"}},
      {"  limits: {decisions: 0}\n",
       {"g.yaml:6:23: limits: `decisions` is a whole number from 1 to 4096, "
        "not `0`"}},
      {"  limits: {decisions: 4097}\n",
       {"g.yaml:6:23: limits: `decisions` is a whole number from 1 to 4096, "
        "not `4097`"}},
      {"  limits: {pushBuffer: 16383}\n", {kPush}},
      {"  limits: {pushBuffer: 67108865}\n", {kPush}},
      {"  limits: {pullBuffer: 16383}\n", {kPull}},
      {"  limits: {pullBuffer: 67108865}\n", {kPull}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOf(c.text), c.issues) << c.text;
  }
}

TEST(GatewayLimits, TrustNoProxiesThatAreNoAddresses) {
  EXPECT_EQ(
      IssuesOf("  trustedProxies: [10.0.0.1/8, proxy, ::1]\n"),
      (Lines{
          "g.yaml:6:20: spec: `trustedProxies`: `10.0.0.1/8`: it starts at "
          "10.0.0.0: write 10.0.0.0/8, or the address alone",
          "g.yaml:6:32: spec: `trustedProxies`: `proxy`: write ADDRESS or "
          "ADDRESS/BITS, as 10.0.0.0/8 or fd00::/8",
      }));
}

}  // namespace
}  // namespace plimsoll
