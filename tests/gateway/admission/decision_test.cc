#include "gateway/admission/decision.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

v1::Decision Of(const char* artifact, const char* reference) {
  v1::Decision decision;
  decision.set_artifact(artifact);
  decision.set_reference(reference);
  decision.set_digest("sha256:0");
  return decision;
}

TEST(IsStrayAttestation, IsAnAttestationThatIsPushedToATag) {
  EXPECT_TRUE(IsStrayAttestation(Of("attestation", "v1")));
  EXPECT_FALSE(IsStrayAttestation(Of("attestation", "sha256:0")));
  EXPECT_FALSE(IsStrayAttestation(Of("attestation", "sha256-0.att")))
      << "cosign's tags are for it";
  EXPECT_FALSE(IsStrayAttestation(Of("helm-chart", "v1")));
  EXPECT_FALSE(IsStrayAttestation(Of("", "v1")));
}

}  // namespace
}  // namespace plimsoll
