// The parts of the configuration that are about TLS: `tls` of a listener and
// `tls` of an upstream. Pure; no file is touched.
#ifndef PLIMSOLL_GATEWAY_CONFIG_TLS_H_
#define PLIMSOLL_GATEWAY_CONFIG_TLS_H_

#include "gateway/http/tls_settings.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"

namespace plimsoll {

ServerTlsSettings ReadServerTls(const YamlValue& value, Issues& issues);
// `https`: whether the upstream is spoken to in TLS itself, and not only what
// it leads to.
ClientTlsSettings ReadClientTls(const YamlValue& value, bool https,
                                Issues& issues);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_TLS_H_
