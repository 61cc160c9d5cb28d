#include "gateway/cli/doctor_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/oci/json.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr ProbeAnswer kYes = ProbeAnswer::kYes;
constexpr ProbeAnswer kNo = ProbeAnswer::kNo;
constexpr ProbeAnswer kUnknown = ProbeAnswer::kUnknown;

ProbeResult Probe(absl::string_view name, ProbeWeight weight,
                  ProbeAnswer answer) {
  ProbeResult probe;
  probe.name = std::string(name);
  probe.weight = weight;
  probe.answer = answer;
  probe.seen = "201";
  return probe;
}

DoctorReport Report(ProbeAnswer essential, ProbeAnswer limit,
                    ProbeAnswer note) {
  DoctorReport report;
  report.upstream = "https://registry.example";
  report.repository = "team/scratch";
  report.examination.probes = {
      Probe("manifest.put", ProbeWeight::kEssential, essential),
      Probe("blob.get", ProbeWeight::kLimit, limit),
      Probe("referrers", ProbeWeight::kNote, note)};
  return report;
}

TEST(DoctorText, OpensWithTheConclusion) {
  struct {
    ProbeAnswer essential, limit, note;
    const char* conclusion;
  } kTable[] = {
      {kYes, kYes, kYes, "usable: yes\n"},
      {kYes, kUnknown, kNo, "usable: yes\n"},
      {kYes, kNo, kNo, "usable: yes, with 1 limit: blob.get\n"},
      {kNo, kNo, kUnknown, "usable: no, for want of manifest.put\n"},
      {kUnknown, kNo, kYes, "usable: unknown, since of manifest.put: 201\n"},
  };
  for (const auto& row : kTable) {
    EXPECT_THAT(DoctorText(Report(row.essential, row.limit, row.note)),
                StartsWith(row.conclusion));
  }
}

TEST(DoctorText, ShowsWhatWasSeenAndMeantAndWhatToConfigureOnce) {
  DoctorReport report = Report(kYes, kNo, kNo);
  report.ca_file = "/etc/ca.pem";
  for (size_t i = 1; i < 3; ++i) {
    report.examination.probes[i].configure = "upstream.x: y";
  }
  report.examination.probes[1].means = "it cannot be read";
  EXPECT_EQ(DoctorText(report),
            "usable: yes, with 1 limit: blob.get\n"
            "https://registry.example, repository team/scratch\n"
            "\n"
            "yes      manifest.put     201\n"
            "no       blob.get         201\n"
            "                          it cannot be read\n"
            "no       referrers        201\n"
            "\n"
            "what to configure\n"
            "  upstream.url: https://registry.example\n"
            "  upstream.tls.ca: /etc/ca.pem\n"
            "  upstream.x: y\n");
}

TEST(DoctorText, SumsUpWhatWasNotAsked) {
  DoctorReport report = Report(kUnknown, kUnknown, kUnknown);
  report.examination.probes[0].means = "give --credential FILE";
  NotAsked("see auth", report.examination.probes[1]);
  NotAsked("see auth", report.examination.probes[2]);
  EXPECT_EQ(
      DoctorText(report),
      "usable: unknown, since of manifest.put: give --credential FILE\n"
      "https://registry.example, repository team/scratch\n"
      "\n"
      "unknown  manifest.put     201\n"
      "                          give --credential FILE\n"
      "unknown  2 others         not asked, for want of what they need\n");
}

TEST(DoctorText, EndsWithWhatIsLeft) {
  DoctorReport report = Report(kYes, kYes, kYes);
  report.examination.left = {{"blob", "sha256:01", "405 UNSUPPORTED"}};
  EXPECT_THAT(DoctorText(report),
              HasSubstr("\nleft behind in team/scratch, to be removed by hand\n"
                        "  blob sha256:01 (405 UNSUPPORTED)\n"));
}

// What is stable for programs: every member is always there.
TEST(DoctorJson, IsOneObjectOfSchemaOne) {
  DoctorReport report = Report(kYes, kNo, kUnknown);
  report.examination.probes[1].means = "a \"quoted\" word";
  report.examination.probes[1].configure = "upstream.x: y";
  report.examination.left = {{"tag", "doctor-1", "403"}};
  const std::string json = DoctorJson(report);
  EXPECT_EQ(json,
            R"({"schema":1,"upstream":"https://registry.example",)"
            R"("repository":"team/scratch","usable":"limited",)"
            R"("limits":["blob.get"],"probes":[)"
            R"({"name":"manifest.put","answer":"yes","weight":"essential",)"
            R"("seen":"201","means":"","configure":""},)"
            R"({"name":"blob.get","answer":"no","weight":"limit","seen":"201",)"
            R"("means":"a \"quoted\" word","configure":"upstream.x: y"},)"
            R"({"name":"referrers","answer":"unknown","weight":"note",)"
            R"("seen":"201","means":"","configure":""}],)"
            R"("configure":["upstream.url: https://registry.example",)"
            R"("upstream.x: y"],)"
            R"("left":[{"kind":"tag","name":"doctor-1","seen":"403"}]})");
  EXPECT_TRUE(ParseJson(json).ok());
}

}  // namespace
}  // namespace plimsoll
