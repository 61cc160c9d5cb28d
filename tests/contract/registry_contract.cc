#include "tests/contract/registry_contract.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "policy/oci/media_type.h"

namespace plimsoll {

Digest RegistryContract::Put(const std::string& bytes) {
  Digest digest = Digest::Sha256(bytes);
  place_->PutBlob(digest, bytes);
  return digest;
}

StatusOr<FetchedManifest> RegistryContract::Manifest(std::string reference,
                                                     absl::Time by) {
  const std::shared_ptr<Registry> registry = place_->Open();
  return loop_.Wait<StatusOr<FetchedManifest>>(
      [&] { return registry->FetchManifest(reference, by); });
}

StatusOr<std::string> RegistryContract::Blob(Digest digest, size_t max_bytes,
                                             absl::Time by) {
  const std::shared_ptr<Registry> registry = place_->Open();
  return loop_.Wait<StatusOr<std::string>>(
      [&] { return registry->FetchBlob(digest, max_bytes, by); });
}

StatusOr<std::string> RegistryContract::Start(Digest digest, size_t count,
                                              absl::Time by) {
  const std::shared_ptr<Registry> registry = place_->Open();
  return loop_.Wait<StatusOr<std::string>>(
      [&] { return registry->FetchBlobStart(digest, count, by); });
}

Status RegistryContract::Head(Digest digest, absl::Time by) {
  const std::shared_ptr<Registry> registry = place_->Open();
  return loop_.Wait<Status>([&] { return registry->HeadBlob(digest, by); });
}

Status RegistryContract::Stream(Digest digest, BlobSink sink) {
  const std::shared_ptr<Registry> registry = place_->Open();
  return loop_.Wait<Status>(
      [&] { return registry->StreamBlob(digest, absl::Seconds(20), sink); });
}

namespace {

using absl::StatusCode;

constexpr char kManifest[] = R"({"schemaVersion":2,"layers":[]})";

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
absl::Time Past() { return absl::Now() - absl::Seconds(1); }
std::string TypeOfManifest() { return std::string(kOciManifestType); }

TEST_P(RegistryContract, GivesManifestsByTagAndByDigest) {
  place().PutManifest(kManifest, TypeOfManifest(), "v1");
  const Digest digest = Digest::Sha256(kManifest);
  for (const std::string& reference : {std::string("v1"), digest.ToString()}) {
    const auto manifest = Manifest(reference, Soon());
    ASSERT_THAT(manifest, IsOk()) << reference;
    EXPECT_EQ(manifest->bytes, kManifest);
    EXPECT_EQ(manifest->media_type, kOciManifestType);
    EXPECT_EQ(manifest->digest, digest);
  }
}

TEST_P(RegistryContract, SaysNotFoundOfWhatIsNotThere) {
  place().PutManifest(kManifest, TypeOfManifest(), "v1");
  Put("there");
  const Digest absent = Digest::Sha256("absent");
  const StatusCode not_found = StatusCode::kNotFound;
  EXPECT_THAT(Manifest("v2", Soon()), StatusIs(not_found));
  EXPECT_THAT(Manifest(absent.ToString(), Soon()), StatusIs(not_found));
  EXPECT_THAT(Blob(absent, 100, Soon()), StatusIs(not_found));
  EXPECT_THAT(Start(absent, 1, Soon()), StatusIs(not_found));
  EXPECT_THAT(Head(absent, Soon()), StatusIs(not_found));
  bool called = false;
  const BlobSink sink = [&called](absl::string_view) -> Task<Status> {
    called = true;
    co_return absl::OkStatus();
  };
  EXPECT_THAT(Stream(absent, sink), StatusIs(not_found));
  EXPECT_FALSE(called);
}

TEST_P(RegistryContract, GivesBlobsWholeUpToTheLimit) {
  const Digest digest = Put("hello");
  EXPECT_EQ(*Blob(digest, 5, Soon()), "hello");
  EXPECT_THAT(Blob(digest, 4, Soon()),
              StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(Head(digest, Soon()), IsOk());
}

TEST_P(RegistryContract, GivesManifestsUpToTheirLimit) {
  const auto of_size = [](size_t size) {
    std::string bytes = kManifest;
    bytes.append(size - bytes.size(), ' ');
    return bytes;
  };
  place().PutManifest(of_size(kMaxManifestBytes), TypeOfManifest(), "most");
  place().PutManifest(of_size(kMaxManifestBytes + 1), TypeOfManifest(), "more");
  EXPECT_THAT(Manifest("most", Soon()), IsOk());
  EXPECT_THAT(Manifest("more", Soon()),
              StatusIs(StatusCode::kResourceExhausted));
}

TEST_P(RegistryContract, VerifiesBytesAgainstTheDigestAskedFor) {
  place().PutManifest(kManifest, TypeOfManifest(), "v1");
  const Digest digest = Put("hello");
  place().Spoil();
  EXPECT_THAT(Blob(digest, 100, Soon()), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(Manifest(Digest::Sha256(kManifest).ToString(), Soon()),
              StatusIs(StatusCode::kDataLoss));
  // Unverified, as its name says.
  EXPECT_EQ(*Start(digest, 4, Soon()), "hell");
}

TEST_P(RegistryContract, VerifiesByTheAlgorithmOfTheDigest) {
  const Digest digest = Digest::Compute(Digest::Algorithm::kSha512, "hello");
  place().PutBlob(digest, "hello");
  EXPECT_EQ(*Blob(digest, 100, Soon()), "hello");
  place().Spoil();
  EXPECT_THAT(Blob(digest, 100, Soon()), StatusIs(StatusCode::kDataLoss));
}

TEST_P(RegistryContract, GivesTheStartOfABlobAndNoMore) {
  const Digest digest = Put("hello");
  const Digest empty = Put("");
  EXPECT_EQ(*Start(digest, 2, Soon()), "he");
  EXPECT_EQ(*Start(digest, 5, Soon()), "hello");
  EXPECT_EQ(*Start(digest, 6, Soon()), "hello");
  EXPECT_EQ(*Start(empty, 6, Soon()), "");
}

TEST_P(RegistryContract, StreamsABlobInOrder) {
  std::string large;
  while (large.size() < 700'000) absl::StrAppend(&large, large.size(), " ");
  const Digest digest = Put(large);
  std::string streamed;
  const BlobSink sink = [&streamed](absl::string_view piece) -> Task<Status> {
    absl::StrAppend(&streamed, piece);
    co_return absl::OkStatus();
  };
  EXPECT_THAT(Stream(digest, sink), IsOk());
  EXPECT_EQ(streamed, large);
}

TEST_P(RegistryContract, EndsAStreamWithTheStatusOfItsSink) {
  const Digest digest = Put(std::string(700'000, 'a'));
  int calls = 0;
  const BlobSink sink = [&calls](absl::string_view) -> Task<Status> {
    ++calls;
    co_return absl::AbortedError("enough");
  };
  EXPECT_THAT(Stream(digest, sink), StatusIs(StatusCode::kAborted));
  EXPECT_EQ(calls, 1);
}

TEST_P(RegistryContract, AnswersNothingPastTheDeadline) {
  place().PutManifest(kManifest, TypeOfManifest(), "v1");
  const Digest digest = Put("hello");
  const StatusCode exceeded = StatusCode::kDeadlineExceeded;
  EXPECT_THAT(Manifest("v1", Past()), StatusIs(exceeded));
  EXPECT_THAT(Blob(digest, 100, Past()), StatusIs(exceeded));
  EXPECT_THAT(Start(digest, 2, Past()), StatusIs(exceeded));
  EXPECT_THAT(Head(digest, Past()), StatusIs(exceeded));
}

}  // namespace
}  // namespace plimsoll
