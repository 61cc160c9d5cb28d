// Readers of the parts that manifests and indexes share (image-spec
// descriptor.md, annotations.md). Errors as ParseManifest's, without a place:
// the caller adds it. Pure.
#ifndef PLIMSOLL_POLICY_OCI_DESCRIPTOR_H_
#define PLIMSOLL_POLICY_OCI_DESCRIPTOR_H_

#include "absl/strings/string_view.h"
#include "policy/oci/json.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

// Reads one descriptor. `data`, where given, is decoded and must have the
// descriptor's size and digest.
StatusOr<Descriptor> ParseDescriptor(const JsonValue& value);

// Reads the member `name` of `fields` as annotations, at most kMaxAnnotations
// of them; their bytes are bounded as the document's are. Absent or null is
// empty.
StatusOr<StringPairs> ParseAnnotations(const JsonFields& fields,
                                       absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_DESCRIPTOR_H_
