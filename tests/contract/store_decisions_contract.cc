#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/oci/digest.h"
#include "tests/contract/store_contract.h"

namespace plimsoll {

std::vector<std::string> IdsOf(const std::vector<StoredDecision>& decisions) {
  std::vector<std::string> ids;
  for (const StoredDecision& stored : decisions) {
    ids.push_back(stored.decision.id());
  }
  return ids;
}

namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_P(StoreContract, GivesADecisionBackAsItWasRecorded) {
  v1::Decision decision = DecisionOf("a", "what was seen");
  decision.add_tags("v1");
  decision.add_findings()->set_message("not ASCII: \u00e9");
  ASSERT_THAT(
      Wait(store().RecordDecision(decision, EvidenceOf("what was seen"))),
      IsOk());
  StatusOr<StoredDecision> found = Wait(store().FindDecision("a"));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->decision.SerializeAsString(), decision.SerializeAsString());
  EXPECT_EQ(found->state, ForwardState::kNone);
  EXPECT_EQ(found->sequence, 1);
}

TEST_P(StoreContract, NumbersDecisionsWithoutGaps) {
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              StatusIs(StatusCode::kAlreadyExists, HasSubstr("a")));
  ASSERT_THAT(Wait(store().RecordDecision(DecisionOf("b"), EvidenceOf(""))),
              IsOk());
  EXPECT_EQ(Wait(store().FindDecision("b"))->sequence, 2);
}

TEST_P(StoreContract, RefusesDecisionsThatAreNotWhole) {
  v1::Decision no_id = DecisionOf("");
  v1::Decision no_time = DecisionOf("a");
  no_time.set_time("yesterday");
  v1::Decision other_evidence = DecisionOf("a", "one thing");
  v1::Decision lost_evidence = DecisionOf("a", "one thing");
  const std::pair<v1::Decision, std::string> rejects[] = {
      {no_id, ""},
      {no_time, ""},
      {other_evidence, "another"},
      {lost_evidence, ""},
      {DecisionOf("a"), "unnamed"},
  };
  for (const auto& [decision, evidence] : rejects) {
    EXPECT_THAT(Wait(store().RecordIntent(decision, EvidenceOf(evidence))),
                StatusIs(StatusCode::kInvalidArgument))
        << decision.ShortDebugString();
  }
  EXPECT_THAT(*Wait(store().ListDecisions({})), IsEmpty());
}

TEST_P(StoreContract, KeepsEvidenceByItsDigest) {
  std::string digest = Digest::Sha256("seen").ToString();
  EXPECT_THAT(Wait(store().FindEvidence(digest)),
              StatusIs(StatusCode::kNotFound));
  ASSERT_THAT(
      Wait(store().RecordIntent(DecisionOf("a", "seen"), EvidenceOf("seen"))),
      IsOk());
  ASSERT_THAT(
      Wait(store().RecordDecision(DecisionOf("b", "seen"), EvidenceOf("seen"))),
      IsOk());
  EXPECT_EQ(*Wait(store().FindEvidence(digest)), "seen");
}

TEST_P(StoreContract, OutcomesEndIntents) {
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("b"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordDecision(DecisionOf("c"), EvidenceOf(""))),
              IsOk());
  EXPECT_THAT(IdsOf(*Wait(store().OpenIntents(10))), ElementsAre("a", "b"));
  EXPECT_THAT(IdsOf(*Wait(store().OpenIntents(1))), ElementsAre("a"));

  ForwardResult result = ResultOf(ForwardState::kForwarded);
  result.status = 201;
  result.detail = "created";
  result.reconciled = true;
  ASSERT_THAT(Wait(store().RecordOutcome("a", result)), IsOk());
  EXPECT_THAT(IdsOf(*Wait(store().OpenIntents(10))), ElementsAre("b"));
  StoredDecision stored = *Wait(store().FindDecision("a"));
  EXPECT_EQ(stored.state, ForwardState::kForwarded);
  EXPECT_EQ(stored.result.state, ForwardState::kForwarded);
  EXPECT_EQ(stored.result.status, 201);
  EXPECT_EQ(stored.result.detail, "created");
  EXPECT_TRUE(stored.result.reconciled);
}

