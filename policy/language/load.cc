#include "policy/language/load.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "policy/language/documents.h"
#include "policy/oci/digest.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kPolicyKind = "BaseImagePolicy";
constexpr absl::string_view kCatalogKind = "BaseCatalog";

// Compiles documents one after the other, and what they say of each other at
// the end.
class Loader {
 public:
  void AddFile(const PolicyFile& file);
  LoadedPolicies Finish(Action no_match);

 private:
  void AddDocument(const YamlValue& document);
  void AddSources(const Envelope& envelope);
  void Claim(const Envelope& envelope);
  void CheckUses();
  void Resolve(BaseApproved& params) const;
  std::string Revision(Action no_match);

  Issues issues_;
  std::vector<Policy> policies_;
  std::vector<SourceUse> uses_;
  std::map<std::string, PlacedSource> sources_;
  std::map<std::string, Place> names_;  // "kind/name"
  std::vector<std::string> canonical_;
};

void Loader::AddFile(const PolicyFile& file) {
  const int number = issues_.AddFile(file.name);
  const size_t issues_before = issues_.size();
  const std::vector<YamlValue> documents =
      ParseYaml(number, file.bytes, issues_);
  if (documents.empty() && issues_.size() == issues_before) {
    issues_.Add({number, 0, 0}, "the file holds no document");
  }
  for (const YamlValue& document : documents) AddDocument(document);
}

void Loader::AddDocument(const YamlValue& document) {
  const std::optional<Envelope> envelope = ReadEnvelope(
      document, {std::string(kPolicyKind), std::string(kCatalogKind)}, issues_);
  if (!envelope) return;
  Claim(*envelope);
  canonical_.push_back(CanonicalYaml(document));
  if (envelope->kind == kCatalogKind) return AddSources(*envelope);
  PolicyDocument read = ReadPolicy(*envelope, issues_);
  policies_.push_back(std::move(read.policy));
  uses_.insert(uses_.end(), read.uses.begin(), read.uses.end());
  if (policies_.size() == kMaxPolicies + 1) {
    issues_.Add(envelope->name_place,
                absl::StrCat("more than ", kMaxPolicies, " policies"));
  }
}

// Names are unique within a kind, over all files.
void Loader::Claim(const Envelope& envelope) {
  if (envelope.name.empty()) return;
  const auto [first, is_new] = names_.emplace(
      absl::StrCat(envelope.kind, "/", envelope.name), envelope.name_place);
  if (is_new) return;
  issues_.Add(
      envelope.name_place,
      absl::StrCat(envelope.kind, " `", envelope.name,
                   "` is there already, at ", issues_.Describe(first->second)));
}

void Loader::AddSources(const Envelope& envelope) {
  for (PlacedSource& placed : ReadCatalogSources(envelope, issues_)) {
    const std::string name = placed.source.name;
    const Place place = placed.place;
    if (name.empty()) continue;
    const auto [first, is_new] = sources_.emplace(name, std::move(placed));
    if (is_new) continue;
    issues_.Add(place, absl::StrCat("source `", name, "` is there already, at ",
                                    issues_.Describe(first->second.place)));
  }
}

void Loader::CheckUses() {
  std::vector<std::string> known;
  for (const auto& [name, source] : sources_) known.push_back(name);
  for (const SourceUse& use : uses_) {
    if (sources_.count(use.name) > 0) continue;
    issues_.Add(
        use.place,
        absl::StrCat("source ", Quoted(use.name), " is in no BaseCatalog; ",
                     known.empty()
                         ? "add a BaseCatalog that has it"
                         : absl::StrCat("known are ", JoinChoices(known))));
  }
}

void Loader::Resolve(BaseApproved& params) const {
  for (const std::string& name : params.sources) {
    const auto found = sources_.find(name);
    if (found == sources_.end()) continue;
    const std::vector<Glob>& images = found->second.source.images;
    params.source_images.insert(params.source_images.end(), images.begin(),
                                images.end());
  }
}

// The order of files and documents changes nothing.
std::string Loader::Revision(Action no_match) {
  std::sort(canonical_.begin(), canonical_.end());
  Hasher hasher;
  hasher.Update(absl::StrCat("no-match ", ActionName(no_match), "\n"));
  for (const std::string& document : canonical_) {
    hasher.Update(absl::StrCat(document.size(), " ", document, "\n"));
  }
  return hasher.Finish().ToString();
}

LoadedPolicies Loader::Finish(Action no_match) {
  CheckUses();
  LoadedPolicies loaded;
  if (!issues_.empty()) {
    loaded.issues = issues_.Take();
    return loaded;
  }
  PolicySet& set = loaded.policies.emplace();
  set.no_match = no_match;
  set.revision = Revision(no_match);
  for (Policy& policy : policies_) {
    for (Rule& rule : policy.rules) {
      if (auto* params = std::get_if<BaseApproved>(&rule.check)) {
        Resolve(*params);
      }
    }
    set.policies.push_back(std::move(policy));
  }
  for (auto& [name, placed] : sources_) {
    set.sources.push_back(std::move(placed.source));
  }
  return loaded;
}

}  // namespace

LoadedPolicies LoadPolicies(absl::Span<const PolicyFile> files,
                            Action no_match) {
  if (files.size() > kMaxPolicyFiles) {
    LoadedPolicies loaded;
    loaded.issues.push_back(
        {files[kMaxPolicyFiles].name, 0, 0,
         absl::StrCat("more than ", kMaxPolicyFiles, " policy files")});
    return loaded;
  }
  Loader loader;
  for (const PolicyFile& file : files) loader.AddFile(file);
  return loader.Finish(no_match);
}

}  // namespace plimsoll
