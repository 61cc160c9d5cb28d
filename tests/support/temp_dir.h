// A directory of its own for a test, removed with all that is in it.
#ifndef PLIMSOLL_TESTS_SUPPORT_TEMP_DIR_H_
#define PLIMSOLL_TESTS_SUPPORT_TEMP_DIR_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace plimsoll {

class TempDir {
 public:
  TempDir() : path_(testing::TempDir() + "plimsoll-XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) abort();
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_TEMP_DIR_H_
