#include "gateway/cli/explain_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

std::string Headline(const v1::Decision& decision) {
  std::string line = absl::StrCat(
      absl::AsciiStrToUpper(decision.outcome()), "  ", decision.repository(),
      decision.tags().empty() ? "@" : ":", decision.reference(), "\n");
  if (!decision.enforced()) {
    line += "      not enforced: this repository is only observed\n";
  }
  return line;
}

// "production/approved", "built-in/well-formed".
std::string RuleName(const v1::Finding& finding) {
  return absl::StrCat(finding.policy().empty() ? "built-in" : finding.policy(),
                      "/", finding.rule());
}

bool HasFailed(const v1::Finding& finding) {
  return finding.result() == "fail" || finding.result() == "error";
}

// What became of it: of a push its forward's state. A refusal is told apart
// from what nobody was going to forward.
std::string ForwardWords(const v1::Decision& decision) {
  const std::string& state = decision.forward().state();
  const bool refuses = decision.door() != "check" && decision.enforced() &&
                       decision.outcome() == "deny";
  return refuses && (state.empty() || state == "none") ? "refused" : state;
}

void AddFinding(const v1::Finding& finding, std::string& text) {
  absl::StrAppend(&text, "  ", finding.result(), "  ", finding.action(), "  ",
                  RuleName(finding), " (", finding.check(), ")");
  if (!finding.platform().empty()) {
    absl::StrAppend(&text, " ", finding.platform());
  }
  absl::StrAppend(&text, "\n        ", finding.message(), "\n");
  if (!finding.hint().empty()) {
    absl::StrAppend(&text, "        do: ", finding.hint(), "\n");
  }
}

void AddFindings(const v1::Decision& decision, std::string& text) {
  size_t passed = 0;
  for (const v1::Finding& finding : decision.findings()) {
    if (HasFailed(finding)) {
      AddFinding(finding, text);
    } else {
      ++passed;
    }
  }
  if (passed > 0) {
    absl::StrAppend(&text, "  ", Counted(passed, "rule"), " passed\n");
  }
}

void AddBase(const v1::Base& base, std::string& text) {
  absl::StrAppend(&text, "    base      ",
                  base.name().empty() ? "not known" : base.name(), "\n");
  if (!base.digest().empty()) {
    absl::StrAppend(&text, "              ", base.digest(), "\n");
  }
  absl::StrAppend(&text, "    proof     ", base.proof());
  if (!base.via().empty()) {
    absl::StrAppend(&text, ", via the ",
                    base.via() == "layers" ? "" : base.via(),
                    base.via() == "layers" ? "" : " of the ", "lowest ",
                    Counted(static_cast<size_t>(base.layers()), "layer"));
  }
  if (base.exact()) text += ", exact";
  if (base.result() != "ordinary") {
    absl::StrAppend(&text, " (", base.result(), ")");
  }
  absl::StrAppend(&text, "\n    approved  ", base.approved() ? "yes" : "no");
  absl::StrAppend(&text, "\n    pinned    ", base.pinned().value());
  if (base.pinned().value() != "unknown") {
    absl::StrAppend(&text, " (", base.pinned().proof(), ")");
  }
  text += "\n";
  for (const v1::Ancestor& ancestor : base.ancestors()) {
    absl::StrAppend(&text, "    below it  ", ancestor.name(), "\n");
  }
  for (const std::string& sentence : base.contradictions()) {
    absl::StrAppend(&text, "    contradiction: ", sentence, "\n");
  }
}

void AddForward(const v1::Decision& decision, std::string& text) {
  const std::string words = ForwardWords(decision);
  if (words.empty()) return;
  const v1::Forward& forward = decision.forward();
  absl::StrAppend(&text, "  forward   ", words);
  if (forward.status() > 0) {
    absl::StrAppend(&text, ", the upstream answered ", forward.status());
  }
  if (forward.reconciled()) text += ", found out afterwards";
  if (!forward.detail().empty()) absl::StrAppend(&text, ": ", forward.detail());
  text += "\n";
}

void AddImage(const v1::Image& image, std::string& text) {
  absl::StrAppend(&text, "\n  image ", image.platform(), "  ", image.digest(),
                  "\n");
  AddBase(image.base(), text);
  const v1::History& history = image.history();
  absl::StrAppend(&text, "    history   ", history.entries(),
                  history.entries() == 1 ? " entry" : " entries");
  if (history.boundary() > 0) {
    absl::StrAppend(&text, ", the base's seem to be the first ",
                    history.boundary());
  }
  if (!history.from().empty()) {
    absl::StrAppend(&text, ", FROM ", history.from());
  }
  absl::StrAppend(&text,
                  history.agrees() ? ", agrees with the base's\n" : "\n");
}

void AddClient(const v1::Client& client, std::string& text) {
  if (client.address().empty()) return;
  absl::StrAppend(&text, "  client    ");
  if (!client.name().empty()) {
    absl::StrAppend(
        &text, OneLine(client.name()),
        client.proof() == "mtls" ? " by its certificate, from " : ", from ");
  }
  absl::StrAppend(&text, client.address(), " ", client.user_agent(), "\n");
}

}  // namespace

std::string ListText(const v1::Decision& decision) {
  std::string text =
      absl::StrFormat("%s  %-15s  %-10s  %s:%s  %s\n", decision.time(),
                      absl::StrCat(decision.outcome(),
                                   decision.enforced() ? "" : " (observed)"),
                      ForwardWords(decision), decision.repository(),
                      decision.reference(), decision.id());
  for (const v1::Finding& finding : decision.findings()) {
    if (!HasFailed(finding)) continue;
    absl::StrAppend(&text, "    ", finding.action(), " ", RuleName(finding),
                    ": ", finding.message(), "\n");
  }
  return text;
}

std::string ExplainText(const v1::Decision& decision) {
  std::string text = Headline(decision);
  AddFindings(decision, text);
  for (const v1::Gap& gap : decision.gaps()) {
    absl::StrAppend(&text, "  gap  ", gap.message(), "\n");
  }
  for (const v1::Image& image : decision.images()) AddImage(image, text);
  if (!decision.artifact().empty()) {
    absl::StrAppend(&text, "\n  artifact  ", decision.artifact(), "\n");
  }
  absl::StrAppend(&text, "\n  manifest  ", decision.digest(), "\n  decided   ",
                  decision.time(), " at the ", decision.door(), " door, ",
                  decision.mode(), ", ", decision.stage(), "\n");
  if (!decision.valid_until().empty()) {
    absl::StrAppend(&text, "  valid     until ", decision.valid_until(),
                    ", when time alone may change the outcome\n");
  }
  AddClient(decision.client(), text);
  AddForward(decision, text);
  absl::StrAppend(&text, "  decision  ", decision.id(), "\n  evidence  ",
                  decision.evidence(), "\n  policies  ",
                  decision.policy_revision(), "\n  catalog   ",
                  decision.catalog_revision(), "\n");
  return text;
}

}  // namespace plimsoll
