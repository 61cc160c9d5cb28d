#include "gateway/cli/tar_index.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

class TarIndexTest : public testing::Test {
 protected:
  StatusOr<TarIndex> Read(const std::string& bytes) {
    ASSIGN_OR_RETURN(FileRange file,
                     FileRange::Open(scratch_.Write("a.tar", bytes)));
    return TarIndex::Read(std::move(file));
  }
  // The content of `name` in the archive.
  StatusOr<std::string> Content(const std::string& bytes,
                                absl::string_view name) {
    ASSIGN_OR_RETURN(TarIndex index, Read(bytes));
    ASSIGN_OR_RETURN(FileRange range, index.Find(name));
    return range.ReadAll(1 << 20);
  }
  ScratchDir scratch_;
};

std::string Padded(std::string bytes) {
  bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
  return bytes;
}

TEST_F(TarIndexTest, FindsFilesAndTheirBytes) {
  const std::string tar = TarBuilder()
                              .Directory("folder/")
                              .File("./folder/a", "first")
                              .File("b", std::string(512, 'b'))
                              .File("empty", "")
                              .Entry('7', "contiguous", "", "7")
                              .Build();
  EXPECT_EQ(*Content(tar, "folder/a"), "first");
  EXPECT_EQ(*Content(tar, "./folder//a"), "first");
  EXPECT_EQ(*Content(tar, "b"), std::string(512, 'b'));
  EXPECT_EQ(*Content(tar, "empty"), "");
  EXPECT_EQ(*Content(tar, "contiguous"), "7");
  EXPECT_THAT(Content(tar, "folder"), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(Content(tar, "a"), StatusIs(StatusCode::kNotFound));
}

TEST_F(TarIndexTest, FollowsLinksWithinTheArchive) {
  const std::string tar = TarBuilder()
                              .File("one/layer.tar", "bytes")
                              .Symlink("two/layer.tar", "../one/layer.tar")
                              .Symlink("three", "two/layer.tar")
                              .Hardlink("four", "one/layer.tar")
                              .Symlink("loop", "loop")
                              .Symlink("nowhere", "absent")
                              .Build();
  for (const char* name : {"two/layer.tar", "three", "four"}) {
    EXPECT_EQ(*Content(tar, name), "bytes") << name;
  }
  EXPECT_THAT(Content(tar, "loop"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(Content(tar, "nowhere"), StatusIs(StatusCode::kNotFound));
}

TEST_F(TarIndexTest, ReadsPaxAndGnuNamesAndSizes) {
  const std::string name = std::string(150, 'n') + "/" + std::string(90, 'm');
  EXPECT_EQ(*Content(TarBuilder().File(name, "pax").Build(), name), "pax");
  EXPECT_EQ(*Content(TarBuilder()
                         .Entry('L', "././@LongLink", "", name + '\0')
                         .File("short", "gnu")
                         .Build(),
                     name),
            "gnu");
  EXPECT_EQ(
      *Content(TarBuilder()
                   .File("one", "1")
                   .Entry('K', "././@LongLink", "", std::string("one\0", 4))
                   .Symlink("two", "wrong")
                   .Build(),
               "two"),
      "1");
  const std::string size = PaxRecord("mtime", "1.5") + PaxRecord("size", "600");
  EXPECT_EQ(*Content(TarBuilder()
                         .Entry('x', "pax", "", size)
                         .Raw(TarHeaderBlock('0', "big", "", 0))
                         .Raw(Padded(std::string(600, 'x')))
                         .Build(),
                     "big"),
            std::string(600, 'x'));
  EXPECT_EQ(*Content(TarBuilder()
                         .Entry('g', "global", "", PaxRecord("comment", "c"))
                         .File("a", "1")
                         .Build(),
                     "a"),
            "1");
}

struct RejectCase {
  const char* message;
  std::string bytes;
};

std::vector<RejectCase> Rejected() {
  const std::string whole = TarBuilder().File("a", "content").Build();
  const std::string long_file =
      TarHeaderBlock('0', "a", "", 1 << 20) + std::string(2048, '\0');
  const auto pax = [](absl::string_view records) {
    return TarBuilder().Entry('x', "pax", "", records).File("a", "").Build();
  };
  const auto named = [](absl::string_view name) {
    return TarBuilder().File(name, "").Build();
  };
  return {
      {"ends early", ""},
      {"ends early", whole.substr(0, 700)},
      {"ends early", whole.substr(0, 1024)},
      {"ends early", long_file},
      {"checksum", std::string(512, 'x')},
      {"checksum", whole.substr(0, 512) + std::string(1024, 'x')},
      {"twice", TarBuilder().File("a", "1").File("./a", "2").Build()},
      {"twice", TarBuilder().File("a", "1").Symlink("a", "b").Build()},
      {"within the archive", named("/etc/passwd")},
      {"within the archive", named("../a")},
      {"within the archive", named("a/../../b")},
      {"within the archive", named(".")},
      {"within the archive", TarBuilder().Symlink("a", "/etc").Build()},
      {"within the archive", TarBuilder().Symlink("a/b", "../../c").Build()},
      {"within the archive", TarBuilder().Hardlink("a", "").Build()},
      {"sparse", TarBuilder().Entry('S', "a", "", "").Build()},
      {"sparse", pax(PaxRecord("GNU.sparse.major", "1"))},
      {"malformed pax", pax("no length")},
      {"malformed pax", pax("99 path=a\n")},
      {"malformed pax", pax("10 path=a!")},
      {"malformed pax", pax("-9 path=a\n")},
      {"malformed pax", pax("7 path\n")},
      {"malformed pax", pax(PaxRecord("path", ""))},
      {"malformed pax", pax(PaxRecord("path", std::string("a\0b", 3)))},
      {"malformed pax", pax(PaxRecord("path", "a") + PaxRecord("path", "b"))},
      {"malformed pax", pax(PaxRecord("size", "0x1"))},
      {"malformed pax", pax(PaxRecord("size", "-1"))},
      {"malformed pax", pax(PaxRecord("size", "99999999999999999999"))},
      {"ends early", pax(PaxRecord("size", "9223372036854775807"))},
      {"stands for no entry",
       TarBuilder().Entry('x', "pax", "", PaxRecord("path", "a")).Build()},
      {"global pax",
       TarBuilder().Entry('g', "pax", "", PaxRecord("path", "a")).Build()},
  };
}

TEST_F(TarIndexTest, RefusesArchivesThatAreMalformedOrLeadOut) {
  for (const RejectCase& row : Rejected()) {
    StatusOr<TarIndex> index = Read(row.bytes);
    EXPECT_THAT(index.status(),
                StatusIs(StatusCode::kInvalidArgument, HasSubstr(row.message)));
  }
}

TEST_F(TarIndexTest, BoundsEntriesAndHeaders) {
  std::string many;
  for (size_t i = 0; i <= kMaxTarEntries; ++i) {
    many += TarHeaderBlock('0', absl::StrCat(i), "", 0);
  }
  EXPECT_THAT(Read(many + std::string(1024, '\0')).status(),
              StatusIs(StatusCode::kResourceExhausted));
  const std::string pax = PaxRecord("comment", std::string(kMaxPaxBytes, 'c'));
  EXPECT_THAT(Read(TarBuilder().Entry('x', "p", "", pax).Build()).status(),
              StatusIs(StatusCode::kResourceExhausted));
}

TEST(ResolveTarName, BoundsTheLengthOfAName) {
  EXPECT_THAT(ResolveTarName("", std::string(kMaxTarNameBytes, 'n')), IsOk());
  EXPECT_THAT(ResolveTarName("", std::string(kMaxTarNameBytes + 1, 'n')),
              StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace plimsoll
