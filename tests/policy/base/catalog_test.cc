#include "policy/base/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kName[] = "docker.io/library/debian:12";

BaseRecord Valid() {
  return RecordOf(ImageBuilder().Layer("debian").Layer("more").Build(),
                  {kName});
}

TEST(ApprovalNames, AreReadBack) {
  for (const Approval approval :
       {Approval::kUnapproved, Approval::kApproved, Approval::kDenied}) {
    EXPECT_EQ(ParseApproval(ApprovalName(approval)), approval);
  }
  EXPECT_EQ(ParseApproval("Approved"), std::nullopt);
  EXPECT_EQ(ParseApproval(""), std::nullopt);
}

TEST(ValidateBaseRecord, AcceptsRealBases) {
  EXPECT_THAT(ValidateBaseRecord(Valid()), IsOk());
  EXPECT_THAT(ValidateBaseRecord(RealDebian()), IsOk());
  EXPECT_THAT(ValidateBaseRecord(RealBuildkitBase()), IsOk());
}

TEST(ValidateBaseRecord, AcceptsABaseWithoutNames) {
  BaseRecord record = Valid();
  record.names.clear();
  EXPECT_THAT(ValidateBaseRecord(record), IsOk());
}

struct Reject {
  const char* name;
  std::function<void(BaseRecord&)> spoil;
  const char* message;
};

class ValidateBaseRecordReject : public testing::TestWithParam<Reject> {};

TEST_P(ValidateBaseRecordReject, SaysWhatIsWrong) {
  BaseRecord record = Valid();
  GetParam().spoil(record);
  EXPECT_THAT(ValidateBaseRecord(record),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(GetParam().message)));
}

std::vector<Reject> Rejects() {
  return {
      {"NoLayers",
       [](BaseRecord& r) {
         r.layers.clear();
         r.diff_ids.clear();
       },
       "the base has no layers"},
      {"FewerDiffIds", [](BaseRecord& r) { r.diff_ids.pop_back(); },
       "the base has 2 layers and 1 diff IDs"},
      {"MoreDiffIds", [](BaseRecord& r) { r.layers.pop_back(); },
       "the base has 1 layers and 2 diff IDs"},
      {"TooManyLayers",
       [](BaseRecord& r) { r.layers.resize(kMaxLayers + 1, r.manifest); },
       "the base has 513 layers, at most 512 are read"},
      {"AnotherChain",
       [](BaseRecord& r) { r.chain_id = Digest::Sha256("other"); },
       "is not that of the diff IDs"},
      {"SwappedDiffIds",
       [](BaseRecord& r) { std::swap(r.diff_ids[0], r.diff_ids[1]); },
       "is not that of the diff IDs"},
      {"TooMuchHistory",
       [](BaseRecord& r) { r.history.resize(kMaxHistoryEntries + 1); },
       "the history has 2049 entries"},
      {"ShortName", [](BaseRecord& r) { r.names[0].name = "debian:12"; },
       "name debian:12: not in its normal form; write "
       "docker.io/library/debian:12"},
      {"BadName", [](BaseRecord& r) { r.names[0].name = "Debian"; },
       "name Debian: "},
      {"EmptyName", [](BaseRecord& r) { r.names[0].name = ""; }, "name : "},
      {"SeenBackwards",
       [](BaseRecord& r) {
         std::swap(r.names[0].first_seen, r.names[0].last_seen);
       },
       "last seen before it was first seen"},
      {"NeverSeen",
       [](BaseRecord& r) { r.names[0].first_seen = absl::InfinitePast(); },
       "outside the years 1 to 9999"},
      {"CreatedInNoYear",
       [](BaseRecord& r) { r.created = absl::InfiniteFuture(); },
       "created outside the years 1 to 9999"},
      {"HistoryInNoYear",
       [](BaseRecord& r) { r.history[1].created = absl::InfinitePast(); },
       "history[1]: created outside"},
  };
}

INSTANTIATE_TEST_SUITE_P(Table, ValidateBaseRecordReject,
                         testing::ValuesIn(Rejects()),
                         [](const testing::TestParamInfo<Reject>& test) {
                           return test.param.name;
                         });

TEST(BaseCatalog, FindsByChain) {
  const BaseRecord record = Valid();
  const auto catalog = CatalogOf({record, RealDebian()});
  ASSERT_THAT(catalog->FindByChain(record.chain_id), SizeIs(1));
  EXPECT_EQ(*catalog->FindByChain(record.chain_id)[0], record);
  EXPECT_THAT(catalog->FindByChain(record.manifest), IsEmpty());
}

