// Whatever bytes as a policy file: no crash; either a set or issues, never both
// and never neither, each issue one line with its place in the file.
#include <string>
#include <vector>

#include "policy/language/load.h"
#include "tests/fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const std::vector<PolicyFile> files = {
      {"policy.yaml", std::string(FuzzText(data, size))}};
  const LoadedPolicies loaded = LoadPolicies(files);
  FUZZ_CHECK(loaded.policies.has_value() == loaded.issues.empty());
  for (const Issue& issue : loaded.issues) {
    const std::string line = issue.ToString();
    FUZZ_CHECK(line.rfind("policy.yaml:", 0) == 0);
    FUZZ_CHECK(line.find('\n') == std::string::npos);
  }
  if (!loaded.policies) return 0;
  FUZZ_CHECK(loaded.policies->policies.size() <= kMaxPolicies);
  FUZZ_CHECK(LoadPolicies(files).policies->revision ==
             loaded.policies->revision);
  return 0;
}
