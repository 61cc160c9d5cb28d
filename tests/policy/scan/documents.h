// Reports for tests: samples from tests/testdata/scan, and edits of them.
#ifndef PLIMSOLL_TESTS_POLICY_SCAN_DOCUMENTS_H_
#define PLIMSOLL_TESTS_POLICY_SCAN_DOCUMENTS_H_

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace plimsoll {

inline std::string Sample(absl::string_view name) {
  std::ifstream file(
      absl::StrCat(PLIMSOLL_SOURCE_DIR, "/tests/testdata/scan/", name),
      std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  EXPECT_FALSE(bytes.empty()) << name;
  return bytes;
}

// `document` with its first `from` replaced by `to`. Fails the test where there
// is none, so that a table of edits cannot go stale.
inline std::string Edit(std::string document, absl::string_view from,
                        absl::string_view to) {
  size_t at = document.find(std::string(from));
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) {
    document.replace(at, from.size(), std::string(to));
  }
  return document;
}

struct RejectCase {
  const char* why;
  std::string document;
  absl::StatusCode code;
  const char* message;  // a part of it
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_SCAN_DOCUMENTS_H_
