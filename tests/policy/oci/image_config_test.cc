#include "policy/oci/image_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/oci/documents.h"
#include "tests/policy/oci/samples.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

std::string RunConfig(absl::string_view members) {
  return ConfigJson(absl::StrCat(R"(,"config":{)", members, "}"));
}

TEST(ParseImageConfig, ReadsWhatBuildKitWrites) {
  const StatusOr<ImageConfig> config =
      ParseImageConfig(ReadSample("buildkit/bk-tag.config.json"));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->platform.ToString(), "linux/amd64");
  EXPECT_EQ(config->diff_ids.size(), 3u);
  ASSERT_EQ(config->history.size(), 6u);
  EXPECT_EQ(config->history[0].created_by, "ADD rootfs.tar / # buildkit");
  EXPECT_EQ(config->history[0].comment, "buildkit.dockerfile.v0");
  EXPECT_FALSE(config->history[0].empty_layer);
  EXPECT_TRUE(config->history[1].empty_layer);
  EXPECT_EQ(config->created,
            absl::FromUnixSeconds(1795402837) + absl::Nanoseconds(206326771));
  EXPECT_THAT(config->cmd, ElementsAre("/srv/hi"));
  EXPECT_EQ(config->working_dir, "/");
  ASSERT_NE(config->Label("team"), nullptr);
  EXPECT_EQ(*config->Label("team"), "x");
}

TEST(ParseImageConfig, ReadsWhatDockerWrites) {
  const StatusOr<ImageConfig> config =
      ParseImageConfig(ReadSample("app-docker-commit.config.json"));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->image, "127.0.0.1:5101/library/debian:12");
  EXPECT_THAT(config->entrypoint, IsEmpty());
  EXPECT_THAT(config->labels, IsEmpty());
  EXPECT_THAT(config->env, ElementsAre(HasSubstr("PATH=")));
}

TEST(ParseImageConfig, ReadsTheRunConfig) {
  const StatusOr<ImageConfig> config = ParseImageConfig(
      ConfigJson(R"(,"author":"me","variant":"v8","os.version":"10",)"
                 R"("config":{"User":"1000:0","Env":["A=1","B"],)"
                 R"("Entrypoint":["/a"],"Cmd":["b","c"],"WorkingDir":"/w",)"
                 R"("ExposedPorts":{"80/tcp":{},"53/udp":null},)"
                 R"("Volumes":{"/v":{}},"StopSignal":"TERM",)"
                 R"("ArgsEscaped":true,"Labels":{"l":"1","L":"2"}})"));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->author, "me");
  EXPECT_EQ(config->platform, (Platform{"linux", "amd64", "v8", "10"}));
  EXPECT_EQ(config->user, "1000:0");
  EXPECT_THAT(config->env, ElementsAre("A=1", "B"));
  EXPECT_THAT(config->entrypoint, ElementsAre("/a"));
  EXPECT_THAT(config->cmd, ElementsAre("b", "c"));
  EXPECT_EQ(config->working_dir, "/w");
  EXPECT_THAT(config->exposed_ports, ElementsAre("80/tcp", "53/udp"));
  EXPECT_THAT(config->labels, ElementsAre(Pair("l", "1"), Pair("L", "2")));
}

TEST(ParseImageConfig, TakesNullWhereGoWritesItForNothing) {
  const StatusOr<ImageConfig> config = ParseImageConfig(
      ConfigJson(R"(,"config":null,"history":null,"created":null)"));
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->history, IsEmpty());
  EXPECT_THAT(ParseImageConfig(RunConfig(
                  R"("Env":null,"Cmd":null,"Entrypoint":null,"Labels":null,)"
                  R"("ExposedPorts":null,"Volumes":null,"OnBuild":null)")),
              IsOk());
}

TEST(ParseImageConfig, TakesAnEmptyListOfDiffIds) {
  const std::string text =
      With(ConfigJson(), absl::StrCat("\"", kDigestA, "\""), "");
  const StatusOr<ImageConfig> config = ParseImageConfig(text);
  ASSERT_THAT(config, IsOk());
  EXPECT_THAT(config->diff_ids, IsEmpty());
}

