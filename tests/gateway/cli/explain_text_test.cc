#include "gateway/cli/explain_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A push to team/app:v1 that was refused by a policy's rule.
v1::Decision Denied() {
  v1::Decision decision;
  decision.set_id("d-1");
  decision.set_time("2026-09-02T08:15:00Z");
  decision.set_door("push");
  decision.set_mode("enforce");
  decision.set_enforced(true);
  decision.set_repository("team/app");
  decision.set_reference("v1");
  decision.add_tags("v1");
  decision.set_outcome("deny");
  decision.mutable_forward()->set_state("none");
  v1::Finding* finding = decision.add_findings();
  finding->set_policy("production");
  finding->set_rule("approved");
  finding->set_check("base.approved");
  finding->set_result("fail");
  finding->set_action("Deny");
  finding->set_message("not approved");
  finding->set_hint("approve it");
  return decision;
}

v1::Decision Forwarded() {
  v1::Decision decision = Denied();
  decision.set_outcome("admit");
  decision.mutable_findings(0)->set_result("pass");
  decision.mutable_forward()->set_state("forwarded");
  decision.mutable_forward()->set_status(201);
  return decision;
}

v1::Image& AddImage(v1::Decision& decision) {
  v1::Image* image = decision.add_images();
  image->mutable_base()->set_proof("verified");
  image->mutable_base()->set_result("ordinary");
  image->mutable_base()->set_via("layers");
  image->mutable_base()->mutable_pinned()->set_value("unknown");
  return *image;
}

TEST(ExplainText, SaysWhoTheClientWas) {
  v1::Decision decision = Denied();
  v1::Client& client = *decision.mutable_client();
  client.set_address("10.0.0.1");
  client.set_user_agent("skopeo");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("\n  client    10.0.0.1 skopeo\n"));
  client.set_name("alice");
  client.set_proof("none");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("\n  client    alice, from 10.0.0.1 skopeo\n"));
  client.set_name("spiffe://corp/ci");
  client.set_proof("mtls");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("\n  client    spiffe://corp/ci by its certificate, "
                        "from 10.0.0.1 skopeo\n"));
}

TEST(ListText, IsALineAndWhatFailed) {
  EXPECT_EQ(ListText(Denied()),
            "2026-09-02T08:15:00Z  deny             refused     team/app:v1  "
            "d-1\n    Deny production/approved: not approved\n");
  EXPECT_EQ(ListText(Forwarded()),
            "2026-09-02T08:15:00Z  admit            forwarded   team/app:v1  "
            "d-1\n");
}

// It once read "deny forwarded", as if a refusal had let the push through.
TEST(ListText, SaysOfWhatIsOnlyObservedThatItWasNotRefused) {
  v1::Decision decision = Denied();
  decision.set_mode("observe");
  decision.set_enforced(false);
  decision.mutable_forward()->set_state("forwarded");
  EXPECT_THAT(ListText(decision), HasSubstr("  deny (observed)  forwarded "));
  decision.mutable_forward()->set_state("none");
  EXPECT_THAT(ListText(decision), HasSubstr("  deny (observed)  none "));
}

TEST(ListText, CallsRefusedOnlyWhatSomebodyAskedToPass) {
  v1::Decision decision = Denied();
  for (const char* door : {"push", "webhook", "grpc"}) {
    decision.set_door(door);
    EXPECT_THAT(ListText(decision), HasSubstr("  refused ")) << door;
  }
  decision.set_door("check");
  EXPECT_THAT(ListText(decision), HasSubstr("  none "));
}

TEST(ListText, NamesABuiltInRuleAsExplainDoes) {
  v1::Decision decision = Denied();
  decision.mutable_findings(0)->set_policy("");
  decision.mutable_findings(0)->set_rule("well-formed");
  decision.mutable_findings(0)->set_result("error");
  EXPECT_THAT(ListText(decision), HasSubstr(" built-in/well-formed: "));
  EXPECT_THAT(ExplainText(decision), HasSubstr(" built-in/well-formed ("));
}

