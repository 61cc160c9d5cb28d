#include "gateway/cli/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/cli/disk_image.h"
#include "gateway/credential_file.h"
#include "gateway/registry/upstream_registry.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

// Docker Hub is reached under another name than it is called by.
std::string WireHost(const std::string& registry) {
  return registry == "docker.io" ? "registry-1.docker.io" : registry;
}

}  // namespace

StatusOr<NamedImage> Session::Open(const std::string& image,
                                   const Flags& flags) {
  if (NamesDiskImage(image)) {
    ASSIGN_OR_RETURN(DiskImage disk, OpenDiskImage(image), image);
    return NamedImage{std::move(disk.registry), disk.name, "",
                      disk.digest.ToString()};
  }
  ASSIGN_OR_RETURN(const Reference reference, Reference::Parse(image), image);
  const absl::string_view scheme =
      flags.Has("plain-http") ? "http://" : "https://";
  ASSIGN_OR_RETURN(UpstreamAddress address,
                   UpstreamAddress::Parse(
                       absl::StrCat(scheme, WireHost(reference.registry))));
  ASSIGN_OR_RETURN(UpstreamTls tls, UpstreamTls::New(address, {}));
  ASSIGN_OR_RETURN(const std::string authorization,
                   ReadCredentialFile(flags.Get("credential")));
  pools_.push_back(std::make_unique<UpstreamPools>(
      reference.registry, std::move(address), std::move(tls)));
  pools_.back()->AddLoop(loop_);
  tokens_.push_back(
      std::make_unique<ReadTokens>(*pools_.back(), authorization, absl::Now));
  pools_.back()->SetReadTokens(tokens_.back().get());
  auto registry = std::make_shared<UpstreamRegistry>(
      *pools_.back(), reference.repository, authorization);
  return NamedImage{
      std::move(registry), reference.repository, reference.tag,
      reference.digest ? reference.digest->ToString() : reference.tag};
}

}  // namespace plimsoll
