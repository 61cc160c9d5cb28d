// One document of a policy file to a value: the envelope that all kinds share
// (apiVersion, kind, metadata, spec) and the readers of each kind. Pure.
#ifndef PLIMSOLL_POLICY_LANGUAGE_DOCUMENTS_H_
#define PLIMSOLL_POLICY_LANGUAGE_DOCUMENTS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/language/fields.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"
#include "policy/policy_set.h"

namespace plimsoll {

struct Envelope {
  std::string kind;
  std::string name;
  Place name_place;
  std::map<std::string, std::string> annotations;
  const YamlValue* spec = nullptr;  // borrowed; nullptr where it is missing
};

// Reads what all kinds share. `kinds` are the known ones; nullopt for an
// unknown kind or apiVersion. A missing name is an issue and stays empty.
std::optional<Envelope> ReadEnvelope(const YamlValue& document,
                                     const std::vector<std::string>& kinds,
                                     Issues& issues);

// Names of documents, rules and sources: lower-case letters, digits, "-" and
// ".", at most 63 of them, as Kubernetes has them. "" and an issue otherwise.
std::string ReadName(YamlFields& fields, absl::string_view key);

// A source that a rule names and where it does, for the loader to look up.
struct SourceUse {
  std::string name;
  Place place;
};
// A policy whose rules still lack the globs of the sources that they name.
struct PolicyDocument {
  Policy policy;
  std::vector<SourceUse> uses;
};
PolicyDocument ReadPolicy(const Envelope& envelope, Issues& issues);

// A source and where it stands, to tell which of two is meant.
struct PlacedSource {
  BaseSource source;
  Place place;
};
std::vector<PlacedSource> ReadCatalogSources(const Envelope& envelope,
                                             Issues& issues);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_DOCUMENTS_H_
