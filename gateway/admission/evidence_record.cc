#include "gateway/admission/evidence_record.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/time/time.h"
#include "gateway/admission/decision.h"
#include "gateway/instant.h"
#include "plimsoll/v1/evidence.pb.h"

namespace plimsoll {
namespace {

template <typename Reports>
void FillReports(const std::vector<MatchedReport>& from, Reports& to) {
  for (const MatchedReport& matched : from) {
    auto* report = to.Add();
    report->set_document(matched.report.document.ToString());
    report->set_received(FormatInstant(matched.received));
  }
}

void FillLayers(const ImageEvidence& image, v1::StoredImage& to) {
  for (size_t i = 0; i < image.manifest.layers.size(); ++i) {
    v1::StoredLayer* layer = to.add_layers();
    layer->set_digest(image.manifest.layers[i].digest.ToString());
    if (!image.facts[i]) continue;
    const LayerFacts& facts = *image.facts[i];
    layer->set_diff_id(facts.diff_id.ToString());
    layer->set_size(facts.size);
    layer->set_inflated_size(facts.inflated_size);
    layer->set_compression(std::string(CompressionName(facts.compression)));
    layer->set_inspector_version(facts.inspector_version);
  }
}

void FillBases(const BaseIdentity& base, const BaseCatalog& catalog,
               v1::StoredImage& to) {
  const auto add = [&](const Digest& manifest) {
    for (const BaseRecord* record : catalog.FindByDigest(manifest)) {
      if (record->manifest == manifest) {
        to.add_base_records(FormatBaseRecord(*record));
      }
    }
  };
  const auto add_all = [&](const std::vector<BaseCandidate>& candidates) {
    for (const BaseCandidate& candidate : candidates) add(candidate.manifest);
  };
  add_all(base.candidates);
  add_all(base.nearer);
  for (const BaseAncestor& ancestor : base.ancestors) {
    add_all(ancestor.candidates);
  }
}

std::vector<Document> ListDocuments(
    const Evidence& evidence, std::shared_ptr<const std::string> manifest,
    const std::vector<GatheredManifest>& documents) {
  std::vector<Document> listed;
  listed.push_back({evidence.subject.digest.ToString(), std::move(manifest)});
  for (size_t i = 0; i < evidence.images.size(); ++i) {
    const ImageEvidence& image = evidence.images[i];
    if (image.digest != evidence.subject.digest) {
      listed.push_back({image.digest.ToString(), documents[i].manifest});
    }
    listed.push_back({image.config_digest.ToString(), documents[i].config});
  }
  return listed;
}

}  // namespace

absl::string_view SubjectKindName(SubjectKind kind) {
  switch (kind) {
    case SubjectKind::kImage:
      return "image";
    case SubjectKind::kIndex:
      return "index";
    case SubjectKind::kBuildCache:
      return "build-cache";
    case SubjectKind::kArtifact:
      return "artifact";
  }
  return "";
}

EvidenceRecord WriteEvidenceRecord(
    const Evidence& evidence, std::shared_ptr<const std::string> manifest,
    const std::vector<GatheredManifest>& documents,
    const BaseCatalog& catalog) {
  v1::StoredEvidence stored;
  stored.set_repository(evidence.subject.repository);
  for (const std::string& tag : evidence.subject.tags) stored.add_tags(tag);
  stored.set_digest(evidence.subject.digest.ToString());
  stored.set_media_type(evidence.subject.media_type);
  stored.set_size(evidence.subject.size);
  stored.set_kind(std::string(SubjectKindName(evidence.kind)));
  stored.set_artifact_kind(evidence.artifact_kind);
  for (size_t i = 0; i < evidence.images.size(); ++i) {
    const ImageEvidence& image = evidence.images[i];
    v1::StoredImage* to = stored.add_images();
    to->set_digest(image.digest.ToString());
    to->set_size(static_cast<int64_t>(documents[i].manifest->size()));
    to->set_config(image.config_digest.ToString());
    to->set_config_size(image.manifest.config.size);
    FillLayers(image, *to);
    FillBases(image.base, catalog, *to);
    FillReports(image.reports, *to->mutable_reports());
    FillReports(image.base_reports, *to->mutable_base_reports());
    for (const Gap& gap : image.gaps) FillGap(gap, *to->add_gaps());
  }
  for (const Gap& gap : evidence.gaps) FillGap(gap, *stored.add_gaps());
  for (const Fault& fault : evidence.malformed) {
    v1::Fault* to = stored.add_faults();
    to->set_kind(std::string(FaultKindName(fault.kind)));
    to->set_message(fault.message);
  }
  for (const std::string& text : evidence.unusual) stored.add_unusual(text);
  stored.set_catalog_revision(evidence.catalog_revision);
  KeepText(stored);

  EvidenceRecord record;
  if (evidence.malformed.empty()) {
    record.documents = ListDocuments(evidence, std::move(manifest), documents);
  }
  {
    google::protobuf::io::StringOutputStream out(&record.bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);
    stored.SerializeToCodedStream(&coded);
  }
  return record;
}

}  // namespace plimsoll
