// A directory of a test's own, removed with everything in it when it goes out
// of scope. Ends the test program where the disk fails.
#ifndef PLIMSOLL_TESTS_SUPPORT_SCRATCH_DIR_H_
#define PLIMSOLL_TESTS_SUPPORT_SCRATCH_DIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  const std::string& path() const { return path_; }
  std::string Path(absl::string_view name) const;
  // Writes a file, with the folders above it; its path.
  std::string Write(absl::string_view name, absl::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_SCRATCH_DIR_H_
