// Whatever bytes: no crash; what is accepted is within its bounds, reads the
// same when written again, and is seen to have diff IDs.
#include <string>

#include "policy/oci/image_config.h"
#include "policy/oci/json.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/json_text.h"
#include "tests/policy/oci/model_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const absl::string_view bytes = FuzzText(data, size);
  const bool has_diff_ids = HasDiffIds(bytes);
  const StatusOr<ImageConfig> config = ParseImageConfig(bytes);
  if (!config.ok()) return 0;
  FUZZ_CHECK(has_diff_ids);
  FUZZ_CHECK(config->diff_ids.size() <= kMaxLayers);
  FUZZ_CHECK(config->history.size() <= kMaxHistoryEntries);
  const std::string text = JsonText(*ParseJson(bytes));
  const StatusOr<ImageConfig> again = ParseImageConfig(text);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(ModelText(*again) == ModelText(*config));
  return 0;
}
