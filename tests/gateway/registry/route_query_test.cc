#include "gateway/registry/route_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kHex[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// "400 UNSUPPORTED", or "" where the query is taken.
std::string Read(RouteKind kind, absl::string_view method,
                 absl::string_view query, Route* out = nullptr) {
  Route route;
  route.kind = kind;
  std::optional<OciError> refusal = ReadQuery(method, query, route);
  if (out != nullptr) *out = route;
  return refusal ? absl::StrCat(refusal->status, " ", refusal->code) : "";
}

std::string ReadPut(absl::string_view query, Route* out = nullptr) {
  return Read(RouteKind::kManifest, "PUT", query, out);
}

TEST(ReadQuery, ReadsTheTagsOfAManifestPut) {
  Route route;
  EXPECT_EQ(ReadPut("tag=v1&tag=v%31.2&ns=docker.io&tag=%4cast", &route), "");
  EXPECT_THAT(route.tags, ElementsAre("v1", "v1.2", "Last"));
  EXPECT_EQ(ReadPut("", &route), "");
  EXPECT_THAT(route.tags, IsEmpty());
}

TEST(ReadQuery, ReadsATagThatIsStatedTwiceOnce) {
  Route route;
  EXPECT_EQ(ReadPut("tag=v1&tag=v2&tag=v%31", &route), "");
  EXPECT_THAT(route.tags, ElementsAre("v1", "v2"));
}

TEST(ReadQuery, TakesTenTagsAndNoEleventh) {
  std::string query = "tag=t0";
  for (int i = 1; i < 10; ++i) absl::StrAppend(&query, "&tag=t", i);
  EXPECT_EQ(ReadPut(query), "");
  EXPECT_EQ(ReadPut(query + "&tag=t10"), "414 UNSUPPORTED");
  EXPECT_EQ(ReadPut(query + "&tag=t0"), "414 UNSUPPORTED");
}

TEST(ReadQuery, RefusesWhatAManifestPutDoesNotKnow) {
  for (absl::string_view query : {"tags=v1",
                                  "Tag=v1",
                                  "TAG=v1",
                                  "%74ag=v1",
                                  "tag",
                                  "tag=",
                                  "=v1",
                                  "&",
                                  "tag=v1&",
                                  "&tag=v1",
                                  "tag=v1&&tag=v2",
                                  "tag=v1;tag=v2",
                                  "tag=v1;x",
                                  "tag=v1&x=1",
                                  "tag=-v",
                                  "tag=v+1",
                                  "tag=v%2",
                                  "tag=v%zz",
                                  "tag=v%",
                                  "tag=v%00",
                                  "tag=a/b",
                                  "tag=a%2Fb",
                                  "tag=a=b",
                                  "tag[]=v1",
                                  "x",
                                  "digest=x",
                                  "ns=",
                                  "ns=a/b",
                                  "ns=a&ns=a",
                                  "ns=a%0d%0ab",
                                  "tag=%3fx",
                                  "tag=\xc3\xa4",
                                  "tag=v 1",
                                  "?tag=v1"}) {
    EXPECT_EQ(ReadPut(query), "400 UNSUPPORTED") << query;
  }
}

TEST(ReadQuery, TakesTagsWithAManifestPutOnly) {
  for (absl::string_view method : {"GET", "HEAD", "DELETE"}) {
    EXPECT_EQ(Read(RouteKind::kManifest, method, "tag=v1"), "400 UNSUPPORTED");
    EXPECT_EQ(Read(RouteKind::kManifest, method, "ns=docker.io"), "");
  }
  EXPECT_EQ(Read(RouteKind::kBlob, "GET", "tag=v1"), "400 UNSUPPORTED");
  EXPECT_EQ(Read(RouteKind::kBlob, "GET", "ns=127.0.0.1:5000"), "");
  EXPECT_EQ(Read(RouteKind::kPing, "GET", "x=1"), "400 UNSUPPORTED");
}

TEST(ReadQuery, ReadsTheDigestsOfUploadsAndLeavesTheRestAlone) {
  Route route;
  EXPECT_EQ(Read(RouteKind::kUploadStart, "POST",
                 absl::StrCat("from=demo%2Fapp3&mount=sha256%3A", kHex,
                              "&origin=x.example&digest-algorithm=sha512"),
                 &route),
            "");
  ASSERT_TRUE(route.mount);
  EXPECT_EQ(route.mount->hex(), kHex);
  EXPECT_FALSE(route.digest);
  EXPECT_EQ(Read(RouteKind::kUpload, "PUT",
                 absl::StrCat("_state=a+b/c%3D%3D;&&%zz&digest=sha256:", kHex),
                 &route),
            "");
  ASSERT_TRUE(route.digest);
  EXPECT_EQ(route.digest->hex(), kHex);
}

TEST(ReadQuery, RefusesUploadsThatStateADigestBadlyOrTwice) {
  std::string digest = absl::StrCat("digest=sha256%3A", kHex);
  EXPECT_EQ(Read(RouteKind::kUpload, "PUT", absl::StrCat(digest, "&", digest)),
            "400 UNSUPPORTED");
  for (absl::string_view query :
       {"digest=", "digest", "digest=sha256%3Aabc", "digest=sha256%3",
        "digest=md5%3A0123456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(Read(RouteKind::kUpload, "PUT", query), "400 DIGEST_INVALID")
        << query;
  }
  EXPECT_EQ(Read(RouteKind::kUploadStart, "POST", "mount=x&from=a"),
            "400 DIGEST_INVALID");
}

TEST(ReadQuery, LeavesTheQueriesOfListsAlone) {
  for (absl::string_view query : {"n=10&last=v1", "n=&last=",
                                  "next_page=x%3D%3D", "artifactType=a%2Fb"}) {
    for (RouteKind kind : {RouteKind::kTags, RouteKind::kCatalog,
                           RouteKind::kReferrers, RouteKind::kOutside}) {
      EXPECT_EQ(Read(kind, "GET", query), "") << query;
    }
  }
}

TEST(ReadQuery, RefusesBytesThatNoUriHasEverywhere) {
  for (RouteKind kind :
       {RouteKind::kPing, RouteKind::kManifest, RouteKind::kUpload,
        RouteKind::kTags, RouteKind::kOutside}) {
    for (absl::string_view query :
         {"a=b c", "a=\x7f", "a=\xc3\xa4", "a=\r\n"}) {
      EXPECT_EQ(Read(kind, "GET", query), "400 UNSUPPORTED");
    }
  }
}

TEST(PercentDecode, DecodesEveryByteOnce) {
  EXPECT_EQ(PercentDecode("a%2fb%2Fc%25%32%35"), "a/b/c%25");
  EXPECT_EQ(PercentDecode(""), "");
  for (absl::string_view text : {"%", "%2", "a%", "%2g", "%%20", "+", "% 2"}) {
    EXPECT_EQ(PercentDecode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace plimsoll
