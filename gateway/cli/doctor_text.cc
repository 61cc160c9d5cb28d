#include "gateway/cli/doctor_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "policy/oci/json.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kAnswerWidth = 9;
constexpr size_t kNameWidth = 17;

std::string Padded(absl::string_view text, size_t width) {
  std::string padded(text);
  padded.resize(std::max(width, padded.size() + 1), ' ');
  return padded;
}

// The names of the probes with that answer and weight.
std::vector<std::string> Named(const Examination& examination,
                               ProbeAnswer answer, ProbeWeight weight) {
  std::vector<std::string> names;
  for (const ProbeResult& probe : examination.probes) {
    if (probe.answer == answer && probe.weight == weight) {
      names.push_back(probe.name);
    }
  }
  return names;
}

std::vector<std::string> Limits(const Examination& examination) {
  return Named(examination, ProbeAnswer::kNo, ProbeWeight::kLimit);
}

// Why something essential could not be asked: the first is the cause.
std::string WhyUnknown(const Examination& examination) {
  for (const ProbeResult& probe : examination.probes) {
    if (probe.answer != ProbeAnswer::kUnknown) continue;
    if (probe.weight != ProbeWeight::kEssential) continue;
    const std::string& why = probe.means.empty() ? probe.seen : probe.means;
    return absl::StrCat("usable: unknown, since of ", probe.name, ": ", why);
  }
  return "usable: unknown";
}

std::string Conclusion(const Examination& examination) {
  switch (UsableOf(examination)) {
    case Usable::kYes:
      return "usable: yes";
    case Usable::kLimited: {
      const std::vector<std::string> limits = Limits(examination);
      return absl::StrCat("usable: yes, with ", Counted(limits.size(), "limit"),
                          ": ", absl::StrJoin(limits, ", "));
    }
    case Usable::kNo:
      return absl::StrCat("usable: no, for want of ",
                          absl::StrJoin(Named(examination, ProbeAnswer::kNo,
                                              ProbeWeight::kEssential),
                                        ", "));
    case Usable::kUnknown:
      return WhyUnknown(examination);
  }
  return "usable: unknown";
}

// What to write, each once; nothing for an upstream that cannot be used.
std::vector<std::string> Configuration(const DoctorReport& report) {
  std::vector<std::string> lines;
  const Usable usable = UsableOf(report.examination);
  if (usable == Usable::kYes || usable == Usable::kLimited) {
    lines.push_back(absl::StrCat("upstream.url: ", report.upstream));
    if (!report.ca_file.empty()) {
      lines.push_back(absl::StrCat("upstream.tls.ca: ", report.ca_file));
    }
  }
  for (const ProbeResult& probe : report.examination.probes) {
    const std::string& line = probe.configure;
    if (line.empty()) continue;
    if (std::count(lines.begin(), lines.end(), line) == 0) {
      lines.push_back(line);
    }
  }
  return lines;
}

void AppendRow(absl::string_view answer, absl::string_view name,
               absl::string_view seen, std::string& text) {
  absl::StrAppend(&text, Padded(answer, kAnswerWidth), Padded(name, kNameWidth),
                  seen, "\n");
}

// What was asked, each with what it means; the others in one line.
void AppendTable(const Examination& examination, std::string& text) {
  size_t others = 0;
  for (const ProbeResult& probe : examination.probes) {
    if (!probe.asked) {
      ++others;
      continue;
    }
    AppendRow(ProbeAnswerName(probe.answer), probe.name, probe.seen, text);
    if (!probe.means.empty()) AppendRow("", "", probe.means, text);
  }
  if (others == 0) return;
  AppendRow(ProbeAnswerName(ProbeAnswer::kUnknown), Counted(others, "other"),
            "not asked, for want of what they need", text);
}

void AppendSection(absl::string_view title,
                   const std::vector<std::string>& lines, std::string& text) {
  if (lines.empty()) return;
  absl::StrAppend(&text, "\n", title, "\n");
  for (const std::string& line : lines)
    absl::StrAppend(&text, "  ", line, "\n");
}

using Pairs = std::vector<std::pair<absl::string_view, absl::string_view>>;

// An object of strings.
std::string JsonStrings(const Pairs& members) {
  return absl::StrCat("{",
                      absl::StrJoin(members, ",",
                                    [](std::string* out, const auto& member) {
                                      absl::StrAppend(
                                          out, QuoteJson(member.first), ":",
                                          QuoteJson(member.second));
                                    }),
                      "}");
}

std::string JsonList(absl::Span<const std::string> values) {
  return absl::StrCat("[", absl::StrJoin(values, ","), "]");
}

std::string JsonTexts(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  quoted.reserve(texts.size());
  for (const std::string& text : texts) quoted.push_back(QuoteJson(text));
  return JsonList(quoted);
}

}  // namespace

std::string DoctorText(const DoctorReport& report) {
  const Examination& examination = report.examination;
  std::string text =
      absl::StrCat(Conclusion(examination), "\n", report.upstream,
                   ", repository ", report.repository, "\n\n");
  AppendTable(examination, text);
  AppendSection("what to configure", Configuration(report), text);
  std::vector<std::string> left;
  for (const LeftBehind& each : examination.left) {
    left.push_back(
        absl::StrCat(each.kind, " ", each.name, " (", each.seen, ")"));
  }
  AppendSection(absl::StrCat("left behind in ", report.repository,
                             ", to be removed by hand"),
                left, text);
  return text;
}

std::string DoctorJson(const DoctorReport& report) {
  const Examination& examination = report.examination;
  std::vector<std::string> probes, left;
  for (const ProbeResult& probe : examination.probes) {
    probes.push_back(JsonStrings({{"name", probe.name},
                                  {"answer", ProbeAnswerName(probe.answer)},
                                  {"weight", ProbeWeightName(probe.weight)},
                                  {"seen", probe.seen},
                                  {"means", probe.means},
                                  {"configure", probe.configure}}));
  }
  for (const LeftBehind& each : examination.left) {
    left.push_back(JsonStrings(
        {{"kind", each.kind}, {"name", each.name}, {"seen", each.seen}}));
  }
  return absl::StrCat(
      R"({"schema":1,"upstream":)", QuoteJson(report.upstream),
      R"(,"repository":)", QuoteJson(report.repository), R"(,"usable":)",
      QuoteJson(UsableName(UsableOf(examination))), R"(,"limits":)",
      JsonTexts(Limits(examination)), R"(,"probes":)", JsonList(probes),
      R"(,"configure":)", JsonTexts(Configuration(report)), R"(,"left":)",
      JsonList(left), "}");
}

}  // namespace plimsoll
