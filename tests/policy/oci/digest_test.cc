#include "policy/oci/digest.h"

#include <gtest/gtest.h>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kEmpty256 =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr absl::string_view kAbc256 =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr absl::string_view kAbc512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(ParseDigest, TakesSha256AndSha512) {
  const StatusOr<Digest> short_one = Digest::Parse(kAbc256);
  ASSERT_TRUE(short_one.ok());
  EXPECT_EQ(short_one->algorithm(), Digest::Algorithm::kSha256);
  EXPECT_EQ(short_one->ToString(), kAbc256);
  EXPECT_EQ(short_one->hex(), kAbc256.substr(7));
  EXPECT_EQ(short_one->Short(), "sha256:ba7816bf8f01");
  const StatusOr<Digest> long_one = Digest::Parse(kAbc512);
  ASSERT_TRUE(long_one.ok());
  EXPECT_EQ(long_one->algorithm(), Digest::Algorithm::kSha512);
  EXPECT_EQ(long_one->hex(), kAbc512.substr(7));
  EXPECT_EQ(long_one->Short(), "sha512:ddaf35a19361");
}

TEST(ParseDigest, RefusesEverythingElse) {
  const std::string good(kAbc256);
  const std::string hex = good.substr(7);
  const std::string cases[] = {"",
                               ":",
                               hex,
                               "sha256",
                               "sha256:",
                               "sha256" + hex,
                               good.substr(0, good.size() - 1),
                               good + "0",
                               good + " ",
                               " " + good,
                               good + "\n",
                               good + std::string(1, '\0'),
                               "SHA256:" + hex,
                               "Sha256:" + hex,
                               "sha256:" + absl::AsciiStrToUpper(hex),
                               "sha256:" + hex.substr(1) + "g",
                               "sha256:" + hex.substr(1) + "F",
                               "sha256:" + hex.substr(1) + "/",
                               "sha256::" + hex.substr(1),
                               "sha512:" + hex,
                               "sha256:" + std::string(kAbc512.substr(7)),
                               "sha384:" + std::string(96, 'a'),
                               "md5:" + std::string(32, 'a'),
                               "sha1:" + std::string(40, 'a'),
                               "sha256+b64:" + hex,
                               "sha256:../" + hex.substr(3)};
  for (const std::string& text : cases) {
    EXPECT_EQ(Digest::Parse(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(Digest, HashesBytes) {
  EXPECT_EQ(Digest::Sha256("").ToString(), kEmpty256);
  EXPECT_EQ(Digest::Sha256("abc").ToString(), kAbc256);
  EXPECT_EQ(Digest::Compute(Digest::Algorithm::kSha512, "abc").ToString(),
            kAbc512);
  EXPECT_NE(Digest::Sha256(absl::string_view("\0", 1)), Digest::Sha256(""));
}

TEST(Digest, ComparesAndHashesByItsText) {
  const Digest abc = *Digest::Parse(kAbc256);
  const Digest empty = *Digest::Parse(kEmpty256);
  EXPECT_EQ(abc, Digest::Sha256("abc"));
  EXPECT_NE(abc, empty);
  EXPECT_LT(abc, empty);
  EXPECT_LT(empty, *Digest::Parse(kAbc512));
  absl::flat_hash_map<Digest, int> map;
  map[abc] = 1;
  map[empty] = 2;
  EXPECT_EQ(map[Digest::Sha256("abc")], 1);
}

TEST(Hasher, GivesTheSameDigestHoweverTheBytesAreCut) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&bytes, i, "\n");
  for (const size_t piece : {1, 7, 64, 1024, 100'000}) {
    Hasher hasher;
    for (size_t i = 0; i < bytes.size(); i += piece) {
      hasher.Update(absl::string_view(bytes).substr(i, piece));
    }
    EXPECT_EQ(hasher.Finish(), Digest::Sha256(bytes)) << piece;
  }
}

TEST(Hasher, CanBeMovedBetweenUpdates) {
  Hasher first(Digest::Algorithm::kSha512);
  first.Update("a");
  Hasher second = std::move(first);
  second.Update("bc");
  first = Hasher();
  first.Update("abc");
  EXPECT_EQ(second.Finish().ToString(), kAbc512);
  EXPECT_EQ(first.Finish().ToString(), kAbc256);
}

}  // namespace
}  // namespace plimsoll