TEST(ExplainText, StartsWithWhatWasDecidedAndWhy) {
  EXPECT_THAT(ExplainText(Denied()),
              StartsWith("DENY  team/app:v1\n"
                         "  fail  Deny  production/approved (base.approved)\n"
                         "        not approved\n"
                         "        do: approve it\n"));
  v1::Decision observed = Denied();
  observed.set_enforced(false);
  EXPECT_THAT(ExplainText(observed),
              HasSubstr("\n      not enforced: this repository is only "
                        "observed\n"));
}

TEST(ExplainText, NamesADigestAsOneAndAHintlessRuleWithoutAHint) {
  v1::Decision decision = Denied();
  decision.clear_tags();
  decision.set_reference("sha256:0");
  decision.mutable_findings(0)->clear_hint();
  const std::string text = ExplainText(decision);
  EXPECT_THAT(text, StartsWith("DENY  team/app@sha256:0\n"));
  EXPECT_THAT(text, Not(HasSubstr("do: ")));
}

TEST(ExplainText, CountsWhatPassed) {
  v1::Decision decision = Forwarded();
  EXPECT_THAT(ExplainText(decision), HasSubstr("\n  1 rule passed\n"));
  decision.add_findings()->set_result("skip");
  EXPECT_THAT(ExplainText(decision), HasSubstr("\n  2 rules passed\n"));
}

TEST(ExplainText, CountsTheLayersOfTheBase) {
  v1::Decision decision = Forwarded();
  v1::Image& image = AddImage(decision);
  image.mutable_base()->set_layers(1);
  image.mutable_history()->set_entries(1);
  std::string text = ExplainText(decision);
  EXPECT_THAT(text, HasSubstr("verified, via the lowest 1 layer\n"));
  EXPECT_THAT(text, HasSubstr("history   1 entry\n"));
  image.mutable_base()->set_layers(3);
  image.mutable_base()->set_exact(true);
  image.mutable_history()->set_entries(7);
  text = ExplainText(decision);
  EXPECT_THAT(text, HasSubstr("verified, via the lowest 3 layers, exact\n"));
  EXPECT_THAT(text, HasSubstr("history   7 entries\n"));
  image.mutable_base()->set_via("content");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("via the content of the lowest 3 layers"));
}

TEST(ExplainText, SaysOfTheBaseWhatIsKnownOfIt) {
  v1::Decision decision = Forwarded();
  v1::Base& base = *AddImage(decision).mutable_base();
  EXPECT_THAT(ExplainText(decision), HasSubstr("base      not known\n"));
  base.set_name("docker.io/library/debian:12");
  base.set_digest("sha256:1");
  base.set_approved(true);
  base.set_result("contradiction");
  base.mutable_pinned()->set_value("no");
  base.mutable_pinned()->set_proof("claimed");
  base.add_ancestors()->set_name("docker.io/library/alpine:3");
  base.add_contradictions("the label says otherwise");
  const std::string text = ExplainText(decision);
  for (const char* line :
       {"base      docker.io/library/debian:12\n", "sha256:1\n",
        " (contradiction)\n", "approved  yes\n", "pinned    no (claimed)\n",
        "below it  docker.io/library/alpine:3\n",
        "contradiction: the label says otherwise\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(ExplainText, TellsWhatBecameOfThePush) {
  v1::Decision decision = Denied();
  EXPECT_THAT(ExplainText(decision), HasSubstr("\n  forward   refused\n"));
  decision = Forwarded();
  EXPECT_THAT(
      ExplainText(decision),
      HasSubstr("\n  forward   forwarded, the upstream answered 201\n"));
  decision.mutable_forward()->set_state("absent");
  decision.mutable_forward()->set_status(0);
  decision.mutable_forward()->set_reconciled(true);
  decision.mutable_forward()->set_detail("the upstream does not have it");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("\n  forward   absent, found out afterwards: the "
                        "upstream does not have it\n"));
  decision.clear_forward();
  EXPECT_THAT(ExplainText(decision), Not(HasSubstr("  forward ")));
}

TEST(ExplainText, SaysUntilWhenItHolds) {
  v1::Decision decision = Forwarded();
  EXPECT_THAT(ExplainText(decision), Not(HasSubstr("  valid ")));
  decision.set_valid_until("2026-10-02T08:15:00Z");
  EXPECT_THAT(ExplainText(decision),
              HasSubstr("\n  valid     until 2026-10-02T08:15:00Z, "));
}

}  // namespace
}  // namespace plimsoll
