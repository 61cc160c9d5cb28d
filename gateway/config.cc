#include "gateway/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/config_fields.h"
#include "gateway/config_limits.h"
#include "gateway/config_tls.h"
#include "gateway/config_upstreams.h"
#include "gateway/http/headers.h"
#include "policy/language/documents.h"
#include "policy/language/fields.h"
#include "policy/language/yaml.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kKind = "GatewayConfig";

void ReadStore(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "store", issues);
  fields.Require("sqlite");
  ReadText(fields, "sqlite", to.sqlite_path);
  const YamlValue* retention = fields.Find("retention");
  if (retention == nullptr) return;
  YamlFields times(*retention, "retention", issues);
  const auto read = [&times](absl::string_view key, absl::Duration& kept) {
    if (times.Text(key) == "0") {
      kept = absl::ZeroDuration();
    } else {
      kept = times.Duration(key).value_or(kept);
    }
  };
  read("admitted", to.retention.admitted);
  read("refused", to.retention.refused);
  read("absent", to.retention.absent);
}

void ReadModes(YamlFields& spec, ModeTable& to) {
  const auto read = [](YamlFields& fields) {
    return fields.Choice<Mode>(
        "mode", {{"observe", Mode::kObserve}, {"enforce", Mode::kEnforce}});
  };
  to.fallback = read(spec).value_or(Mode::kEnforce);
  for (const YamlValue* item : spec.Items("modes")) {
    YamlFields fields(*item, "modes", spec.issues());
    fields.Require("repositories");
    fields.Require("mode");
    ModeTable::Entry entry;
    entry.repositories = fields.RepositoryGlobs("repositories");
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

// Other binds are refused until the API has TLS and authorisation.
void ReadGrpc(YamlFields& spec, GatewayConfig& to) {
  const std::optional<std::string> text = spec.Text("grpc");
  if (!text) return;
  to.grpc = *text;
  absl::string_view path = to.grpc;
  if (absl::ConsumePrefix(&path, "unix:") && !path.empty()) return;
  const StatusOr<HostPort> address = HostPort::Parse(to.grpc);
  if (address.ok() && address->IsLoopback()) return;
  spec.Complain("grpc", absl::StrCat("`grpc`: ", Quoted(to.grpc),
                                     ": write unix:PATH or a loopback "
                                     "HOST:PORT, as 127.0.0.1:5002"));
}

void ReadWebhook(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields fields(value, "webhook", issues);
  for (const absl::string_view key : {"listen", "tls", "registries"}) {
    fields.Require(key);
  }
  WebhookConfig webhook;
  ReadHostPort(fields, "listen", webhook.listen);
  if (const YamlValue* tls = fields.Find("tls")) {
    webhook.tls = ReadServerTls(*tls, issues);
  }
  webhook.registries =
      ReadTexts(fields, "registries", &IsAuthority,
                "write a host, with its port where it has one, as "
                "registry.example.com:5000");
  to.webhook = std::move(webhook);
}

void ReadTrustedProxies(YamlFields& spec, AddressRanges& to) {
  for (const YamlValue* item : spec.TextItems("trustedProxies")) {
    StatusOr<AddressRange> range = AddressRange::Parse(item->text);
    if (range.ok()) {
      to.push_back(*std::move(range));
    } else {
      spec.Complain(item->place,
                    absl::StrCat("`trustedProxies`: ", Quoted(item->text), ": ",
                                 range.status().message()));
    }
  }
}

void CheckAddresses(const GatewayConfig& config, YamlFields& spec) {
  for (const SharedPort& shared : SharedPorts(config)) {
    const absl::string_view key =
        shared.later.substr(0, shared.later.find('.'));
    spec.Complain(key, absl::StrCat("`", shared.later, "` takes the port of `",
                                    shared.earlier, "`; write another"));
  }
}

// What has no client reads with the gateway's own credential.
void CheckReads(const GatewayConfig& config, YamlFields& spec) {
  const absl::string_view key = config.webhook ? "webhook" : "grpc";
  for (const UpstreamConfig& upstream : config.upstreams) {
    if (!upstream.read_credential_file.empty() || upstream.anonymous_reads) {
      continue;
    }
    spec.Complain(key, absl::StrCat("`", key,
                                    "` needs readCredential of the "
                                    "upstream `",
                                    upstream.name,
                                    "`, or anonymousReads: true where "
                                    "the registry asks for none"));
  }
}

void ReadSpec(const YamlValue& value, GatewayConfig& to, Issues& issues) {
  YamlFields spec(value, "spec", issues);
  ReadHostPort(spec, "listen", to.listen);
  ReadHostPort(spec, "admin", to.admin);
  if (const YamlValue* tls = spec.Find("tls")) {
    to.tls = ReadServerTls(*tls, issues);
  }
  ReadUpstreams(spec, to.upstreams);
  if (const YamlValue* store = spec.Find("store")) {
    ReadStore(*store, to, issues);
  }
  to.policies = spec.Texts("policies");
  ReadModes(spec, to.modes);
  to.build_caches = spec.RepositoryGlobs("buildCaches");
  to.no_match = spec.Choice<Action>("noMatch", {{"Deny", Action::kDeny},
                                                {"Warn", Action::kWarn},
                                                {"Audit", Action::kAudit}})
                    .value_or(Action::kDeny);
  if (const YamlValue* layers = spec.Find("layers")) {
    ReadLayers(*layers, to, issues);
  }
  ReadText(spec, "decisionLog", to.decision_log);
  ReadText(spec, "accessLog", to.access_log);
  ReadGrpc(spec, to);
  if (const YamlValue* webhook = spec.Find("webhook")) {
    ReadWebhook(*webhook, to, issues);
  }
  if (const YamlValue* limits = spec.Find("limits")) {
    ReadLimits(*limits, to, issues);
  }
  ReadTrustedProxies(spec, to.trusted_proxies);
  CheckAddresses(to, spec);
  if (to.webhook || !to.grpc.empty()) CheckReads(to, spec);
}

void ReadDocument(const YamlValue& document, GatewayConfig& to,
                  Issues& issues) {
  const std::vector<std::string> kinds{std::string(kKind)};
  const std::optional<Envelope> envelope =
      ReadEnvelope(document, kinds, issues);
  if (envelope && envelope->spec != nullptr) {
    ReadSpec(*envelope->spec, to, issues);
  }
}

}  // namespace

std::vector<SharedPort> SharedPorts(const GatewayConfig& config) {
  std::vector<std::pair<absl::string_view, HostPort>> addresses{
      {"listen", config.listen}, {"admin", config.admin}};
  if (config.webhook) {
    addresses.emplace_back("webhook.listen", config.webhook->listen);
  }
  const StatusOr<HostPort> grpc = HostPort::Parse(config.grpc);
  if (grpc.ok()) addresses.emplace_back("grpc", *grpc);  // else a Unix socket
  std::vector<SharedPort> shared;
  for (auto later = addresses.begin(); later != addresses.end(); ++later) {
    const auto earlier =
        std::find_if(addresses.begin(), later, [&](const auto& address) {
          return address.second.Overlaps(later->second);
        });
    if (earlier != later) shared.push_back({later->first, earlier->first});
  }
  return shared;
}

LoadedConfig LoadConfig(absl::string_view name, absl::string_view bytes) {
  Issues issues;
  const int file = issues.AddFile(name);
  const std::vector<YamlValue> documents = ParseYaml(file, bytes, issues);
  GatewayConfig config;
  if (documents.size() > 1) {
    issues.Add(documents[1].place,
               absl::StrCat("another document; write one of kind ", kKind));
  } else if (documents.empty() && issues.empty()) {
    issues.Add(
        {file, 0, 0},
        absl::StrCat("the file holds no document; write one of kind ", kKind));
  }
  if (!documents.empty()) ReadDocument(documents.front(), config, issues);
  LoadedConfig loaded;
  if (issues.empty()) loaded.config = std::move(config);
  loaded.issues = issues.Take();
  return loaded;
}

}  // namespace plimsoll
