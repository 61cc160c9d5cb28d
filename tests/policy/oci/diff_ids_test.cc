#include <gtest/gtest.h>

#include <string>

#include "policy/oci/image_config.h"
#include "tests/policy/oci/documents.h"

namespace plimsoll {
namespace {

TEST(HasDiffIds, FindsThemUnderAnySpelling) {
  for (const absl::string_view text :
       {R"({"rootfs":{"diff_ids":["a"]}})", R"({"rootfs":{"diff_ids":[]}})",
        R"({"rootfs":{"diff_ids":null}})", R"({"ROOTFS":{"DIFF_IDS":["a"]}})",
        R"({"rootf\u017f":{"diff_id\u017f":["a"]}})",
        "{\"rootf\xc5\xbf\":{\"diff_ids\":1}}",
        R"({"root\u0066s":{"di\u0066f_ids":["a"]}})",
        " \n{\"x\":1,\"RootFs\":{\"y\":2,\"Diff_Ids\":[]}}"}) {
    EXPECT_TRUE(HasDiffIds(text)) << text;
  }
}

TEST(HasDiffIds, FindsThemInAnyOfSeveralDuplicates) {
  for (const absl::string_view text :
       {R"({"rootfs":{"diff_ids":["a"]},"rootfs":{}})",
        R"({"rootfs":{},"rootfs":{"diff_ids":["a"]}})",
        R"({"rootfs":null,"ROOTFS":{"x":1,"x":2,"diff_ids":["a"]}})",
        R"({"rootfs":{"diff_ids":["a"],"diff_ids":null},"rootfs":null})"}) {
    EXPECT_TRUE(HasDiffIds(text)) << text;
  }
}

TEST(HasDiffIds, AssumesTheWorstOfAnObjectThatItCannotRead) {
  const std::string deep(5000, '[');
  const std::string deep_object =
      absl::StrCat("{\"x\":", deep, std::string(5000, ']'), "}");
  const std::string cases[] = {
      "{",
      "{\"a\":1",
      "{\"a\":\"\xff\"}",
      R"({"a":"\ud800"})",
      R"({"a":18446744073709551616})",
      R"({"a":1e999})",
      R"({"a":1} {"rootfs":{"diff_ids":[]}})",
      R"({"a":1}garbage)",
      deep_object,
      "{\"a\":\"" + std::string(kMaxConfigBytes, 'x') + "\"}"};
  for (const std::string& text : cases) {
    EXPECT_TRUE(HasDiffIds(text)) << text.substr(0, 40);
  }
}

TEST(HasDiffIds, IsFalseOfObjectsWithoutThem) {
  for (const absl::string_view text :
       {"{}", " {} ", R"({"rootfs":{}})", R"({"rootfs":null})",
        R"({"rootfs":["diff_ids"]})", R"({"rootfs":"diff_ids"})",
        R"({"diff_ids":["a"]})", R"({"config":{"rootfs":{"diff_ids":[]}}})",
        R"({"rootfs":{"x":{"diff_ids":[]}}})", R"({"rootfs ":{"diff_ids":[]}})",
        R"({"name":"chart","version":"1.2.3","apiVersion":"v2"})"}) {
    EXPECT_FALSE(HasDiffIds(text)) << text;
  }
}

TEST(HasDiffIds, IsFalseOfWhatIsNoObject) {
  for (const absl::string_view text :
       {"", " ", "null", "[]", "[{\"rootfs\":{\"diff_ids\":[]}}]", "\"{\"", "1",
        "PK\x03\x04", "\x1f\x8b", "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(HasDiffIds(text)) << text;
  }
}

}  // namespace
}  // namespace plimsoll
