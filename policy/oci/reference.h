// Names of repositories, tags and images. The grammar is that of the
// distribution spec ("Pulling manifests") and, for references typed by people,
// Docker's normalisation. Values; safe for concurrent use.
#ifndef PLIMSOLL_POLICY_OCI_REFERENCE_H_
#define PLIMSOLL_POLICY_OCI_REFERENCE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

// Whether `text` is a repository name as it stands in a path: lower-case
// components joined by "/", at most 255 characters.
bool IsRepositoryName(absl::string_view text);
// Whether `text` is a tag: [A-Za-z0-9_][A-Za-z0-9._-]{0,127}.
bool IsTag(absl::string_view text);

// registry/repository[:tag][@digest]. `registry` is "docker.io" where the text
// names none; `repository` then has "library/" where it is one component.
struct Reference {
  std::string registry;
  std::string repository;
  std::string tag;  // empty where none was given and a digest was
  std::optional<Digest> digest;

  // Docker's normalisation: "debian" is docker.io/library/debian:latest,
  // index.docker.io is docker.io, a bare 64-digit hex string is refused, and
  // "localhost/x" or "host:5000/x" name a registry. Hosts are lower-cased, so
  // that one registry has one name; one without dot or port must be so already.
  // InvalidArgument otherwise.
  static StatusOr<Reference> Parse(absl::string_view text);
  // As Parse, but neither a registry nor a tag is filled in: what is not
  // written stays empty. For names that were claimed or catalogued.
  static StatusOr<Reference> ParseExact(absl::string_view text);

  // "registry/repository", without tag or digest.
  std::string Name() const;
  // "registry/repository:tag@digest".
  std::string ToString() const;

  friend bool operator==(const Reference&, const Reference&) = default;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_REFERENCE_H_
