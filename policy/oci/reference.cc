#include "policy/oci/reference.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxRegistryBytes = 255;
constexpr size_t kMaxRepositoryBytes = 255;
constexpr size_t kMaxTagBytes = 128;
constexpr size_t kMaxReferenceBytes = 1024;
constexpr absl::string_view kDockerHub = "docker.io";
constexpr absl::string_view kDockerHubAlias = "index.docker.io";

bool IsAlnum(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}
bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool IsLowerAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

// What may stand between two runs of letters and digits: ".", "_", "__" or any
// number of "-".
bool IsSeparator(absl::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         (!text.empty() && text.find_first_not_of('-') == text.npos);
}

bool IsPathComponent(absl::string_view text) {
  if (text.empty() || !IsLowerAlnum(text.front()) ||
      !IsLowerAlnum(text.back())) {
    return false;
  }
  size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && IsLowerAlnum(text[i])) ++i;
    const size_t start = i;
    while (i < text.size() && !IsLowerAlnum(text[i])) ++i;
    if (i > start && !IsSeparator(text.substr(start, i - start))) return false;
  }
  return true;
}

bool IsHostLabel(absl::string_view label) {
  return !label.empty() && IsAlnum(label.front()) && IsAlnum(label.back()) &&
         absl::c_all_of(label, [](char c) { return IsAlnum(c) || c == '-'; });
}

// "[::1]" with hex digits and colons inside.
bool IsBracketedAddress(absl::string_view text) {
  return absl::ConsumePrefix(&text, "[") && absl::ConsumeSuffix(&text, "]") &&
         !text.empty() && absl::c_all_of(text, [](char c) {
           return c == ':' ||
                  absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

// A host and an optional ":port".
bool IsRegistry(absl::string_view text) {
  if (text.size() > kMaxRegistryBytes) return false;
  const size_t colon =
      text.find(':', text.rfind(']') == text.npos ? 0 : text.rfind(']'));
  if (colon != text.npos) {
    const absl::string_view port = text.substr(colon + 1);
    if (port.empty() || !absl::c_all_of(port, IsDigit)) return false;
  }
  const absl::string_view host = text.substr(0, colon);
  if (IsBracketedAddress(host)) return true;
  return absl::c_all_of(absl::StrSplit(host, '.'), [](absl::string_view label) {
    return IsHostLabel(label);
  });
}

// Whether the first of several components names a registry rather than the
// first part of a repository on Docker Hub. Docker also takes "HOST" for one,
// but not "host": such names are refused, as repositories in upper case.
bool NamesRegistry(absl::string_view first) {
  return first == "localhost" || first.find_first_of(".:") != first.npos;
}

// 64 hex digits read as an image ID and not as a name.
bool IsImageId(absl::string_view text) {
  return text.size() == 64 && absl::c_all_of(text, [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'f');
         });
}

// Cuts "@digest" and ":tag" off the end of `text`.
Status CutTagAndDigest(absl::string_view* text, Reference* reference) {
  const size_t at = text->find('@');
  if (at != text->npos) {
    ASSIGN_OR_RETURN(reference->digest, Digest::Parse(text->substr(at + 1)));
    *text = text->substr(0, at);
  }
  const size_t colon = text->rfind(':');
  const size_t slash = text->rfind('/');
  if (colon == text->npos || (slash != text->npos && colon < slash)) {
    return absl::OkStatus();
  }
  if (!IsTag(text->substr(colon + 1))) {
    return absl::InvalidArgumentError("the part after \":\" is not a tag");
  }
  reference->tag = std::string(text->substr(colon + 1));
  *text = text->substr(0, colon);
  return absl::OkStatus();
}

// Cuts "registry/" off the start of `text`, if it is there.
Status CutRegistry(absl::string_view* text, Reference* reference) {
  const size_t slash = text->find('/');
  if (slash == text->npos) return absl::OkStatus();
  const absl::string_view first = text->substr(0, slash);
  if (!NamesRegistry(first)) return absl::OkStatus();
  if (!IsRegistry(first)) {
    return absl::InvalidArgumentError(
        "the part before the first \"/\" is not a registry host");
  }
  reference->registry = absl::AsciiStrToLower(first);
  if (reference->registry == kDockerHubAlias) {
    reference->registry = std::string(kDockerHub);
  }
  *text = text->substr(slash + 1);
  return absl::OkStatus();
}

// Docker Hub's own images live under "library/".
void AddLibrary(Reference* reference) {
  const bool official = reference->registry == kDockerHub &&
                        !absl::StrContains(reference->repository, '/');
  if (official) reference->repository.insert(0, "library/");
}

Status CheckRepository(const Reference& reference) {
  if (IsRepositoryName(reference.repository)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "not a repository name (lower-case letters, digits and single "
      "separators, at most 255 bytes)");
}

}  // namespace

bool IsRepositoryName(absl::string_view text) {
  return text.size() <= kMaxRepositoryBytes &&
         absl::c_all_of(absl::StrSplit(text, '/'), [](absl::string_view part) {
           return IsPathComponent(part);
         });
}

bool IsTag(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxTagBytes &&
         (IsAlnum(text[0]) || text[0] == '_') &&
         absl::c_all_of(text, [](char c) {
           return IsAlnum(c) || c == '_' || c == '.' || c == '-';
         });
}

StatusOr<Reference> Reference::ParseExact(absl::string_view text) {
  if (text.size() > kMaxReferenceBytes) {
    return absl::InvalidArgumentError("reference too long");
  }
  if (IsImageId(text)) {
    return absl::InvalidArgumentError(
        "64 hex digits are an image ID, not a name");
  }
  Reference reference;
  RETURN_IF_ERROR(CutTagAndDigest(&text, &reference), "reference");
  RETURN_IF_ERROR(CutRegistry(&text, &reference), "reference");
  reference.repository = std::string(text);
  AddLibrary(&reference);
  RETURN_IF_ERROR(CheckRepository(reference), "reference");
  return reference;
}

StatusOr<Reference> Reference::Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(Reference reference, ParseExact(text));
  if (reference.registry.empty()) {
    reference.registry = std::string(kDockerHub);
    AddLibrary(&reference);
    RETURN_IF_ERROR(CheckRepository(reference), "reference");
  }
  if (reference.tag.empty() && !reference.digest.has_value()) {
    reference.tag = "latest";
  }
  return reference;
}

std::string Reference::Name() const {
  return registry.empty() ? repository
                          : absl::StrCat(registry, "/", repository);
}

std::string Reference::ToString() const {
  std::string text = Name();
  if (!tag.empty()) absl::StrAppend(&text, ":", tag);
  if (digest.has_value()) absl::StrAppend(&text, "@", digest->ToString());
  return text;
}

}  // namespace plimsoll
