// Any bytes as a Trivy report.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/scan_report.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  absl::string_view bytes = plimsoll::FuzzText(data, size);
  auto report = plimsoll::ParseTrivyReport(bytes);
  if (report.ok()) plimsoll::CheckReport(bytes, *report);
  return 0;
}
