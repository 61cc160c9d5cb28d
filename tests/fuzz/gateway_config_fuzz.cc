// Whatever bytes as a configuration: no crash; either a config or issues, each
// issue one line of text with its file, all in the order of the file; what is
// accepted is within its bounds.
#include <string>

#include "gateway/config.h"
#include "policy/oci/reference.h"
#include "policy/text.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

constexpr char kFile[] = "plimsoll.yaml";

void CheckIssues(const std::vector<Issue>& issues) {
  FUZZ_CHECK(issues.size() <= Issues::kMax + 1);
  for (size_t i = 0; i < issues.size(); ++i) {
    const std::string line = issues[i].ToString();
    FUZZ_CHECK(line.rfind(kFile, 0) == 0);
    FUZZ_CHECK(IsUtf8(line) && FindUnsafe(line) == absl::string_view::npos);
    FUZZ_CHECK(issues[i].message.size() <= Issues::kMaxMessageBytes);
    // What was left out is told at the end, of the file as a whole.
    if (i == 0 || i == Issues::kMax) continue;
    FUZZ_CHECK(issues[i - 1].line <= issues[i].line);
  }
}

void CheckAddress(const HostPort& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  const std::string text =
      (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + address.port;
  const StatusOr<HostPort> again = HostPort::Parse(text);
  FUZZ_CHECK(again.ok() && again->host == address.host);
}

void CheckUpstream(const UpstreamConfig& upstream,
                   const GatewayConfig& config) {
  FUZZ_CHECK(!upstream.url.empty() && !upstream.name.empty());
  for (const std::string& path : upstream.pass_through) {
    FUZZ_CHECK(path.size() > 1 && path[0] == '/');
  }
  for (const std::string& prefix : upstream.prefixes) {
    FUZZ_CHECK(IsRepositoryName(prefix));
  }
  if (!config.webhook && config.grpc.empty()) return;
  FUZZ_CHECK(upstream.anonymous_reads ||
             !upstream.read_credential_file.empty());
}

void CheckConfig(const GatewayConfig& config) {
  FUZZ_CHECK(!config.upstreams.empty());
  for (const UpstreamConfig& upstream : config.upstreams) {
    CheckUpstream(upstream, config);
  }
  CheckAddress(config.listen);
  CheckAddress(config.admin);
  FUZZ_CHECK(!config.listen.Overlaps(config.admin));
  FUZZ_CHECK(config.inspect_workers <= 64 && config.threads <= 256);
  FUZZ_CHECK(config.max_connections >= 1 && config.max_connections <= 100'000);
  FUZZ_CHECK(config.drain > absl::ZeroDuration());
  if (!config.webhook) return;
  CheckAddress(config.webhook->listen);
  FUZZ_CHECK(!config.webhook->registries.empty());
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const LoadedConfig loaded = LoadConfig(kFile, FuzzText(data, size));
  FUZZ_CHECK(loaded.config.has_value() == loaded.issues.empty());
  CheckIssues(loaded.issues);
  if (loaded.config) CheckConfig(*loaded.config);
  return 0;
}