TEST(BaseCatalog, FindsByManifestConfigAndIndexDigest) {
  BaseRecord record = Valid();
  record.index = Digest::Sha256("index");
  const auto catalog = CatalogOf({record, RealDebian()});
  for (const Digest& digest : {record.manifest, record.config, *record.index}) {
    ASSERT_THAT(catalog->FindByDigest(digest), SizeIs(1));
    EXPECT_EQ(catalog->FindByDigest(digest)[0]->manifest, record.manifest);
  }
  EXPECT_THAT(catalog->FindByDigest(record.chain_id), IsEmpty());
  EXPECT_THAT(catalog->FindByDigest(record.layers[0]), IsEmpty());
}

TEST(BaseCatalog, FindsByTheWholeName) {
  const BaseRecord record = Valid();
  const auto catalog = CatalogOf({record, RealDebian()});
  ASSERT_THAT(catalog->FindByName(kName), SizeIs(1));
  EXPECT_EQ(catalog->FindByName(kName)[0]->manifest, record.manifest);
  EXPECT_THAT(catalog->FindByName("docker.io/library/debian"), IsEmpty());
  EXPECT_THAT(catalog->FindByName(""), IsEmpty());
}

TEST(BaseCatalog, FindsAllRecordsOfOneChain) {
  const BaseRecord debian = RealDebian();
  const BaseRecord corp = RecordOf(RealImage("base-corp-metaonly"), {});
  const auto catalog = CatalogOf({debian, corp});
  EXPECT_THAT(catalog->FindByChain(debian.chain_id), SizeIs(2));
}

TEST(BaseCatalog, KeepsTheLastRecordOfAManifest) {
  BaseRecord first = Valid();
  BaseRecord second = first;
  second.approval = Approval::kApproved;
  const auto catalog = CatalogOf({first, RealDebian(), second});
  ASSERT_THAT(catalog->records(), SizeIs(2));
  EXPECT_EQ(catalog->FindByDigest(first.manifest)[0]->approval,
            Approval::kApproved);
}

TEST(BaseCatalog, NamesTheRecordThatIsNotValid) {
  BaseRecord bad = Valid();
  bad.diff_ids.pop_back();
  EXPECT_THAT(BaseCatalog::New({RealDebian(), bad}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       StartsWith("base " + bad.manifest.ToString() + ": ")));
}

TEST(BaseCatalog, MayBeEmpty) {
  const auto catalog = CatalogOf({});
  EXPECT_TRUE(catalog->empty());
  EXPECT_THAT(catalog->FindByChain(Digest::Sha256("x")), IsEmpty());
  EXPECT_THAT(catalog->revision(), StartsWith("sha256:"));
}

TEST(BaseCatalog, HasARevisionOfItsContentsAndNotOfTheirOrder) {
  const BaseRecord a = Valid();
  const BaseRecord b = RealDebian();
  EXPECT_EQ(CatalogOf({a, b})->revision(), CatalogOf({b, a})->revision());
  EXPECT_NE(CatalogOf({a, b})->revision(), CatalogOf({a})->revision());
}

TEST(BaseCatalog, ChangesItsRevisionWithWhateverMayChangeAVerdict) {
  const std::string revision = CatalogOf({Valid()})->revision();
  const std::vector<std::function<void(BaseRecord&)>> changes = {
      [](BaseRecord& r) { r.approval = Approval::kDenied; },
      [](BaseRecord& r) { r.proven = false; },
      [](BaseRecord& r) { r.names.clear(); },
      [](BaseRecord& r) { r.names[0].last_seen += absl::Hours(1); },
      [](BaseRecord& r) { r.created = absl::FromUnixSeconds(1); },
      [](BaseRecord& r) { r.index = Digest::Sha256("index"); },
      [](BaseRecord& r) { r.platform.architecture = "arm64"; },
      [](BaseRecord& r) { r.annotations.emplace_back("a", "b"); },
      [](BaseRecord& r) { r.labels.emplace_back("a", "b"); },
      [](BaseRecord& r) { r.env.emplace_back("A=b"); },
      [](BaseRecord& r) { r.history.pop_back(); }};
  for (size_t i = 0; i < changes.size(); ++i) {
    BaseRecord record = Valid();
    changes[i](record);
    EXPECT_NE(CatalogOf({record})->revision(), revision) << i;
  }
}

}  // namespace
}  // namespace plimsoll
