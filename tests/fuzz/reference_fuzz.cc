// Whatever bytes: no crash; what is accepted reads the same when written again,
// in parts that keep to their grammar.
#include <string>

#include "policy/oci/digest.h"
#include "policy/oci/reference.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

void CheckParts(const Reference& reference) {
  FUZZ_CHECK(IsRepositoryName(reference.repository));
  FUZZ_CHECK(reference.tag.empty() || IsTag(reference.tag));
  for (const char c : reference.ToString()) FUZZ_CHECK(c > ' ' && c < 0x7F);
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const absl::string_view text = FuzzText(data, size);
  const StatusOr<Digest> digest = Digest::Parse(text);
  if (digest.ok()) FUZZ_CHECK(digest->ToString() == text);
  const StatusOr<Reference> exact = Reference::ParseExact(text);
  const StatusOr<Reference> whole = Reference::Parse(text);
  FUZZ_CHECK(exact.ok() || !whole.ok());
  if (!whole.ok()) return 0;
  CheckParts(*exact);
  CheckParts(*whole);
  FUZZ_CHECK(!whole->registry.empty());
  FUZZ_CHECK(!whole->tag.empty() || whole->digest.has_value());
  const StatusOr<Reference> exact_again =
      Reference::ParseExact(exact->ToString());
  const StatusOr<Reference> whole_again = Reference::Parse(whole->ToString());
  FUZZ_CHECK(exact_again.ok() && *exact_again == *exact);
  FUZZ_CHECK(whole_again.ok() && *whole_again == *whole);
  return 0;
}
