// What every fuzz target needs: its input as text, and a check that stops the
// fuzzer where it does not hold, in every build.
#ifndef PLIMSOLL_TESTS_FUZZ_FUZZING_H_
#define PLIMSOLL_TESTS_FUZZ_FUZZING_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/string_view.h"

#define FUZZ_CHECK(condition)                                              \
  do {                                                                     \
    if (!(condition)) {                                                    \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                        \
    }                                                                      \
  } while (false)

namespace plimsoll {

inline absl::string_view FuzzText(const uint8_t* data, size_t size) {
  return absl::string_view(reinterpret_cast<const char*>(data), size);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_FUZZ_FUZZING_H_