TEST(ParseImageConfig, RefusesMalformedDiffIds) {
  const std::string list = absl::StrCat("[\"", kDigestA, "\"]");
  struct Case {
    std::string from;
    std::string to;
  };
  const Case cases[] = {
      {list, "null"},
      {list, "{}"},
      {list, "\"sha256:aa\""},
      {list, "[null]"},
      {list, "[\"\"]"},
      {list, "[\"sha256:aa\"]"},
      {list, "[\"" + std::string(kDigestA) + "\",7]"},
      {R"("diff_ids")", R"("x")"},
      {R"("type":"layers",)", ""},
      {R"("layers")", R"("Layers")"},
      {R"("layers")", "null"},
      {R"("rootfs":{)", R"("x":{)"},
      {R"("rootfs":{)", R"("rootfs":null,"x":{)"},
      {R"("rootfs":{)", R"("rootfs":[],"x":{)"},
  };
  for (const Case& c : cases) {
    const std::string text = With(ConfigJson(), c.from, c.to);
    ASSERT_NE(text, ConfigJson()) << c.from;
    EXPECT_THAT(ParseImageConfig(text), StatusIs(kInvalid, HasSubstr("rootfs")))
        << text;
  }
}

// {"rootfs": good, "ROOTFS": evil} is evil to Go and good to others.
TEST(ParseImageConfig, RefusesNamesThatGoFoldsAndOthersDoNot) {
  for (const absl::string_view extra :
       {R"(,"rootfs":{})",
        R"(,"ROOTFS":{})",
        R"(,"rootf\u017f":{})",
        R"(,"root\u0066s":null)",
        R"(,"History":[])",
        R"(,"hi\u017ftory":[])",
        R"(,"Config":{})",
        R"(,"OS":"windows")",
        R"(,"o\u017f":"windows")",
        R"(,"Architecture":"x")",
        R"(,"Created":null)",
        R"(,"OS.version":"1")",
        R"(,"config":{"user":"0"})",
        R"(,"config":{"u\u017fer":"0"})",
        R"(,"config":{"ENV":[]})",
        R"(,"config":{"entrypoint":["x"]})",
        R"(,"config":{"CMD":["x"]})",
        R"(,"config":{"LABELS":{}})",
        R"(,"config":{"label\u017f":{}})",
        R"(,"config":{"image":"x"})",
        R"(,"config":{"exposedPorts":{}})",
        R"(,"config":{"shell":[]})",
        R"(,"history":[{"Created_By":"x"}])",
        R"(,"history":[{"created_by":"a","created_by":"b"}])",
        R"(,"history":[{"Empty_layer":true}])"}) {
    EXPECT_THAT(ParseImageConfig(ConfigJson(extra)), StatusIs(kInvalid))
        << extra;
  }
  const std::string rootfs =
      With(ConfigJson(), R"("diff_ids")", R"("Diff_IDs":[],"diff_ids")");
  EXPECT_THAT(ParseImageConfig(rootfs),
              StatusIs(kInvalid, HasSubstr("image config: rootfs: ")));
  const std::string type =
      With(ConfigJson(), R"("type")", R"("TYPE":"x","type")");
  EXPECT_THAT(ParseImageConfig(type), StatusIs(kInvalid));
}

TEST(ParseImageConfig, RefusesWrongKinds) {
  for (const absl::string_view extra :
       {R"(,"author":1)",
        R"(,"variant":[])",
        R"(,"os.version":{})",
        R"(,"os.features":"a")",
        R"(,"config":[])",
        R"(,"config":"")",
        R"(,"history":{})",
        R"(,"history":[null])",
        R"(,"history":["x"])",
        R"(,"history":[{"empty_layer":"true"}])",
        R"(,"history":[{"empty_layer":1}])",
        R"(,"history":[{"comment":[]}])",
        R"(,"history":[{"author":7}])",
        R"(,"config":{"User":1000})",
        R"(,"config":{"Env":{"A":"1"}})",
        R"(,"config":{"Env":[null]})",
        R"(,"config":{"Cmd":"sh"})",
        R"(,"config":{"Entrypoint":"sh"})",
        R"(,"config":{"WorkingDir":[]})",
        R"(,"config":{"Labels":["a"]})",
        R"(,"config":{"Labels":{"a":1}})",
        R"(,"config":{"Labels":{"a":null}})",
        R"(,"config":{"ExposedPorts":["80"]})",
        R"(,"config":{"ExposedPorts":{"80":1}})",
        R"(,"config":{"Volumes":{"/v":[]}})",
        R"(,"config":{"StopSignal":9})",
        R"(,"config":{"ArgsEscaped":"yes"})",
        R"(,"config":{"Image":null,"Image":""})"}) {
    EXPECT_THAT(ParseImageConfig(ConfigJson(extra)), StatusIs(kInvalid))
        << extra;
  }
  EXPECT_THAT(ParseImageConfig("[]"), StatusIs(kInvalid));
  EXPECT_THAT(ParseImageConfig(""),
              StatusIs(kInvalid, HasSubstr("image config")));
}

