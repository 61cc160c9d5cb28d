// Compresses layers and takes them apart again, for tests: zlib and libzstd,
// which the readers under test are compared with.
#ifndef PLIMSOLL_TESTS_SUPPORT_COMPRESSION_H_
#define PLIMSOLL_TESTS_SUPPORT_COMPRESSION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

// One gzip member.
std::string Gzip(absl::string_view bytes, int level = 6);
// One gzip member under another header: `flags` and whatever the flags promise.
std::string GzipUnder(absl::string_view header, absl::string_view bytes);
// One zstd frame.
std::string Zstd(absl::string_view bytes, int level = 3, int window_log = 0);
std::string ZstdSkippable(absl::string_view content);

// What zlib makes of one or more members with nothing after them; nullopt where
// it refuses them.
std::optional<std::string> ZlibGunzip(absl::string_view bytes);

// `size` bytes that look random and are the same for the same seed.
std::string Noise(size_t size, uint32_t seed);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_COMPRESSION_H_
