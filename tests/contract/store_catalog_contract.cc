#include <utility>

#include "gateway/store/record_rules.h"
#include "policy/base/layer_facts.h"
#include "tests/contract/store_contract.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

LayerFacts FactsOf(absl::string_view content) {
  return {Digest::Sha256(absl::StrCat("stored ", std::string(content))),
          Digest::Sha256(content),
          123,
          456,
          Compression::kZstd,
          kInspectorVersion};
}

TEST_P(StoreContract, FindsTheLayerFactsThatItHas) {
  LayerFacts one = FactsOf("one");
  LayerFacts two = FactsOf("two");
  LayerFacts absent = FactsOf("absent");
  ASSERT_THAT(Wait(store().PutLayerFacts({one, two})), IsOk());
  auto found = Wait(
      store().FindLayerFacts({one.layer, two.layer, absent.layer, one.layer}));
  ASSERT_THAT(found, IsOk());
  EXPECT_THAT(*found, UnorderedElementsAre(std::pair(one.layer, one),
                                           std::pair(two.layer, two)));
}

TEST_P(StoreContract, FactsOfAnOlderInspectorAreNeitherFoundNorPreferred) {
  LayerFacts older = FactsOf("one");
  older.inspector_version = kInspectorVersion - 1;
  ASSERT_THAT(Wait(store().PutLayerFacts({older})), IsOk());
  EXPECT_THAT(*Wait(store().FindLayerFacts({older.layer})), IsEmpty());

  LayerFacts current = FactsOf("one");
  ASSERT_THAT(Wait(store().PutLayerFacts({current})), IsOk());
  ASSERT_THAT(Wait(store().PutLayerFacts({older})), IsOk());
  EXPECT_THAT(*Wait(store().FindLayerFacts({older.layer})),
              ElementsAre(std::pair(current.layer, current)));
}

