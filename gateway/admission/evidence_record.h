// Evidence as it is stored: canonical bytes that name themselves by digest and
// from which a verdict can be replayed. Pure.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_EVIDENCE_RECORD_H_
#define PLIMSOLL_GATEWAY_ADMISSION_EVIDENCE_RECORD_H_

#include <memory>
#include <string>
#include <vector>

#include "gateway/admission/gather_image.h"
#include "policy/base/catalog.h"
#include "policy/evidence.h"

namespace plimsoll {

// Serialises a v1.StoredEvidence and lists the documents that it names; none of
// what is malformed, whose bytes prove nothing. `documents[i]` belongs to
// evidence.images[i].
EvidenceRecord WriteEvidenceRecord(
    const Evidence& evidence, std::shared_ptr<const std::string> manifest,
    const std::vector<GatheredManifest>& documents, const BaseCatalog& catalog);

// "image", "index" or "artifact".
absl::string_view SubjectKindName(SubjectKind kind);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_EVIDENCE_RECORD_H_
