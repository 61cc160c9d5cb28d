// Links `policy` and nothing else: that it does is the test. Running it shows
// that the core answers with no shell around it.
#include <cstdlib>

#include "policy/status.h"

int main() {
  const plimsoll::Status status =
      plimsoll::Annotate(absl::NotFoundError("layer 3"), "manifest");
  return status.message() == "manifest: layer 3" ? EXIT_SUCCESS : EXIT_FAILURE;
}
