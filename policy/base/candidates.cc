#include "policy/base/candidates.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

absl::string_view EnvName(absl::string_view setting) {
  return setting.substr(0, setting.find('='));
}

// Children keep their base's variables in place and may change the values.
std::optional<int> InheritedEnv(const std::vector<std::string>& base,
                                const std::vector<std::string>& image) {
  if (base.size() > image.size()) return std::nullopt;
  int same = 0;
  for (size_t i = 0; i < base.size(); ++i) {
    if (EnvName(base[i]) != EnvName(image[i])) return std::nullopt;
    if (base[i] == image[i]) ++same;
  }
  return same;
}

std::optional<int> InheritedLabels(const StringPairs& base,
                                   const ImageConfig& image) {
  int same = 0;
  for (const auto& [key, value] : base) {
    const std::string* own = image.Label(key);
    if (own == nullptr) return std::nullopt;
    if (*own == value) ++same;
  }
  return same;
}

int Inherited(const BaseRecord& base, const ImageConfig& image) {
  const std::optional<int> env = InheritedEnv(base.env, image.env);
  const std::optional<int> labels = InheritedLabels(base.labels, image);
  return env.has_value() && labels.has_value() ? *env + *labels : -1;
}

bool HasDigest(const BaseRecord& record, const Digest& digest) {
  return record.manifest == digest || record.config == digest ||
         record.index == digest;
}

const BaseName* LastSeen(const std::vector<BaseName>& names) {
  const auto last = std::max_element(
      names.begin(), names.end(), [](const BaseName& a, const BaseName& b) {
        return std::tie(a.last_seen, b.name) < std::tie(b.last_seen, a.name);
      });
  return last == names.end() ? nullptr : &*last;
}

// The name to show, a claimed one if the record has it.
void ChooseName(const std::vector<BaseClaim>& claims, Candidate& candidate) {
  const std::vector<BaseName>& names = candidate.record->names;
  const BaseName* shown = LastSeen(names);
  for (const BaseClaim& claim : claims) {
    if (candidate.claimed_name) break;
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&claim](const BaseName& name) {
                                      return ClaimsName(claim, name.name);
                                    });
    if (named == names.end()) continue;
    shown = &*named;
    candidate.claimed_name = true;
  }
  if (shown == nullptr) return;
  candidate.name = shown->name;
  candidate.last_seen = shown->last_seen;
}

Candidate Fit(const BaseRecord* record, const ImageView& image,
              const HistoryWalk& walk, const std::vector<BaseClaim>& claims) {
  Candidate candidate;
  candidate.record = record;
  if (record->manifest == image.manifest_digest) {
    candidate.same_image = 2;
  } else if (record->config == image.config_digest) {
    candidate.same_image = 1;
  }
  candidate.same_platform =
      SamePlatform(record->platform, image.config.platform);
  candidate.inherited = Inherited(*record, image.config);
  if (walk.consistent) {
    candidate.history =
        HistoryPrefix(record->history, image.config.history).value_or(0);
  }
  const std::vector<BaseClaim> own = DropInherited(claims, *record);
  candidate.claimed_digest =
      std::any_of(own.begin(), own.end(), [record](const BaseClaim& claim) {
        return claim.digest.has_value() && HasDigest(*record, *claim.digest);
      });
  ChooseName(own, candidate);
  return candidate;
}

// Up to here candidates differ in what the image itself shows.
auto Shape(const Candidate& c) {
  return std::make_tuple(c.same_image, c.record->proven, c.same_platform,
                         c.history, c.inherited);
}

bool ComesBefore(const Candidate& a, const Candidate& b) {
  const auto weight = [](const Candidate& c) {
    return std::tuple_cat(
        Shape(c),
        std::make_tuple(c.claimed_digest, c.claimed_name, c.last_seen));
  };
  const auto a_weight = weight(a);
  const auto b_weight = weight(b);
  if (a_weight != b_weight) return a_weight > b_weight;
  return std::tie(a.name, a.record->manifest) <
         std::tie(b.name, b.record->manifest);
}

}  // namespace

std::vector<Candidate> RankCandidates(
    absl::Span<const BaseRecord* const> records, const ImageView& image,
    const HistoryWalk& walk, const std::vector<BaseClaim>& claims) {
  std::vector<Candidate> ranked;
  ranked.reserve(records.size());
  for (const BaseRecord* record : records) {
    ranked.push_back(Fit(record, image, walk, claims));
  }
  std::sort(ranked.begin(), ranked.end(), ComesBefore);
  return ranked;
}

bool IsExact(absl::Span<const Candidate> ranked) {
  const Candidate& shown = ranked.front();
  if (shown.same_image > 0) return true;
  if (shown.history == 0 || shown.inherited < 0) return false;
  return std::all_of(ranked.begin(), ranked.end(), [&](const Candidate& other) {
    return Shape(other) != Shape(shown) ||
           other.record->config == shown.record->config;
  });
}

bool SamePlatform(const Platform& a, const Platform& b) {
  return a.os == b.os && a.architecture == b.architecture &&
         (a.variant == b.variant || a.variant.empty() || b.variant.empty());
}

bool ClaimsName(const BaseClaim& claim, absl::string_view name) {
  if (claim.name.empty()) return false;
  if (claim.name == name) return true;
  const StatusOr<Reference> claimed = Reference::ParseExact(claim.name);
  if (!claimed.ok() || !claimed->tag.empty()) return false;
  const StatusOr<Reference> known = Reference::Parse(name);
  return known.ok() && known->Name() == claim.name;
}

}  // namespace plimsoll
