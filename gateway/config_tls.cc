#include "gateway/config_tls.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/headers.h"
#include "policy/language/fields.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// `key` makes no sense without `other`.
void Pair(YamlFields& fields, absl::string_view key, absl::string_view other) {
  if (fields.Has(key) && !fields.Has(other)) {
    fields.Complain(key, absl::StrCat("`", key, "` needs `", other, "`"));
  }
}

bool IsHost(absl::string_view text) {
  return IsAuthority(text) && text.find(':') == absl::string_view::npos;
}

}  // namespace

ServerTlsSettings ReadServerTls(const YamlValue& value, Issues& issues) {
  YamlFields fields(value, "tls", issues);
  fields.Require("certificate");
  fields.Require("key");
  ServerTlsSettings tls;
  tls.certificate_file = fields.Text("certificate").value_or("");
  tls.key_file = fields.Text("key").value_or("");
  tls.client_ca_file = fields.Text("clientCa").value_or("");
  const auto demand = fields.Choice<ClientAuth>(
      "clientAuth", {{"optional", ClientAuth::kOptional},
                     {"required", ClientAuth::kRequired}});
  Pair(fields, "clientAuth", "clientCa");
  if (!tls.client_ca_file.empty()) {
    tls.client_auth = demand.value_or(ClientAuth::kRequired);
  }
  return tls;
}

ClientTlsSettings ReadClientTls(const YamlValue& value, bool https,
                                Issues& issues) {
  YamlFields fields(value, "tls", issues);
  ClientTlsSettings tls;
  tls.ca_file = fields.Text("ca").value_or("");
  tls.certificate_file = fields.Text("certificate").value_or("");
  tls.key_file = fields.Text("key").value_or("");
  Pair(fields, "certificate", "key");
  Pair(fields, "key", "certificate");
  tls.server_name = fields.Text("serverName").value_or("");
  if (!tls.server_name.empty() && !IsHost(tls.server_name)) {
    fields.Complain("serverName",
                    absl::StrCat("`serverName`: ", Quoted(tls.server_name),
                                 ": write a host without a port, as "
                                 "registry.example.com"));
  }
  for (const absl::string_view key : {"certificate", "serverName"}) {
    if (https || !fields.Has(key)) continue;
    fields.Complain(
        key, absl::StrCat("`", key, "` is for an https:// upstream alone"));
  }
  return tls;
}

}  // namespace plimsoll
