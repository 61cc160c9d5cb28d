#include "gateway/config.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/upstream.h"
#include "policy/language/documents.h"
#include "policy/language/fields.h"
#include "policy/language/yaml.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kKind = "GatewayConfig";

// "host:port", the host in brackets where it is IPv6; nullopt otherwise.
std::optional<HostPort> SplitHostPort(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    return std::nullopt;
  }
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return HostPort{std::move(host), text.substr(colon + 1)};
}

void ReadHostPort(YamlFields& fields, absl::string_view key, HostPort& to) {
  const std::optional<std::string> text = fields.Text(key);
  if (!text) return;
  std::optional<HostPort> address = SplitHostPort(*text);
  if (!address) return fields.Complain(key, "write HOST:PORT");
  to = *std::move(address);
}

void ReadText(YamlFields& fields, absl::string_view key, std::string& to) {
  if (auto text = fields.Text(key)) to = *std::move(text);
}

void ReadUpstream(const YamlValue& value, UpstreamConfig& to, Issues& issues) {
  YamlFields fields(value, "upstream", issues);
  fields.Require("url");
  ReadText(fields, "name", to.name);
  ReadText(fields, "url", to.url);
  const StatusOr<UpstreamAddress> address = UpstreamAddress::Parse(to.url);
  if (!to.url.empty() && !address.ok()) {
    fields.Complain("url", address.status().message());
  }
  if (const YamlValue* credential = fields.Find("readCredential")) {
    YamlFields file(*credential, "readCredential", issues);
    file.Require("file");
    ReadText(file, "file", to.read_credential_file);
  }
  to.anonymous_reads = fields.Bool("anonymousReads").value_or(false);
  ReadText(fields, "caFile", to.ca_file);
  if (fields.Has("passThrough")) to.pass_through = fields.Texts("passThrough");
  for (const std::string& prefix : to.pass_through) {
    if (!absl::StartsWith(prefix, "/") || prefix == "/" ||
        absl::StartsWith(prefix, "/v2")) {
      fields.Complain("passThrough", "write paths outside /v2/, as /token");
    }
  }
}

void ReadModes(YamlFields& spec, ModeTable& to) {
  const auto read = [](YamlFields& fields) {
    return fields.Choice<Mode>(
        "mode", {{"observe", Mode::kObserve}, {"enforce", Mode::kEnforce}});
  };
  to.fallback = read(spec).value_or(Mode::kEnforce);
  if (!spec.Has("modes")) return;
  for (const YamlValue* item : spec.Items("modes")) {
    YamlFields fields(*item, "modes", spec.issues());
    fields.Require("repositories");
    fields.Require("mode");
    ModeTable::Entry entry;
    entry.repositories = fields.Globs("repositories");
    entry.mode = read(fields).value_or(Mode::kEnforce);
    to.entries.push_back(std::move(entry));
  }
}

void ReadLayers(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "layers", issues);
  to.inspect =
      fields
          .Choice<InspectMode>("inspect", {{"auto", InspectMode::kAuto},
                                           {"stream", InspectMode::kStream},
                                           {"never", InspectMode::kNever}})
          .value_or(InspectMode::kAuto);
  to.inspect_workers =
      static_cast<size_t>(fields.Integer("workers", {1, 64}).value_or(0));
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || absl::StartsWith(host, "127.");
}

// Other binds are refused until the API has TLS and authorisation.
void ReadGrpc(YamlFields& spec, GatewayConfig& to) {
  ReadText(spec, "grpc", to.grpc);
  if (to.grpc.empty() || absl::StartsWith(to.grpc, "unix:")) return;
  const std::optional<HostPort> address = SplitHostPort(to.grpc);
  if (!address || !IsLoopback(address->host)) {
    spec.Complain("grpc", "write unix:PATH or a loopback HOST:PORT");
  }
}

void ReadWebhook(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "webhook", issues);
  for (const absl::string_view key :
       {"listen", "certificate", "key", "registries"}) {
    fields.Require(key);
  }
  WebhookConfig webhook;
  ReadHostPort(fields, "listen", webhook.listen);
  ReadText(fields, "certificate", webhook.certificate_file);
  ReadText(fields, "key", webhook.key_file);
  webhook.registries = fields.Texts("registries");
  to.webhook = std::move(webhook);
}

void ReadLimits(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "limits", issues);
  to.threads =
      static_cast<size_t>(fields.Integer("threads", {1, 256}).value_or(0));
  to.max_connections = static_cast<size_t>(
      fields.Integer("maxConnections", {1, 100'000}).value_or(10'000));
  to.drain = fields.Duration("drain").value_or(to.drain);
}

void ReadSpec(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields spec(value, "spec", issues);
  spec.Require("upstream");
  ReadHostPort(spec, "listen", to.listen);
  ReadHostPort(spec, "admin", to.admin);
  if (const YamlValue* upstream = spec.Find("upstream")) {
    ReadUpstream(*upstream, to.upstream, issues);
  }
  if (const YamlValue* store = spec.Find("store")) {
    YamlFields fields(*store, "store", issues);
    fields.Require("sqlite");
    ReadText(fields, "sqlite", to.sqlite_path);
  }
  if (spec.Has("policies")) to.policies = spec.Texts("policies");
  ReadModes(spec, to.modes);
  to.no_match = spec.Choice<Action>("noMatch", {{"Deny", Action::kDeny},
                                                {"Warn", Action::kWarn},
                                                {"Audit", Action::kAudit}})
                    .value_or(Action::kDeny);
  if (const YamlValue* layers = spec.Find("layers")) {
    ReadLayers(*layers, to, issues);
  }
  ReadText(spec, "decisionLog", to.decision_log);
  ReadGrpc(spec, to);
  if (const YamlValue* webhook = spec.Find("webhook")) {
    ReadWebhook(*webhook, to, issues);
  }
  if (const YamlValue* limits = spec.Find("limits")) {
    ReadLimits(*limits, to, issues);
  }
  const bool reads_itself = !to.grpc.empty() || to.webhook;
  if (reads_itself && to.upstream.read_credential_file.empty() &&
      !to.upstream.anonymous_reads) {
    spec.Complain(to.webhook ? "webhook" : "grpc",
                  "needs upstream.readCredential, or upstream.anonymousReads: "
                  "true where the registry asks for none");
  }
}

}  // namespace

LoadedConfig LoadConfig(absl::string_view name, absl::string_view bytes) {
  Issues issues;
  const int file = issues.AddFile(name);
  const std::vector<YamlValue> documents = ParseYaml(file, bytes, issues);
  GatewayConfig config;
  if (documents.size() != 1) {
    issues.Add({file, 0, 0}, absl::StrCat("expected one document of kind ",
                                          kKind, ", found ", documents.size()));
  } else {
    const std::vector<std::string> kinds{std::string(kKind)};
    const std::optional<Envelope> envelope =
        ReadEnvelope(documents.front(), kinds, issues);
    if (envelope && envelope->spec != nullptr) {
      ReadSpec(*envelope->spec, config, issues);
    }
  }
  LoadedConfig loaded;
  if (issues.empty()) loaded.config = std::move(config);
  loaded.issues = issues.Take();
  return loaded;
}

}  // namespace plimsoll
