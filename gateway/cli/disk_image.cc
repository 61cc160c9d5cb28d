#include "gateway/cli/disk_image.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/cli/docker_archive.h"
#include "gateway/cli/oci_layout.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kLayoutPrefix = "oci:";
constexpr absl::string_view kArchivePrefix = "docker-archive:";

StatusOr<DiskImage> OpenLayout(std::string directory, absl::string_view tag) {
  ASSIGN_OR_RETURN(std::shared_ptr<OciLayout> layout,
                   OciLayout::Open(std::move(directory)));
  ASSIGN_OR_RETURN(Digest digest, layout->Resolve(tag));
  return DiskImage{std::move(layout), std::move(digest), std::string(tag)};
}

StatusOr<DiskImage> OpenArchive(const std::string& path,
                                absl::string_view reference) {
  ASSIGN_OR_RETURN(std::shared_ptr<DockerArchive> archive,
                   DockerArchive::Open(path, reference));
  std::string name(reference);
  if (name.empty() && !archive->names().empty()) {
    name = archive->names().front();
  }
  Digest digest = archive->digest();
  return DiskImage{std::move(archive), std::move(digest), std::move(name)};
}

}  // namespace

bool NamesDiskImage(absl::string_view text) {
  return absl::StartsWith(text, kLayoutPrefix) ||
         absl::StartsWith(text, kArchivePrefix);
}

StatusOr<DiskImage> OpenDiskImage(absl::string_view text) {
  const bool is_layout = absl::ConsumePrefix(&text, kLayoutPrefix);
  if (!is_layout && !absl::ConsumePrefix(&text, kArchivePrefix)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "`", text, "` is neither oci:DIR nor docker-archive:FILE"));
  }
  std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  if (parts.first.empty()) return absl::InvalidArgumentError("path is missing");
  return is_layout ? OpenLayout(std::move(parts.first), parts.second)
                   : OpenArchive(parts.first, parts.second);
}

}  // namespace plimsoll