TEST_P(StoreContract, OnlyAnUnknownOutcomeMayBeReplaced) {
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  auto record = [&](ForwardState state) {
    return Wait(store().RecordOutcome("a", ResultOf(state)));
  };
  EXPECT_THAT(record(ForwardState::kUnknown), IsOk());
  EXPECT_THAT(record(ForwardState::kAbsent), IsOk());
  EXPECT_THAT(record(ForwardState::kAbsent), IsOk());
  EXPECT_THAT(record(ForwardState::kForwarded),
              StatusIs(StatusCode::kFailedPrecondition, HasSubstr("absent")));
  EXPECT_THAT(record(ForwardState::kUnknown),
              StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_EQ(Wait(store().FindDecision("a"))->state, ForwardState::kAbsent);
}

TEST_P(StoreContract, RefusesOutcomesOfWhatWasNotToBeForwarded) {
  ASSERT_THAT(Wait(store().RecordDecision(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("b"), EvidenceOf(""))),
              IsOk());
  auto record = [&](std::string id, ForwardState state) {
    return Wait(store().RecordOutcome(id, ResultOf(state)));
  };
  EXPECT_THAT(record("a", ForwardState::kForwarded),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(record("b", ForwardState::kIntent),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(record("b", ForwardState::kNone),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(record("c", ForwardState::kForwarded),
              StatusIs(StatusCode::kNotFound, HasSubstr("c")));
}

TEST_P(StoreContract, ListsNewestFirstUpToTheLimit) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_THAT(Wait(store().RecordDecision(DecisionOf(id), EvidenceOf(""))),
                IsOk());
  }
  EXPECT_THAT(IdsOf(*Wait(store().ListDecisions({}))),
              ElementsAre("c", "b", "a"));
  DecisionFilter two;
  two.limit = 2;
  EXPECT_THAT(IdsOf(*Wait(store().ListDecisions(two))), ElementsAre("c", "b"));
}

TEST_P(StoreContract, ListsWhatPassesEveryConditionOfAFilter) {
  v1::Decision other = DecisionOf("other");
  other.set_repository("team/other");
  other.set_digest(Digest::Sha256("other").ToString());
  other.set_outcome("deny");
  other.set_door("grpc");
  other.set_time("2026-09-02T10:15:00.250001+02:00");
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("plain"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordDecision(other, EvidenceOf(""))), IsOk());

  std::vector<DecisionFilter> filters(6);
  filters[0].repository = "team/other";
  filters[1].digest = other.digest();
  filters[2].outcome = "deny";
  filters[3].door = "grpc";
  filters[4].state = ForwardState::kNone;
  filters[5].since = absl::FromUnixMicros(1788336900250001);
  for (size_t i = 0; i < filters.size(); ++i) {
    EXPECT_THAT(IdsOf(*Wait(store().ListDecisions(filters[i]))),
                ElementsAre("other"))
        << "filter " << i;
  }
  DecisionFilter all = filters[5];
  all.repository = "team/other";
  all.door = "grpc";
  EXPECT_THAT(IdsOf(*Wait(store().ListDecisions(all))), ElementsAre("other"));
  all.door = "push";
  EXPECT_THAT(*Wait(store().ListDecisions(all)), IsEmpty());
}

TEST_P(StoreContract, SaysWhichDecisionIsMissing) {
  EXPECT_THAT(Wait(store().FindDecision("nope")),
              StatusIs(StatusCode::kNotFound, HasSubstr("nope")));
}

// A record of its own with `documents`.
EvidenceRecord Naming(absl::string_view bytes,
                      const std::vector<std::string>& documents) {
  EvidenceRecord record = EvidenceOf(bytes);
  for (const std::string& document : documents) {
    record.documents.push_back({Digest::Sha256(document).ToString(),
                                std::make_shared<const std::string>(document)});
  }
  return record;
}

v1::Decision DenialOf(absl::string_view id, absl::string_view evidence) {
  v1::Decision decision = DecisionOf(id, evidence);
  decision.set_outcome("deny");
  return decision;
}

int64_t Remove(Store& store, const Expiry& expiry, size_t limit) {
  int64_t removed = -1;
  const auto remove = [&]() -> Task<Status> {
    const auto count = co_await store.RemoveExpired(expiry, limit);
    if (count.ok()) removed = *count;
    co_return count.status();
  };
  EXPECT_THAT(Wait(remove()), IsOk());
  return removed;
}

bool Has(Store& store, absl::string_view document) {
  const auto found =
      Wait(store.FindDocument(Digest::Sha256(document).ToString()));
  return found.ok() && *found == document;
}

TEST_P(StoreContract, KeepsTheDocumentsOfADenialByTheirDigests) {
  ASSERT_THAT(Wait(store().RecordDecision(DenialOf("a", "one"),
                                          Naming("one", {"config", "x"}))),
              IsOk());
  EXPECT_TRUE(Has(store(), "config"));
  EXPECT_TRUE(Has(store(), "x"));
  EXPECT_THAT(Wait(store().FindDocument("sha256:no")),
              StatusIs(StatusCode::kNotFound));
}

// Who may read, but not push, wrote each manifest into the store.
TEST_P(StoreContract, KeepsDocumentsOfAnIntentOnceTheyAreDelivered) {
  EvidenceRecord record = Naming("one", {"config"});
  const std::vector<Document> documents = record.documents;
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("a", "one"), record)),
              IsOk());
  EXPECT_FALSE(Has(store(), "config"));
  ASSERT_THAT(Wait(store().PutDocuments(documents)), IsOk());
  EXPECT_TRUE(Has(store(), "config"));
}

