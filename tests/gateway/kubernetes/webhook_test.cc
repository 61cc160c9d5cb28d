#include "gateway/kubernetes/webhook.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

TEST(ReviewBudget, EndsBeforeTheApiServerStopsWaiting) {
  const struct {
    absl::string_view target;
    absl::Duration budget;
  } cases[] = {
      {"/kubernetes/validate?timeout=3s", absl::Milliseconds(2500)},
      {"/kubernetes/validate?timeout=3s&x=1", absl::Milliseconds(2500)},
      {"/kubernetes/validate?x=1&timeout=3s", absl::Milliseconds(2500)},
      {"/kubernetes/validate?timeout=30s", absl::Milliseconds(4500)},
      {"/kubernetes/validate", absl::Milliseconds(4500)},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.target);
    EXPECT_EQ(ReviewBudget(c.target), c.budget);
  }
}

TEST(ReviewBudget, IsNeverNothingNorEndless) {
  for (absl::string_view timeout :
       {"0s", "-5s", "1ms", "", "soon", "inf", "-inf", "99999999999h"}) {
    SCOPED_TRACE(timeout);
    const std::string target =
        absl::StrCat("/kubernetes/validate?timeout=", timeout);
    EXPECT_GE(ReviewBudget(target), absl::Milliseconds(500));
    EXPECT_LE(ReviewBudget(target), absl::Milliseconds(4500));
  }
}

}  // namespace
}  // namespace plimsoll
