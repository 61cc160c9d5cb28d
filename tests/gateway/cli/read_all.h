// Calls a Registry from a test that has no loop.
#ifndef PLIMSOLL_TESTS_GATEWAY_CLI_READ_ALL_H_
#define PLIMSOLL_TESTS_GATEWAY_CLI_READ_ALL_H_

#include <string>

#include "gateway/registry/registry.h"

namespace plimsoll {

inline StatusOr<FetchedManifest> FetchManifest(Registry& registry,
                                               const std::string& reference) {
  return RunBlocking<StatusOr<FetchedManifest>>([&] {
    return registry.FetchManifest(reference, absl::InfiniteFuture());
  });
}

inline StatusOr<std::string> FetchBlob(Registry& registry, const Digest& digest,
                                       size_t max_bytes = 4 << 20) {
  return RunBlocking<StatusOr<std::string>>([&] {
    return registry.FetchBlob(digest, max_bytes, absl::InfiniteFuture());
  });
}

inline StatusOr<std::string> FetchBlobStart(Registry& registry,
                                            const Digest& digest,
                                            size_t count) {
  return RunBlocking<StatusOr<std::string>>([&] {
    return registry.FetchBlobStart(digest, count, absl::InfiniteFuture());
  });
}

inline Status HeadBlob(Registry& registry, const Digest& digest) {
  return RunBlocking<Status>(
      [&] { return registry.HeadBlob(digest, absl::InfiniteFuture()); });
}

inline StatusOr<std::string> StreamBlob(Registry& registry,
                                        const Digest& digest) {
  std::string streamed;
  BlobSink sink = [&streamed](absl::string_view bytes) -> Task<Status> {
    streamed.append(bytes.data(), bytes.size());
    co_return absl::OkStatus();
  };
  RETURN_IF_ERROR(RunBlocking<Status>(
      [&] { return registry.StreamBlob(digest, absl::Seconds(1), sink); }));
  return streamed;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_CLI_READ_ALL_H_
