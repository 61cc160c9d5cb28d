// An examination: every probe of an upstream, in their order, on scratch blobs
// and manifests that are removed again at its end. What `plimsoll doctor` says.
// No errors: what could not be asked is unknown, with its reason. For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_EXAMINATION_H_
#define PLIMSOLL_GATEWAY_REGISTRY_EXAMINATION_H_

#include <string>
#include <vector>

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/task.h"

namespace plimsoll {

struct Examination {
  std::vector<ProbeResult> probes;  // always the same ones
  std::vector<LeftBehind> left;
};

// Whether Plimsoll can stand in front of the upstream.
enum class Usable {
  kYes,
  kLimited,  // yes, without the features of some probes
  kNo,       // something essential is ruled out
  kUnknown,  // something essential could not be asked
};
Usable UsableOf(const Examination& examination);
absl::string_view UsableName(Usable usable);

// `nonce` is of this run alone: letters and digits.
Task<Examination> Examine(ProbeClient& client, std::string nonce);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_EXAMINATION_H_
