// Whatever bytes: no crash; what is accepted is within the limits and reads the
// same when written again; any text can be quoted.
#include <algorithm>
#include <set>
#include <string>

#include "policy/oci/image_config.h"
#include "policy/oci/json.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/json_text.h"

namespace plimsoll {
namespace {

// The number of nested containers; checks the names on its way.
size_t CheckDepth(const JsonValue& value) {
  size_t deepest = 0;
  if (const JsonArray* array = value.AsArray()) {
    for (const JsonValue& item : *array) {
      deepest = std::max(deepest, CheckDepth(item));
    }
    return deepest + 1;
  }
  const JsonObject* object = value.AsObject();
  if (object == nullptr) return 0;
  std::set<std::string> names;
  for (const JsonMember& member : *object) {
    FUZZ_CHECK(names.insert(member.name).second);
    deepest = std::max(deepest, CheckDepth(member.value));
  }
  return deepest + 1;
}

void CheckQuoting(absl::string_view text) {
  if (text.find('\0') != text.npos) return;
  const StatusOr<JsonValue> quoted = ParseJson(QuoteJson(text));
  FUZZ_CHECK(quoted.ok() && quoted->AsString() != nullptr);
  FUZZ_CHECK(QuoteJson(*quoted->AsString()) == QuoteJson(text));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const absl::string_view bytes = FuzzText(data, size);
  CheckQuoting(bytes);
  HasDiffIds(bytes);
  const JsonLimits limits;
  const StatusOr<JsonValue> value = ParseJson(bytes, limits);
  if (!value.ok()) return 0;
  FUZZ_CHECK(CheckDepth(*value) <= limits.max_depth);
  const std::string text = JsonText(*value);
  const StatusOr<JsonValue> again = ParseJson(text, limits);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(JsonText(*again) == text);
  return 0;
}
