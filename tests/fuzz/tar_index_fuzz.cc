// Any bytes as a tar on disk: what is found lies within the archive.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "gateway/cli/tar_index.h"
#include "tests/fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const int memory = memfd_create("archive", 0);
  static const std::string path = absl::StrCat("/proc/self/fd/", memory);
  FUZZ_CHECK(ftruncate(memory, 0) == 0);
  FUZZ_CHECK(pwrite(memory, data, size, 0) == static_cast<ssize_t>(size));
  auto archive = plimsoll::FileRange::Open(path);
  FUZZ_CHECK(archive.ok());
  auto index = plimsoll::TarIndex::Read(*archive);
  if (!index.ok()) return 0;
  for (absl::string_view name : {"manifest.json", "a", "b/layer.tar"}) {
    auto file = index->Find(name);
    if (!file.ok()) continue;
    auto bytes = file->ReadAll(size);
    FUZZ_CHECK(bytes.ok() &&
               static_cast<int64_t>(bytes->size()) == file->size());
  }
  return 0;
}
