// The JSON form of base records: what is written, read back and refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/base/catalog.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

BaseRecord Unproven(BaseRecord record) {
  record.proven = false;
  return record;
}

BaseRecord Full() {
  BaseRecord record = RecordOf(
      ImageBuilder()
          .On({"linux", "arm64", "v8", ""})
          .Layer("debian \"12\"\n")
          .Comment("FROM scratch")
          .Metadata("CMD [\"bash\"]")
          .Env("PATH=/bin")
          .Label("vendor", "\xC3\xA9t\xC3\xA9")
          .Annotation("org.opencontainers.image.base.name", "")
          .Build(),
      {"docker.io/library/debian:12", "docker.io/library/debian:latest"},
      Approval::kApproved);
  record.index = Digest::Sha256("index");
  record.created = absl::FromUnixMillis(1'700'000'000'120);
  record.history[0].created = absl::FromUnixSeconds(-62'135'596'800);
  record.history[0].author = "me";
  record.platform.os_version = "10.0";
  return record;
}

TEST(FormatBaseRecord, WritesOneLineInAFixedOrder) {
  BaseRecord record = RecordOf(ImageBuilder().Layer("x").Build(),
                               {"docker.io/library/debian:12"});
  record.created = absl::FromUnixSeconds(1'700'000'000);
  const std::string hex(64, '0');
  record.manifest =
      Digest::Parse(absl::StrCat("sha256:1", hex.substr(1))).value();
  record.config =
      Digest::Parse(absl::StrCat("sha256:2", hex.substr(1))).value();
  record.layers[0] =
      Digest::Parse(absl::StrCat("sha256:3", hex.substr(1))).value();
  const std::string diff_id = Digest::Sha256("x").ToString();
  EXPECT_EQ(
      FormatBaseRecord(record),
      absl::StrCat(
          R"({"schema":1,"manifest":"sha256:1)", hex.substr(1),
          R"(","config":"sha256:2)", hex.substr(1),
          R"(","platform":{"os":"linux","architecture":"amd64"},)",
          R"("layers":["sha256:3)", hex.substr(1), R"("],"diffIds":[")",
          diff_id, R"("],"chainId":")", diff_id,
          R"(","history":[{"createdBy":"/bin/sh -c x"}],"env":[],"labels":{},)",
          R"("annotations":{},"created":"2023-11-14T22:13:20Z",)",
          R"("names":[{"name":"docker.io/library/debian:12",)",
          R"("firstSeen":"2026-01-01T00:00:00Z",)",
          R"("lastSeen":"2026-02-01T00:00:00Z"}],"approval":"unapproved"})"));
}

TEST(FormatBaseRecord, IsReadBackWholeAndUnproven) {
  for (const BaseRecord& record : {Full(), RealDebian(), RealBuildkitBase()}) {
    const std::string line = FormatBaseRecord(record);
    EXPECT_THAT(line, Not(HasSubstr("\n")));
    const StatusOr<BaseRecord> read = ParseBaseRecord(line);
    ASSERT_THAT(read, IsOk());
    EXPECT_EQ(*read, Unproven(record));
    EXPECT_EQ(FormatBaseRecord(*read), line);
  }
}

TEST(FormatBaseRecord, IsReadBackWhereItIsLongerThanAConfigMayBe) {
  BaseRecord record = Full();
  record.history.resize(9, record.history[0]);
  for (HistoryEntry& entry : record.history) {
    entry.created_by = std::string(1 << 19, '"');
  }
  const std::string line = FormatBaseRecord(record);
  ASSERT_GT(line.size(), 2 * kMaxConfigBytes);
  EXPECT_THAT(ParseBaseRecord(line), IsOk());
}

// `from` in the line of a good record becomes `to`.
struct Edit {
  const char* name;
  const char* from;
  const char* to;
  const char* message;  // of the refusal; "" where it is accepted
};

std::string Edited(const Edit& edit) {
  const std::string line = FormatBaseRecord(Full());
  const std::string edited = absl::StrReplaceAll(line, {{edit.from, edit.to}});
  EXPECT_NE(edited, line) << "the edit does nothing";
  return edited;
}

std::string EditName(const testing::TestParamInfo<Edit>& test) {
  return test.param.name;
}

class ParseBaseRecordAccept : public testing::TestWithParam<Edit> {};

