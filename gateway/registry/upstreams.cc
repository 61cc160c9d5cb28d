#include "gateway/registry/upstreams.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/registry/upstream_registry.h"

namespace plimsoll {
namespace {

bool Serves(const UpstreamSettings& settings, absl::string_view host) {
  return std::any_of(settings.hosts.begin(), settings.hosts.end(),
                     [host](const std::string& named) {
                       return absl::EqualsIgnoreCase(named, host);
                     });
}

// How much of the repository's name an upstream claims, in bytes; -1 where it
// does not serve it.
int ClaimOn(const UpstreamSettings& settings, absl::string_view repository) {
  int most = settings.prefixes.empty() ? 0 : -1;
  for (const std::string& prefix : settings.prefixes) {
    if (IsBelow(repository, prefix)) {
      most = std::max(most, static_cast<int>(prefix.size()));
    }
  }
  return most;
}

}  // namespace

Upstream::Upstream(UpstreamSettings settings, Clock clock)
    : settings_(std::move(settings)),
      clients_(settings_.name, settings_.address, settings_.tls),
      reads_(settings_.name, settings_.address, settings_.tls),
      tokens_(reads_, settings_.read_authorization, clock),
      health_(settings_.name, clock) {
  clients_.SetSocketBuffers(settings_.socket_buffers);
  reads_.SetSocketBuffers(settings_.socket_buffers);
  if (settings_.reads) reads_.SetReadTokens(&tokens_);
}

std::shared_ptr<Registry> Upstream::Open(const std::string& repository) const {
  return std::make_shared<UpstreamRegistry>(reads_, repository,
                                            read_authorization());
}

std::string Upstream::ClientKey(absl::string_view credential_class) const {
  return absl::StrCat(name(), " ", credential_class);
}

void Upstream::AddLoop(Loop& loop) {
  clients_.AddLoop(loop);
  reads_.AddLoop(loop);
}

void Upstream::Clear() {
  clients_.Clear();
  reads_.Clear();
}

Upstream* Upstreams::For(absl::string_view host,
                         absl::string_view repository) const {
  const bool named = std::any_of(
      all_.begin(), all_.end(),
      [host](const auto& one) { return Serves(one->settings(), host); });
  Upstream* best = nullptr;
  int most = -1;
  for (const auto& one : all_) {
    const UpstreamSettings& settings = one->settings();
    const bool here = named ? Serves(settings, host) : settings.hosts.empty();
    const int claim = here ? ClaimOn(settings, repository) : -1;
    if (claim <= most) continue;
    most = claim;
    best = one.get();
  }
  return best;
}

Upstream* Upstreams::Named(absl::string_view name) const {
  for (const auto& one : all_) {
    if (one->name() == name) return one.get();
  }
  return nullptr;
}

bool IsBelow(absl::string_view repository, absl::string_view prefix) {
  return absl::ConsumePrefix(&repository, prefix) &&
         (repository.empty() || repository.front() == '/');
}

}  // namespace plimsoll
