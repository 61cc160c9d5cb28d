#include "gateway/cli/explain_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

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

void AddFinding(const v1::Finding& finding, std::string& text) {
  absl::StrAppend(&text, "  ", finding.result(), "  ", finding.action(), "  ",
                  finding.policy().empty() ? "built-in" : finding.policy(), "/",
                  finding.rule(), " (", finding.check(), ")");
  if (!finding.platform().empty()) {
    absl::StrAppend(&text, " ", finding.platform());
  }
  absl::StrAppend(&text, "\n        ", finding.message(), "\n");
  if (!finding.hint().empty()) {
    absl::StrAppend(&text, "        do: ", finding.hint(), "\n");
  }
}

void AddFindings(const v1::Decision& decision, std::string& text) {
  int passed = 0;
  for (const v1::Finding& finding : decision.findings()) {
    if (finding.result() == "fail" || finding.result() == "error") {
      AddFinding(finding, text);
    } else {
      ++passed;
    }
  }
  if (passed > 0) absl::StrAppend(&text, "  ", passed, " rules passed\n");
}

void AddBase(const v1::Base& base, std::string& text) {
  absl::StrAppend(&text, "    base      ",
                  base.name().empty() ? "not known" : base.name(), "\n");
  if (!base.digest().empty()) {
    absl::StrAppend(&text, "              ", base.digest(), "\n");
  }
  absl::StrAppend(&text, "    proof     ", base.proof());
  if (!base.via().empty()) {
    absl::StrAppend(&text, ", via the lowest ", base.layers(), " ", base.via());
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

void AddImage(const v1::Image& image, std::string& text) {
  absl::StrAppend(&text, "\n  image ", image.platform(), "  ", image.digest(),
                  "\n");
  AddBase(image.base(), text);
  const v1::History& history = image.history();
  absl::StrAppend(&text, "    history   ", history.entries(), " entries");
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

}  // namespace

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
  if (!decision.client().address().empty()) {
    absl::StrAppend(&text, "  client    ", decision.client().address(), " ",
                    decision.client().user_agent(), "\n");
  }
  if (!decision.forward().state().empty()) {
    absl::StrAppend(&text, "  forward   ", decision.forward().state(), " ",
                    decision.forward().detail(), "\n");
  }
  absl::StrAppend(&text, "  decision  ", decision.id(), "\n  evidence  ",
                  decision.evidence(), "\n  policies  ",
                  decision.policy_revision(), "\n  catalog   ",
                  decision.catalog_revision(), "\n");
  return text;
}

}  // namespace plimsoll
