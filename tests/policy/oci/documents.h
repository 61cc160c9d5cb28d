// Small well-formed documents for tests to break.
#ifndef PLIMSOLL_TESTS_POLICY_OCI_DOCUMENTS_H_
#define PLIMSOLL_TESTS_POLICY_OCI_DOCUMENTS_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace plimsoll {

inline constexpr absl::string_view kDigestA =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
inline constexpr absl::string_view kDigestB =
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

// A descriptor of kDigestA with `extra` members (", \"urls\": []") at its end.
inline std::string DescriptorJson(absl::string_view media_type,
                                  absl::string_view extra = "") {
  return absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                      kDigestA, R"(","size":7)", extra, "}");
}

inline std::string OciManifestJson(absl::string_view extra = "") {
  return absl::StrCat(
      R"({"schemaVersion":2,)"
      R"("mediaType":"application/vnd.oci.image.manifest.v1+json","config":)",
      DescriptorJson("application/vnd.oci.image.config.v1+json"),
      R"(,"layers":[)",
      DescriptorJson("application/vnd.oci.image.layer.v1.tar+gzip"), "]", extra,
      "}");
}

inline std::string OciIndexJson(absl::string_view extra = "") {
  return absl::StrCat(
      R"({"schemaVersion":2,)"
      R"("mediaType":"application/vnd.oci.image.index.v1+json","manifests":[)",
      DescriptorJson("application/vnd.oci.image.manifest.v1+json",
                     R"(,"platform":{"os":"linux","architecture":"amd64"})"),
      "]", extra, "}");
}

inline std::string ConfigJson(absl::string_view extra = "") {
  return absl::StrCat(
      R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers",)"
      R"("diff_ids":[")",
      kDigestA, R"("]})", extra, "}");
}

// `text` with every `from` replaced by `to`.
inline std::string With(absl::string_view text, absl::string_view from,
                        absl::string_view to) {
  return absl::StrReplaceAll(text, {{from, to}});
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_OCI_DOCUMENTS_H_
