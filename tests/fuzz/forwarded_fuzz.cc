// Any bytes as the lines of a trusted proxy's X-Forwarded-For, -Proto and
// -Host. What a client adds on the left changes nothing of who it is, and what
// is taken can stand in a Host field and an address alone.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/http/proxied_client.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kNames[] = {"X-Forwarded-For", "X-Forwarded-Proto",
                                        "X-Forwarded-Host"};

// Line by line: the first letter says which field the rest is.
Headers FieldsOf(absl::string_view bytes) {
  Headers headers;
  for (const absl::string_view line : absl::StrSplit(bytes, '\n')) {
    if (line.empty() || !IsFieldValue(line.substr(1))) continue;
    headers.Add(kNames[static_cast<unsigned char>(line[0]) % 3],
                line.substr(1));
  }
  return headers;
}

void ReadAll(absl::string_view bytes) {
  const AddressRanges trusted{*AddressRange::Parse("10.0.0.0/8"),
                              *AddressRange::Parse("fd00::/8")};
  const auto peer = *ParseAddress("10.0.0.1");
  const Headers headers = FieldsOf(bytes);
  const auto client = ReadForwarded(headers, peer, trusted);
  if (!client.ok()) {
    FUZZ_CHECK(client.error().status == 400);
    return;
  }
  FUZZ_CHECK(ParseAddress(client->address.to_string()) == client->address);
  FUZZ_CHECK(client->authority.empty() || IsAuthority(client->authority));
  if (Contains(trusted, client->address)) return;
  Headers more;
  more.Add(kNames[0], "203.0.113.5, nonsense");
  for (const HeaderField& field : headers) more.Add(field.name, field.value);
  const auto again = ReadForwarded(more, peer, trusted);
  FUZZ_CHECK(again.ok() && again->address == client->address);
}

void ReadRange(absl::string_view text) {
  const auto range = AddressRange::Parse(text);
  const auto alone = ParseAddress(text);
  if (range.ok() && alone) FUZZ_CHECK(range->Contains(*alone));
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  plimsoll::ReadAll(bytes);
  plimsoll::ReadRange(bytes);
  return 0;
}
