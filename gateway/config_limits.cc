#include "gateway/config_limits.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/language/fields.h"

namespace plimsoll {
namespace {

// Less is refused: a window that small starves every transfer.
void ReadBuffer(YamlFields& fields, absl::string_view key, int64_t& to) {
  constexpr int64_t kLeast = 16 << 10;
  constexpr int64_t kMost = 64 << 20;
  const std::optional<std::string> text = fields.Text(key);
  if (text == "0") {
    to = 0;
    return;
  }
  const std::optional<int64_t> bytes = fields.Size(key);
  if (!bytes) return;
  to = *bytes;
  if (*bytes >= kLeast && *bytes <= kMost) return;
  fields.Complain(key, absl::StrCat("`", key,
                                    "`: write 16Ki to 64Mi, or 0 for what the "
                                    "system chooses"));
}

}  // namespace

void ReadLimits(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "limits", issues);
  to.threads =
      static_cast<size_t>(fields.Integer("threads", {1, 256}).value_or(0));
  const auto read = [&fields](absl::string_view key, IntegerRange range,
                              size_t& count) {
    const auto given = fields.Integer(key, range);
    if (given) count = static_cast<size_t>(*given);
  };
  read("maxConnections", {1, 100'000}, to.max_connections);
  read("connectionsPerAddress", {0, 100'000}, to.connections_per_address);
  read("decisions", {1, 4096}, to.decisions);
  read("waitingDecisions", {0, 65'536}, to.waiting_decisions);
  ReadBuffer(fields, "pushBuffer", to.push_buffer);
  ReadBuffer(fields, "pullBuffer", to.pull_buffer);
  to.drain = fields.Duration("drain").value_or(to.drain);
}

SocketBuffers ClientBuffers(const GatewayConfig& config) {
  return {.receive = static_cast<int>(config.push_buffer),
          .send = static_cast<int>(config.pull_buffer)};
}

SocketBuffers UpstreamBuffers(const GatewayConfig& config) {
  return {.receive = static_cast<int>(config.pull_buffer),
          .send = static_cast<int>(config.push_buffer)};
}

}  // namespace plimsoll
