// Real documents that builders wrote, from tests/testdata/images.
#ifndef PLIMSOLL_TESTS_POLICY_OCI_SAMPLES_H_
#define PLIMSOLL_TESTS_POLICY_OCI_SAMPLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace plimsoll {

struct Sample {
  std::string name;  // "buildkit/bk-tag.manifest.json"
  std::string bytes;
};

// All samples whose name ends in `suffix`, by name.
std::vector<Sample> ReadSamples(absl::string_view suffix);
// The bytes of one. The test fails where there is none.
std::string ReadSample(absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_OCI_SAMPLES_H_
