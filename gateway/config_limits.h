// `limits` of the gateway's configuration. Pure.
#ifndef PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_
#define PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_

#include "gateway/config.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"

namespace plimsoll {

// What is not written has its default.
void ReadLimits(const YamlValue& value, GatewayConfig& to, Issues& issues);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_
