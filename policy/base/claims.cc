#include "policy/base/claims.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kNameKey = "org.opencontainers.image.base.name";
constexpr absl::string_view kDigestKey = "org.opencontainers.image.base.digest";
constexpr size_t kMaxShownName = 256;

// What does not parse is shown to people and nothing else: short, one line.
std::string AsWritten(absl::string_view text) {
  return absl::CHexEscape(text.substr(0, kMaxShownName));
}

// A claim from a reference, whose digest was then written by a person.
BaseClaim FromReference(absl::string_view source, absl::string_view text) {
  BaseClaim claim;
  claim.source = std::string(source);
  // The one name that is no repository: standing on nothing.
  if (text == kScratchName) {
    claim.name = std::string(text);
    return claim;
  }
  StatusOr<Reference> reference = Reference::Parse(text);
  if (!reference.ok()) {
    claim.name = AsWritten(text);
    return claim;
  }
  claim.digest = std::exchange(reference->digest, std::nullopt);
  claim.shows_pin = claim.digest.has_value();
  claim.name = reference->ToString();
  return claim;
}

std::optional<Digest> DigestUnder(const StringPairs& pairs) {
  const std::string* text = FindPair(pairs, kDigestKey);
  if (text == nullptr) return std::nullopt;
  StatusOr<Digest> digest = Digest::Parse(*text);
  if (!digest.ok()) return std::nullopt;
  return *std::move(digest);
}

// The claims of one set of pairs: two where the name was written with a digest
// and the resolved digest is another (an index's and its child's, or wrong).
std::vector<BaseClaim> ReadPairs(absl::string_view source,
                                 const StringPairs& pairs) {
  const std::string* name = FindPair(pairs, kNameKey);
  const std::optional<Digest> digest = DigestUnder(pairs);
  if (name == nullptr) {
    if (!digest.has_value()) return {};
    // crane writes a digest alone where it was given a digest alone.
    return {{std::string(source), "", digest, source == kAnnotationClaim}};
  }
  // buildah's FROM scratch: an empty name beside an intermediate's digest.
  if (name->empty()) return {};
  BaseClaim claim = FromReference(source, *name);
  if (!claim.digest.has_value()) {
    claim.digest = digest;
    return {std::move(claim)};
  }
  if (!digest.has_value() || digest == claim.digest) return {std::move(claim)};
  BaseClaim resolved{claim.source, claim.name, digest, false};
  return {std::move(claim), std::move(resolved)};
}

bool SameClaim(const BaseClaim& a, const BaseClaim& b) {
  return a.source == b.source && a.name == b.name && a.digest == b.digest;
}

void Append(std::vector<BaseClaim> from, std::vector<BaseClaim>& to) {
  for (BaseClaim& claim : from) to.push_back(std::move(claim));
}

}  // namespace

std::vector<BaseClaim> ReadClaims(const ImageManifest& manifest,
                                  const ImageConfig& config,
                                  const HistoryWalk& walk) {
  std::vector<BaseClaim> claims =
      ReadPairs(kAnnotationClaim, manifest.annotations);
  Append(ReadPairs(kLabelClaim, config.labels), claims);
  if (!walk.from.empty()) {
    claims.push_back(FromReference(kHistoryClaim, walk.from));
  }
  // Docker's first builder writes the ID of the parent image there, which is
  // that of an intermediate step; `docker commit` what was run.
  if (!config.image.empty() && !Digest::Parse(config.image).ok()) {
    claims.push_back(FromReference(kConfigImageClaim, config.image));
  }
  return claims;
}

std::vector<BaseClaim> DropInherited(std::vector<BaseClaim> claims,
                                     const BaseRecord& base) {
  if (claims.empty()) return claims;
  std::vector<BaseClaim> own = ReadPairs(kAnnotationClaim, base.annotations);
  Append(ReadPairs(kLabelClaim, base.labels), own);
  const HistoryWalk walk = WalkHistory(base.history, base.layers.size());
  if (!walk.from.empty()) {
    own.push_back(FromReference(kHistoryClaim, walk.from));
  }
  claims.erase(std::remove_if(claims.begin(), claims.end(),
                              [&own](const BaseClaim& claim) {
                                return std::any_of(
                                    own.begin(), own.end(),
                                    [&claim](const BaseClaim& inherited) {
                                      return SameClaim(claim, inherited);
                                    });
                              }),
               claims.end());
  return claims;
}

std::string DescribeClaim(const BaseClaim& claim) {
  if (!claim.digest.has_value()) return claim.name;
  if (claim.name.empty()) return claim.digest->ToString();
  return absl::StrCat(claim.name, "@", claim.digest->ToString());
}

}  // namespace plimsoll
