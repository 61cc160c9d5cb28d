// Which of several records with the same bytes to show. The order changes the
// name that people see and nothing else: approval and proof belong to the
// bytes. Pure.
#ifndef PLIMSOLL_POLICY_BASE_CANDIDATES_H_
#define PLIMSOLL_POLICY_BASE_CANDIDATES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/base/catalog.h"
#include "policy/base/claims.h"
#include "policy/base/history.h"
#include "policy/base/identify.h"

namespace plimsoll {

// A record and how well it fits an image, most weighty first.
struct Candidate {
  const BaseRecord* record = nullptr;
  int same_image = 0;  // 2: the same manifest, 1: the same config
  bool same_platform = false;
  size_t history = 0;  // leading entries of the image that are its history
  // Env and labels that the image has unchanged; -1 where some are gone.
  int inherited = -1;
  bool claimed_digest = false;
  bool claimed_name = false;
  std::string name;  // to show: the claimed one, else the last seen; or ""
  absl::Time last_seen = absl::InfinitePast();  // of `name`
};

// The records of one chain, the one to show first. `claims` are all claims of
// the image; `walk` is of its history, which is passed over where it is not
// consistent. REQUIRES: `records` is not empty.
std::vector<Candidate> RankCandidates(
    absl::Span<const BaseRecord* const> records, const ImageView& image,
    const HistoryWalk& walk, const std::vector<BaseClaim>& claims);

// Whether the first candidate is the one base that fits in history and config.
bool IsExact(absl::Span<const Candidate> ranked);

// os and architecture, and the variant where both have one.
bool SamePlatform(const Platform& a, const Platform& b);

// Whether `claim` names a base by the catalogued `name`: the same repository,
// and the same tag if it has one.
bool ClaimsName(const BaseClaim& claim, absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CANDIDATES_H_
