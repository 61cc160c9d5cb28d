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
  ASSIGN_OR_RETURN(const std::string authorization,
                   ReadCredentialFile(flags.Get("credential")));
  ASSIGN_OR_RETURN(UpstreamPools * pools,
                   Reach(reference.registry, std::move(address), ""));
  tokens_.push_back(
      std::make_unique<ReadTokens>(*pools, authorization, absl::Now));
  pools->SetReadTokens(tokens_.back().get());
  auto registry = std::make_shared<UpstreamRegistry>(
      *pools, reference.repository, authorization);
  return NamedImage{
      std::move(registry), reference.repository, reference.tag,
      reference.digest ? reference.digest->ToString() : reference.tag};
}

StatusOr<UpstreamPools*> Session::Reach(std::string name,
                                        UpstreamAddress address,
                                        const std::string& ca_file) {
  ClientTlsSettings settings;
  settings.ca_file = ca_file;
  ASSIGN_OR_RETURN(UpstreamTls tls, UpstreamTls::New(name, address, settings));
  pools_.push_back(std::make_unique<UpstreamPools>(
      std::move(name), std::move(address), std::move(tls)));
  pools_.back()->AddLoop(loop_);
  return pools_.back().get();
}

}  // namespace plimsoll