TEST(ParseImageConfig, ReadsTimes) {
  const auto created = [](absl::string_view value) {
    return ParseImageConfig(ConfigJson(absl::StrCat(",\"created\":", value)));
  };
  EXPECT_EQ(created(R"("1970-01-01T00:00:01Z")")->created,
            absl::FromUnixSeconds(1));
  for (const absl::string_view none :
       {"null", R"("")", R"("0001-01-01T00:00:00Z")"}) {
    ASSERT_THAT(created(none), IsOk());
    EXPECT_EQ(created(none)->created, std::nullopt) << none;
  }
  EXPECT_THAT(created(R"("yesterday")"),
              StatusIs(kInvalid, HasSubstr("image config: created: ")));
  EXPECT_THAT(created("0"), StatusIs(kInvalid));
  EXPECT_THAT(ParseImageConfig(ConfigJson(
                  R"(,"history":[{},{"created":"2024-02-30T00:00:00Z"}])")),
              StatusIs(kInvalid, HasSubstr("history[1]: created: ")));
}

// Seen in images that copacetic patched.
TEST(ParseImageConfig, MergesLabelsInTheirTwoSpellings) {
  const auto labels = [](absl::string_view members) {
    return ParseImageConfig(RunConfig(members))->labels;
  };
  EXPECT_THAT(
      labels(R"("Labels":{"a":"1","b":"2"},"labels":{"b":"3","c":"4"})"),
      ElementsAre(Pair("a", "1"), Pair("b", "3"), Pair("c", "4")));
  EXPECT_THAT(labels(R"("labels":{"b":"3"},"Labels":{"b":"2"})"),
              ElementsAre(Pair("b", "2")));
  EXPECT_THAT(labels(R"("labels":{"b":"3"})"), ElementsAre(Pair("b", "3")));
  EXPECT_THAT(labels(R"("Labels":{"a":"1"},"labels":null)"), IsEmpty());
  EXPECT_THAT(labels(R"("labels":null,"Labels":{"a":"1"})"),
              ElementsAre(Pair("a", "1")));
  EXPECT_THAT(ParseImageConfig(RunConfig(R"("Labels":{},"labels":[])")),
              StatusIs(kInvalid));
}

TEST(ParseImageConfig, MergesAsManyLabelsAsADocumentHolds) {
  std::string labels;
  for (int i = 0; i < 20'000; ++i) {
    absl::StrAppend(&labels, i == 0 ? "" : ",", "\"", i, "\":\"\"");
  }
  const StatusOr<ImageConfig> config = ParseImageConfig(RunConfig(
      absl::StrCat("\"Labels\":{", labels, "},\"labels\":{", labels, "}")));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->labels.size(), 20'000u);
}

TEST(ParseImageConfig, StopsAtItsBounds) {
  const auto with_history = [](size_t count) {
    std::string text = ",\"history\":[{}";
    for (size_t i = 1; i < count; ++i) text += ",{}";
    return ConfigJson(text + "]");
  };
  EXPECT_THAT(ParseImageConfig(with_history(kMaxHistoryEntries)), IsOk());
  EXPECT_THAT(ParseImageConfig(with_history(kMaxHistoryEntries + 1)),
              StatusIs(kExhausted, HasSubstr("history: more than 2048")));
  const auto with_diff_ids = [](size_t count) {
    std::string more;
    for (size_t i = 1; i < count; ++i)
      absl::StrAppend(&more, "\"", kDigestB, "\",");
    return With(ConfigJson(), "\"diff_ids\":[", "\"diff_ids\":[" + more);
  };
  EXPECT_THAT(ParseImageConfig(with_diff_ids(kMaxLayers)), IsOk());
  EXPECT_THAT(
      ParseImageConfig(with_diff_ids(kMaxLayers + 1)),
      StatusIs(kExhausted, HasSubstr("rootfs.diff_ids: more than 512")));
  const std::string padding(kMaxConfigBytes - ConfigJson().size(), ' ');
  EXPECT_THAT(ParseImageConfig(ConfigJson() + padding), IsOk());
  EXPECT_THAT(ParseImageConfig(ConfigJson() + padding + " "),
              StatusIs(kExhausted));
}

}  // namespace
}  // namespace plimsoll
