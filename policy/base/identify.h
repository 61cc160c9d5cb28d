// Identifies the base of an image. The proof comes from layer bytes that were
// hashed here, compared with the catalog's; what the pusher wrote may name,
// break ties or contradict. Reads no clock and no network; safe for concurrent
// use.
#ifndef PLIMSOLL_POLICY_BASE_IDENTIFY_H_
#define PLIMSOLL_POLICY_BASE_IDENTIFY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/base/catalog.h"
#include "policy/base/claims.h"
#include "policy/base/history.h"
#include "policy/base/layer_facts.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"

namespace plimsoll {

// How strongly the base is established, weakest first: rules compare with >=.
enum class Proof { kUnknown, kInferred, kClaimed, kAttested, kVerified };
absl::string_view ProofName(Proof proof);

enum class Via { kNone, kLayers, kContent };
absl::string_view ViaName(Via via);  // "", "layers", "content"

// Results that change what the checks do with a base (design: the matrix).
enum class BaseResult {
  kOrdinary,       // `proof` says it all
  kIsBase,         // the pushed manifest or config is itself catalogued
  kScratch,        // stands on nothing
  kOverridden,     // whiteouts removed what was verified
  kContradiction,  // a claim is disproven by the layers
  kMalformed,      // refused always: a layer is not what the config says
};
absl::string_view BaseResultName(BaseResult result);

enum class PinnedValue { kUnknown, kNo, kYes };
absl::string_view PinnedValueName(PinnedValue value);
struct Pinned {
  PinnedValue value = PinnedValue::kUnknown;
  Proof proof = Proof::kUnknown;  // of the statement, not of the base
  std::string source;             // where it was read, for people
};

// One catalogued record that the chain matches, as a copy: outlives the
// snapshot.
struct BaseCandidate {
  Digest manifest;
  std::optional<Digest> index;
  Digest config;
  std::vector<BaseName> names;
  Approval approval = Approval::kUnapproved;
  std::optional<absl::Time> created;
  bool proven = false;  // BaseRecord::proven
};

// A base that lies below the nearest one. `approval` is that of its bytes, as
// BaseIdentity's `approved` and `denied`.
struct BaseAncestor {
  std::string name;
  Digest manifest;
  size_t layers = 0;
  Approval approval = Approval::kUnapproved;
  Proof proof = Proof::kUnknown;  // verified, or claimed as `candidates` may be
  std::vector<BaseCandidate> candidates = {};  // the shown one first
};

struct BaseIdentity {
  BaseResult result = BaseResult::kOrdinary;
  Proof proof = Proof::kUnknown;
  Via via = Via::kNone;
  bool exact = false;  // history and config agree too
  // The name shown, e.g. "docker.io/library/debian:12"; "" where none is known.
  std::string name;
  std::optional<Digest> digest;  // manifest digest of the record shown
  size_t layers = 0;             // lowest layers that are the base's
  // All records with the same bytes; the shown one first. Empty unless the
  // chain matched: `verified` by hashed bytes, or `claimed` by the config's
  // diff IDs alone or by a record that is not proven.
  std::vector<BaseCandidate> candidates;
  std::vector<BaseAncestor> ancestors;  // nearest first
  // Records of longer chains that the config's diff IDs name and nothing
  // proves, longest first.
  std::vector<BaseCandidate> nearer;
  // By bytes: any candidate approved and none denied. Where the proof is
  // verified, only the approvals of proven records count. `denied` also where
  // a nearer chain that is only claimed is denied.
  bool approved = false;
  bool denied = false;
  // A claim names a nearer base than the one that is verified; its source is
  // "diff-ids" where a longer catalogued chain matches but is not proven.
  std::optional<BaseClaim> nearer_claim;
  Pinned pinned;
  std::vector<BaseClaim>
      claims;  // that were considered, inherited ones dropped
  std::vector<std::string> contradictions;  // one sentence each, names quoted
  std::vector<std::string> malformed;       // one sentence each
  HistoryWalk history;
  bool history_agrees = false;  // the shown record's history is a prefix
  // Layers without facts, by index: their bytes were not hashed here (yet).
  std::vector<size_t> unproven_layers;
  // A FROM line ready to paste, "name:tag@sha256:..."; "" where no base.
  std::string suggested;
};

// What is looked at. Borrows; `facts[i]` is for layer i and must be of that
// layer's digest.
struct ImageView {
  const Digest& manifest_digest;
  const Digest& config_digest;
  const ImageManifest& manifest;
  const ImageConfig& config;
  absl::Span<const std::optional<LayerFacts>> facts;
};

BaseIdentity IdentifyBase(const ImageView& image, const BaseCatalog& catalog);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_IDENTIFY_H_
