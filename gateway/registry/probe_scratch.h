// ProbeScratch: what one examination pushes, how far it has come, and what is
// to be removed at its end. Every byte is of this run alone, so that nothing of
// somebody else's can be removed. For one thread.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_SCRATCH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_SCRATCH_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http/client.h"
#include "gateway/http/token_service.h"
#include "policy/oci/digest.h"

namespace plimsoll {

struct ScratchContent {
  explicit ScratchContent(std::string content)
      : bytes(std::move(content)), digest(Digest::Sha256(bytes)) {}

  const std::string bytes;
  const Digest digest;
  bool tried = false;   // it was sent, so it may be there
  bool stored = false;  // the upstream said so
};

struct ProbeScratch {
  // `nonce` is of this run alone: letters and digits.
  explicit ProbeScratch(absl::string_view nonce);

  ScratchContent layer;
  ScratchContent config;
  ScratchContent manifest;  // an artifact of the two
  ScratchContent referrer;  // the same with the manifest as its subject
  const std::string tag;    // of the referrer
  bool tagged = false;

  // What later probes rest on.
  bool reached = false;    // something answers at /v2/
  bool access = false;     // with what credential there is
  bool uploads = false;    // an upload session can be opened and used
  bool has_layer = false;  // the layer is stored
  bool has_blobs = false;  // the config, too
  bool has_manifest = false;
  std::optional<HttpAnswer> ping;       // to nobody's GET /v2/
  std::optional<TokenService> service;  // of the ping's challenge
  std::string location;                 // of an upload, as it was sent
  std::optional<HttpAnswer> blob;       // to the layer's GET

  // Targets of upload sessions that were opened and not finished.
  std::vector<std::string> sessions;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_SCRATCH_H_