TEST_P(StoreContract, RefusesADocumentUnderAnotherDigest) {
  std::vector<Document> documents = Naming("one", {"config"}).documents;
  documents[0].digest = Digest::Sha256("other").ToString();
  EXPECT_THAT(Wait(store().PutDocuments(documents)),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST_P(StoreContract, BoundsTheDocumentsOfDenials) {
  const size_t size = 32 << 20;
  for (size_t i = 0; i <= kMaxUndeliveredBytes / size; ++i) {
    const std::string id = absl::StrCat("d", i);
    const std::string document = std::string(size, static_cast<char>('a' + i));
    ASSERT_THAT(
        Wait(store().RecordDecision(DenialOf(id, id), Naming(id, {document}))),
        IsOk());
    EXPECT_EQ(Has(store(), document), i < kMaxUndeliveredBytes / size) << i;
  }
  // What an upstream has is no part of it.
  const std::string first(size, 'a');
  ASSERT_THAT(Wait(store().PutDocuments(Naming("", {first}).documents)),
              IsOk());
  ASSERT_THAT(
      Wait(store().RecordDecision(DenialOf("z", "z"), Naming("z", {"small"}))),
      IsOk());
  EXPECT_TRUE(Has(store(), "small"));
}

TEST_P(StoreContract, RemovesWhatIsOldWithAllThatNothingElseNames) {
  const absl::Time time = absl::FromUnixMicros(1788336900250000);
  ASSERT_THAT(Wait(store().RecordDecision(DenialOf("refused", "1"),
                                          Naming("1", {"only", "both"}))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("open"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(store().RecordIntent(DecisionOf("absent"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(
      Wait(store().RecordOutcome("absent", ResultOf(ForwardState::kAbsent))),
      IsOk());
  ASSERT_THAT(Wait(store().RecordDecision(DecisionOf("admitted", "2"),
                                          Naming("2", {"both"}))),
              IsOk());
  Expiry expiry;
  EXPECT_EQ(Remove(store(), expiry, 10), 0) << "forever";
  expiry.refused = expiry.absent = time;
  EXPECT_EQ(Remove(store(), expiry, 10), 0) << "not older";
  expiry.refused = expiry.absent = time + absl::Microseconds(1);
  EXPECT_EQ(Remove(store(), expiry, 1), 1);
  EXPECT_EQ(Remove(store(), expiry, 10), 1);
  EXPECT_THAT(IdsOf(*Wait(store().ListDecisions({}))),
              ElementsAre("admitted", "open"));
  EXPECT_FALSE(Has(store(), "only"));
  EXPECT_TRUE(Has(store(), "both"));
  EXPECT_THAT(Wait(store().FindEvidence(Digest::Sha256("1").ToString())),
              StatusIs(StatusCode::kNotFound));
  expiry.admitted = absl::InfiniteFuture();
  EXPECT_EQ(Remove(store(), expiry, 10), 1);
  EXPECT_THAT(IdsOf(*Wait(store().ListDecisions({}))), ElementsAre("open"));
  EXPECT_FALSE(Has(store(), "both"));
}

}  // namespace
}  // namespace plimsoll
