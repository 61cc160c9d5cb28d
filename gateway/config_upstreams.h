// `upstream` and `upstreams` of the gateway's configuration. Pure.
#ifndef PLIMSOLL_GATEWAY_CONFIG_UPSTREAMS_H_
#define PLIMSOLL_GATEWAY_CONFIG_UPSTREAMS_H_

#include <vector>

#include "gateway/config.h"
#include "policy/language/fields.h"

namespace plimsoll {

inline constexpr size_t kMaxUpstreams = 64;

// Reads one of the two, and sees to it that each request has one upstream at
// most and that `/v2/` of every host has one.
void ReadUpstreams(YamlFields& spec, std::vector<UpstreamConfig>& to);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_UPSTREAMS_H_