TEST_P(StoreContract, RefusesFactsWithNegativeSizes) {
  LayerFacts facts = FactsOf("one");
  facts.inflated_size = -1;
  EXPECT_THAT(Wait(store().PutLayerFacts({FactsOf("two"), facts})),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(*Wait(store().FindLayerFacts({FactsOf("two").layer})), IsEmpty());
}

BaseRecord DebianRecord(std::vector<std::string> names,
                        Approval approval = Approval::kUnapproved) {
  TestImage image = ImageBuilder().Layer("debian").Env("A=b").Build();
  return RecordOf(image, std::move(names), approval);
}

constexpr char kTwelve[] = "docker.io/library/debian:12";
constexpr char kBookworm[] = "docker.io/library/debian:bookworm";

TEST_P(StoreContract, TheCatalogStartsEmpty) {
  EXPECT_THAT(*Wait(store().LoadCatalog()), IsEmpty());
  EXPECT_EQ(*Wait(store().CatalogGeneration()), 0);
}

TEST_P(StoreContract, GivesBasesBackAsTheyWerePut) {
  BaseRecord record = DebianRecord({kTwelve, kBookworm}, Approval::kApproved);
  ASSERT_THAT(Wait(store().PutBases({record})), IsOk());
  EXPECT_THAT(*Wait(store().LoadCatalog()), ElementsAre(record));
}

TEST_P(StoreContract, TheGenerationGrowsWithEveryChange) {
  BaseRecord record = DebianRecord({kTwelve});
  int64_t first = *Wait(store().CatalogGeneration());
  ASSERT_THAT(Wait(store().PutBases({record})), IsOk());
  int64_t second = *Wait(store().CatalogGeneration());
  ASSERT_THAT(Wait(store().SetApproval(record.manifest, Approval::kApproved)),
              IsOk());
  int64_t third = *Wait(store().CatalogGeneration());
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_P(StoreContract, PuttingABaseAgainUnitesItsNames) {
  BaseRecord first = DebianRecord({kTwelve});
  BaseRecord second = DebianRecord({kTwelve, kBookworm});
  second.names[0].first_seen = first.names[0].first_seen - absl::Hours(1);
  second.names[0].last_seen = first.names[0].last_seen - absl::Hours(1);
  ASSERT_THAT(Wait(store().PutBases({first})), IsOk());
  ASSERT_THAT(Wait(store().PutBases({second})), IsOk());
  std::vector<BaseRecord> records = *Wait(store().LoadCatalog());
  ASSERT_THAT(records, SizeIs(1));
  BaseName united{kTwelve, second.names[0].first_seen,
                  first.names[0].last_seen};
  EXPECT_THAT(records[0].names, ElementsAre(united, second.names[1]));
}

TEST_P(StoreContract, AMergeNeverLowersAnApprovalExceptByADenial) {
  auto put = [&](Approval approval) {
    EXPECT_THAT(Wait(store().PutBases({DebianRecord({kTwelve}, approval)})),
                IsOk());
    return Wait(store().LoadCatalog())->at(0).approval;
  };
  EXPECT_EQ(put(Approval::kApproved), Approval::kApproved);
  EXPECT_EQ(put(Approval::kUnapproved), Approval::kApproved);
  EXPECT_EQ(put(Approval::kDenied), Approval::kDenied);
  EXPECT_EQ(put(Approval::kApproved), Approval::kDenied);
}

TEST_P(StoreContract, AnImportNeverChangesTheBytesOfAProvenRecord) {
  BaseRecord proven = DebianRecord({kTwelve});
  // Says of the same manifest that it has other layers.
  BaseRecord imported =
      RecordOf(ImageBuilder().Layer("evil").Build(), {kBookworm});
  imported.manifest = proven.manifest;
  imported.index = Digest::Sha256("index");
  imported.proven = false;
  ASSERT_THAT(Wait(store().PutBases({proven})), IsOk());
  ASSERT_THAT(Wait(store().PutBases({imported})), IsOk());
  BaseRecord merged = Wait(store().LoadCatalog())->at(0);
  EXPECT_TRUE(merged.proven);
  EXPECT_EQ(merged.chain_id, proven.chain_id);
  EXPECT_EQ(merged.layers, proven.layers);
  EXPECT_EQ(merged.index, std::nullopt);
  EXPECT_THAT(merged.names, SizeIs(2));
}

TEST_P(StoreContract, WhatIsProvenReplacesWhatWasImported) {
  BaseRecord proven = DebianRecord({kTwelve});
  BaseRecord imported =
      RecordOf(ImageBuilder().Layer("evil").Build(), {kTwelve});
  imported.manifest = proven.manifest;
  imported.proven = false;
  ASSERT_THAT(Wait(store().PutBases({imported})), IsOk());
  EXPECT_FALSE(Wait(store().LoadCatalog())->at(0).proven);
  ASSERT_THAT(Wait(store().PutBases({proven})), IsOk());
  EXPECT_THAT(*Wait(store().LoadCatalog()), ElementsAre(proven));
}

TEST_P(StoreContract, SetApprovalIsTheLastWord) {
  BaseRecord record = DebianRecord({kTwelve}, Approval::kDenied);
  ASSERT_THAT(Wait(store().PutBases({record})), IsOk());
  ASSERT_THAT(Wait(store().SetApproval(record.manifest, Approval::kUnapproved)),
              IsOk());
  EXPECT_EQ(Wait(store().LoadCatalog())->at(0).approval, Approval::kUnapproved);
  EXPECT_THAT(Wait(store().SetApproval(Digest::Sha256("no such base"),
                                       Approval::kApproved)),
              StatusIs(StatusCode::kNotFound));
}

TEST_P(StoreContract, RefusesBasesThatAreNotValid) {
  BaseRecord record = DebianRecord({kTwelve});
  record.chain_id = Digest::Sha256("another chain");
  EXPECT_THAT(Wait(store().PutBases({record})),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(*Wait(store().LoadCatalog()), IsEmpty());
}

}  // namespace
}  // namespace plimsoll
