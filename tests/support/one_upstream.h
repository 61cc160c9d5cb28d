// A registry behind the gateway, as tests configure it.
#ifndef PLIMSOLL_TESTS_SUPPORT_ONE_UPSTREAM_H_
#define PLIMSOLL_TESTS_SUPPORT_ONE_UPSTREAM_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/registry/upstreams.h"

namespace plimsoll {

// On loopback, plain, for every request.
inline UpstreamSettings PlainUpstream(std::string name, std::string port) {
  UpstreamSettings settings;
  settings.name = std::move(name);
  settings.address = {false, "127.0.0.1", std::move(port)};
  return settings;
}

inline std::unique_ptr<Upstreams> UpstreamsOf(
    std::vector<UpstreamSettings> several) {
  std::vector<std::unique_ptr<Upstream>> all;
  for (UpstreamSettings& settings : several) {
    all.push_back(std::make_unique<Upstream>(std::move(settings), absl::Now));
  }
  return std::make_unique<Upstreams>(std::move(all));
}

inline std::unique_ptr<Upstreams> OneUpstream(UpstreamSettings settings) {
  std::vector<UpstreamSettings> one;
  one.push_back(std::move(settings));
  return UpstreamsOf(std::move(one));
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_ONE_UPSTREAM_H_
