// Whatever bytes: no crash; a record that is accepted is valid, unproven, and
// the same when written and read again.
#include <string>

#include "policy/base/catalog.h"
#include "tests/fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const StatusOr<BaseRecord> record = ParseBaseRecord(FuzzText(data, size));
  if (!record.ok()) return 0;
  FUZZ_CHECK(!record->proven);
  FUZZ_CHECK(ValidateBaseRecord(*record).ok());
  const std::string line = FormatBaseRecord(*record);
  FUZZ_CHECK(line.find('\n') == std::string::npos);
  const StatusOr<BaseRecord> again = ParseBaseRecord(line);
  FUZZ_CHECK(again.ok() && *again == *record);
  FUZZ_CHECK(FormatBaseRecord(*again) == line);
  const auto catalog = BaseCatalog::New({*record});
  FUZZ_CHECK(catalog.ok());
  FUZZ_CHECK((*catalog)->FindByChain(record->chain_id).size() == 1);
  return 0;
}
