#include "gateway/cli/disk_registry.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {

Task<StatusOr<FetchedManifest>> DiskRegistry::FetchManifest(
    std::string reference, absl::Time deadline, size_t max_bytes) {
  CO_RETURN_IF_ERROR(CheckDeadline(deadline));
  CO_ASSIGN_OR_RETURN(FetchedManifest found, FindManifest(reference));
  if (found.bytes.size() > max_bytes) {
    co_return absl::ResourceExhaustedError(absl::StrCat(
        "manifest ", reference, " is larger than ", max_bytes, " bytes"));
  }
  co_return found;
}

Task<StatusOr<std::string>> DiskRegistry::FetchBlob(Digest digest,
                                                    size_t max_bytes,
                                                    absl::Time deadline) {
  CO_RETURN_IF_ERROR(CheckDeadline(deadline));
  const std::string where = absl::StrCat("blob ", digest.Short());
  CO_ASSIGN_OR_RETURN(FileRange blob, FindBlob(digest), where);
  CO_ASSIGN_OR_RETURN(std::string bytes, blob.ReadAll(max_bytes), where);
  if (Digest::Compute(digest.algorithm(), bytes) != digest) {
    co_return absl::DataLossError(
        absl::StrCat(where, ": bytes do not match the digest"));
  }
  co_return bytes;
}

Task<StatusOr<std::string>> DiskRegistry::FetchBlobStart(Digest digest,
                                                         size_t count,
                                                         absl::Time deadline) {
  CO_RETURN_IF_ERROR(CheckDeadline(deadline));
  CO_ASSIGN_OR_RETURN(FileRange blob, FindBlob(digest));
  co_return blob.Read(0, count);
}

Task<Status> DiskRegistry::HeadBlob(Digest digest, absl::Time deadline) {
  CO_RETURN_IF_ERROR(CheckDeadline(deadline));
  co_return FindBlob(digest).status();
}

Task<Status> DiskRegistry::StreamBlob(Digest digest, absl::Duration,
                                      BlobSink sink) {
  CO_ASSIGN_OR_RETURN(FileRange blob, FindBlob(digest));
  for (int64_t at = 0; at < blob.size();) {
    CO_ASSIGN_OR_RETURN(std::string piece, blob.Read(at, kDiskPieceBytes));
    CO_RETURN_IF_ERROR(co_await sink(piece));
    at += static_cast<int64_t>(piece.size());
  }
  co_return absl::OkStatus();
}

}  // namespace plimsoll
