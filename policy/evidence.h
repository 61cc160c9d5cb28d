// Evidence: all that a rule may look at, and the gaps in it. Gathered by the
// shell, never written by it to mean more than was seen. Values.
#ifndef PLIMSOLL_POLICY_EVIDENCE_H_
#define PLIMSOLL_POLICY_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/base/identify.h"
#include "policy/base/layer_facts.h"
#include "policy/oci/digest.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"
#include "policy/scan/report.h"

namespace plimsoll {

// A piece of evidence that could not be had, and why.
struct Gap {
  enum class Kind { kConfig, kLayer, kChild, kReport, kBlob };
  Kind kind = Kind::kBlob;
  std::string digest;    // of the missing thing; "" where it has none
  std::string message;   // "layer 3 of 9 is being inspected, push again"
  bool pending = false;  // work goes on: a later try may find it
};
absl::string_view GapKindName(Gap::Kind kind);

// A definite fault of bytes that can never change: refused at every stage
// whatever the policies say.
struct Fault {
  // Of what, so that it can be told what would help.
  enum class Kind {
    kFormat,    // a manifest of none of the formats that are accepted
    kBound,     // larger than anything here may be
    kDocument,  // a manifest, index or config that can be read in two ways
    kIndex,     // an index that does not fit its children
    kLayer,     // a layer that does not inflate to one tar
  };
  Kind kind = Kind::kDocument;
  std::string message;  // one sentence
};
absl::string_view FaultKindName(Fault::Kind kind);

// A scan report and how it was matched.
struct MatchedReport {
  ScanReport report;
  absl::Time received;
};

// One runnable image: a pushed manifest, or a child of a pushed index.
struct ImageEvidence {
  Digest digest;
  Digest config_digest;
  ImageManifest manifest;
  ImageConfig config;
  std::optional<Platform> listed_platform;       // as the index lists it
  std::vector<std::optional<LayerFacts>> facts;  // one per layer
  BaseIdentity base;
  std::vector<MatchedReport> reports;       // about this image
  std::vector<MatchedReport> base_reports;  // about its base, by digest
  std::vector<Gap> gaps;
};

// What is judged, as the client named it.
struct Subject {
  std::string repository;         // "team/app"
  std::vector<std::string> tags;  // empty: pushed or asked for by digest
  Digest digest;
  std::string media_type;
  int64_t size = 0;  // bytes of the manifest
};

// kBuildCache: whatever it is, in a repository that is configured for caches.
enum class SubjectKind { kImage, kIndex, kArtifact, kBuildCache };

struct Evidence {
  Subject subject;
  SubjectKind kind = SubjectKind::kImage;
  std::string artifact_kind;          // where kind is kArtifact
  std::vector<ImageEvidence> images;  // runnable ones; one unless an index
  std::vector<Gap> gaps;  // of the subject itself, children included
  std::vector<Fault> malformed;
  // Merely unusual things that `manifest.format` judges by default: "sha512
  // digest", "non-distributable layer", "sparse index", ...
  std::vector<std::string> unusual;
  std::string catalog_revision;
  bool catalog_empty = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_EVIDENCE_H_
