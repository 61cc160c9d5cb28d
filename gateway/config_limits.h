// `limits` of the gateway's configuration. Pure.
#ifndef PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_
#define PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_

#include "gateway/config.h"
#include "gateway/http/sockets.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"

namespace plimsoll {

// What is not written has its default.
void ReadLimits(const YamlValue& value, GatewayConfig& to, Issues& issues);

// Of connections with clients, whose pushes are received and whose pulls are
// sent, and of those to upstreams, where it is the other way round.
SocketBuffers ClientBuffers(const GatewayConfig& config);
SocketBuffers UpstreamBuffers(const GatewayConfig& config);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_LIMITS_H_