TEST_P(ParseBaseRecordAccept, Takes) {
  EXPECT_THAT(ParseBaseRecord(Edited(GetParam())), IsOk());
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseBaseRecordAccept,
    testing::Values(
        Edit{"UnknownMember", "{\"schema\"", "{\"later\":{},\"schema\"", ""},
        Edit{"Blanks", ",", ", ", ""},
        Edit{"NullForAbsent", "\"env\":[\"PATH=/bin\"]", "\"env\":null", ""},
        Edit{"Denied", "\"approved\"", "\"denied\"", ""},
        Edit{"TimeWithOffset", "\"2026-02-01T00:00:00Z\"",
             "\"2026-02-01T02:00:00+02:00\"", ""}),
    EditName);

class ParseBaseRecordReject : public testing::TestWithParam<Edit> {};

TEST_P(ParseBaseRecordReject, SaysWhere) {
  EXPECT_THAT(ParseBaseRecord(Edited(GetParam())),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseBaseRecordReject,
    testing::Values(
        Edit{"NoSchema", "\"schema\":1,", "", "schema: "},
        Edit{"LaterSchema", "\"schema\":1", "\"schema\":2",
             "schema: 2 is not known, only 1 is"},
        Edit{"SchemaAsText", "\"schema\":1", "\"schema\":\"1\"", "schema: "},
        Edit{"NoManifest", "\"manifest\":", "\"manifst\":", "manifest: "},
        Edit{"NoConfig", "\"config\":", "\"confg\":", "config: "},
        Edit{"NoChain", "\"chainId\":", "\"chain\":", "chainId: "},
        Edit{"NoDiffIds", "\"diffIds\":", "\"diffs\":", "0 diff IDs"},
        Edit{"NoApproval", ",\"approval\":\"approved\"", "", "approval: "},
        Edit{"BadApproval", "\"approved\"", "\"yes\"",
             "approval: is none of approved, unapproved, denied"},
        Edit{"Twice", "\"schema\":1", "\"schema\":1,\"schema\":1", "schema"},
        Edit{"OtherCase", "\"approval\"", "\"Approval\":1,\"approval\"",
             "Approval"},
        Edit{"UpperCaseDigest", "sha256:", "SHA256:", "manifest: "},
        Edit{"BadLayer",
             "\"layers\":[\"sha256:", "\"layers\":[\"md5:", "layers[0]: "},
        Edit{"LayersNoList", "\"layers\":[", "\"layers\":1,\"x\":[", "layers"},
        Edit{"PlatformNoObject", "\"platform\":{", "\"platform\":1,\"x\":{",
             "platform: "},
        Edit{"HistoryOfNumbers", "\"history\":[{", "\"history\":[1,{",
             "history[0]: "},
        Edit{"EmptyLayerAsText", "\"emptyLayer\":true",
             "\"emptyLayer\":\"true\"", "history[1]: emptyLayer"},
        Edit{"LabelNoText", "\"labels\":{", "\"labels\":{\"a\":1,", "labels"},
        Edit{"EnvNoText", "\"env\":[", "\"env\":[1,", "env"},
        Edit{"NoLastSeen", "\"lastSeen\"", "\"last\"", "names[0]: lastSeen"},
        Edit{"EndlessTime", "\"2026-02-01T00:00:00Z\"", "\"infinite-future\"",
             "names[0]: lastSeen: "},
        Edit{"TimeAfterBlank", "\"2026-02-01T", "\" 2026-02-01T",
             "names[0]: lastSeen: "},
        Edit{"DateOnly", "T22:13:20.12Z", "", "created: "},
        Edit{"ShortName", "docker.io/library/debian:12", "debian:12",
             "write docker.io/library/debian:12"},
        Edit{"TrailingBytes", "\"approval\":\"approved\"}",
             "\"approval\":\"approved\"}{}", ""},
        Edit{"AnotherChain", "\"diffIds\":[\"sha256:",
             "\"diffIds\":[\"sha256:"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "\"],\"x\":[\"",
             "chain ID "}),
    EditName);

TEST(ParseBaseRecord, RefusesWhatIsNoObject) {
  for (const char* text : {"", "null", "[]", "1", "{", "{}"}) {
    EXPECT_FALSE(ParseBaseRecord(text).ok()) << text;
  }
}

TEST(ParseBaseRecord, RefusesMoreLayersThanAreRead) {
  std::string many = "\"layers\":[";
  for (size_t i = 0; i < kMaxLayers; ++i) {
    absl::StrAppend(&many, "\"", Digest::Sha256("x").ToString(), "\",");
  }
  EXPECT_THAT(
      ParseBaseRecord(absl::StrReplaceAll(FormatBaseRecord(Full()),
                                          {{"\"layers\":[", many}})),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("layers: ")));
}

}  // namespace
}  // namespace plimsoll
