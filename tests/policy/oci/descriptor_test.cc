#include "policy/oci/descriptor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "tests/policy/oci/documents.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

StatusOr<Descriptor> Parse(absl::string_view text) {
  ASSIGN_OR_RETURN(const JsonValue value, ParseJson(text));
  return ParseDescriptor(value);
}

// A descriptor of `bytes` that embeds `data`.
std::string Embedding(absl::string_view bytes, absl::string_view data,
                      const Digest& digest) {
  return absl::StrCat(R"({"mediaType":"application/x","size":)", bytes.size(),
                      R"(,"digest":")", digest.ToString(), R"(","data":")",
                      data, "\"}");
}

TEST(ParseDescriptor, ReadsEveryMember) {
  const StatusOr<Descriptor> descriptor = Parse(DescriptorJson(
      "application/x",
      R"(,"urls":["https://a","b"],"annotations":{"k":"v"},)"
      R"("artifactType":"application/y","platform":{"os":"windows",)"
      R"("architecture":"arm64","variant":"v8","os.version":"10.0.1",)"
      R"("os.features":["win32k"],"features":["sse4"]})"));
  ASSERT_THAT(descriptor, IsOk());
  EXPECT_EQ(descriptor->media_type, "application/x");
  EXPECT_EQ(descriptor->digest.ToString(), kDigestA);
  EXPECT_EQ(descriptor->size, 7);
  EXPECT_THAT(descriptor->urls, ElementsAre("https://a", "b"));
  EXPECT_EQ(*descriptor->Annotation("k"), "v");
  EXPECT_EQ(descriptor->Annotation("K"), nullptr);
  EXPECT_EQ(descriptor->artifact_type, "application/y");
  EXPECT_EQ(descriptor->platform,
            (Platform{"windows", "arm64", "v8", "10.0.1"}));
  EXPECT_FALSE(descriptor->data.has_value());
}

TEST(ParseDescriptor, TakesNullForWhatMayBeAbsent) {
  const StatusOr<Descriptor> descriptor = Parse(DescriptorJson(
      "application/x", R"(,"urls":null,"annotations":null,"platform":null,)"
                       R"("artifactType":null,"data":null)"));
  ASSERT_THAT(descriptor, IsOk());
  EXPECT_FALSE(descriptor->platform.has_value());
  EXPECT_FALSE(descriptor->data.has_value());
}

TEST(ParseDescriptor, TakesSizesThatEveryReaderHoldsExactly) {
  const std::string good = DescriptorJson("application/x");
  for (const absl::string_view size : {"0", "1", "9007199254740991"}) {
    EXPECT_THAT(Parse(With(good, ":7", absl::StrCat(":", size))), IsOk());
  }
  for (const absl::string_view size :
       {"-1", "-0", "7.0", "7e0", "\"7\"", "null", "9007199254740992",
        "9223372036854775807", "9223372036854775808", "true", "[7]"}) {
    EXPECT_THAT(Parse(With(good, ":7", absl::StrCat(":", size))),
                StatusIs(kInvalid, HasSubstr("size")))
        << size;
  }
}

TEST(ParseDescriptor, RefusesMalformedMembers) {
  struct Case {
    absl::string_view from;
    absl::string_view to;
  };
  const Case cases[] = {
      {R"("mediaType":"application/x",)", ""},
      {R"("application/x")", R"("")"},
      {R"("application/x")", "null"},
      {R"("application/x")", "1"},
      {R"("application/x")", R"("application/x\n")"},
      {R"("application/x")", R"("application/\u00e9")"},
      {R"("mediaType")", R"("MediaType")"},
      {R"("mediaType")", R"("mediatype":"a","mediaType")"},
      {R"("digest")", R"("Digest")"},
      {R"("digest")", R"("dige\u017ft":"a","digest")"},
      {R"("digest")", R"("x")"},
      {R"("sha256:aaa)", R"("sha256:aaA)"},
      {R"("sha256:aaa)", R"("sha256:aa)"},
      {R"("sha256:)", R"("md5:)"},
      {R"("size":7)", R"("x":7)"},
      {R"("size":7)", R"("\u017fize":7)"},
      {R"("size":7)", R"("size":7,"size":7)"},
      {R"("size":7)", R"("size":7,"urls":"a")"},
      {R"("size":7)", R"("size":7,"urls":[null])"},
      {R"("size":7)", R"("size":7,"URLS":[])"},
      {R"("size":7)", R"("size":7,"annotations":{"a":{}})"},
      {R"("size":7)", R"("size":7,"platform":"linux/amd64")"},
      {R"("size":7)", R"("size":7,"platform":{"Architecture":"a"})"},
      {R"("size":7)", R"("size":7,"artifactType":[])"},
      {R"("size":7)", R"("size":7,"data":{})"},
      {R"("size":7)", R"("size":7,"Data":"")"},
  };
  const std::string good = DescriptorJson("application/x");
  for (const Case& c : cases) {
    const std::string text = With(good, c.from, c.to);
    ASSERT_NE(text, good) << c.from;
    EXPECT_THAT(Parse(text), StatusIs(kInvalid)) << text;
  }
}

TEST(ParseDescriptor, DecodesEmbeddedBytesThatMatch) {
  const absl::string_view bytes = "{\"a\": 1}\xff";
  for (const Digest::Algorithm algorithm :
       {Digest::Algorithm::kSha256, Digest::Algorithm::kSha512}) {
    const StatusOr<Descriptor> descriptor = Parse(Embedding(
        bytes, absl::Base64Escape(bytes), Digest::Compute(algorithm, bytes)));
    ASSERT_THAT(descriptor, IsOk());
    EXPECT_EQ(descriptor->data, std::string(bytes));
  }
  const StatusOr<Descriptor> empty =
      Parse(Embedding("", "", Digest::Sha256("")));
  ASSERT_THAT(empty, IsOk());
  EXPECT_EQ(empty->data, "");
}

TEST(ParseDescriptor, RefusesEmbeddedBytesOfAnotherSizeOrDigest) {
  const Digest digest = Digest::Sha256("{}");
  EXPECT_THAT(Parse(Embedding("{}", "e30=", digest)), IsOk());
  EXPECT_THAT(Parse(Embedding("{} ", "e30=", digest)), StatusIs(kInvalid));
  EXPECT_THAT(Parse(Embedding("{}", "e30=", Digest::Sha256("[]"))),
              StatusIs(kInvalid));
  EXPECT_THAT(Parse(Embedding("", "e30=", Digest::Sha256(""))),
              StatusIs(kInvalid));
  EXPECT_THAT(Parse(Embedding("{}", "", digest)), StatusIs(kInvalid));
}

TEST(ParseDescriptor, RefusesBase64ThatReadersDecodeDifferently) {
  const Digest digest = Digest::Sha256("{}");
  for (const absl::string_view data :
       {"e30", "e30==", "e31=", "e3 0=", "e30=\\n",
        "e\\r\\n30=", " e30=", "e30=e30=", "e3.0", "%6530="}) {
    EXPECT_THAT(Parse(Embedding("{}", data, digest)),
                StatusIs(kInvalid, HasSubstr("data")))
        << data;
  }
  // The URL-safe alphabet.
  const std::string bytes = "\xfb\xff\xfe";
  EXPECT_THAT(Parse(Embedding(bytes, "+//+", Digest::Sha256(bytes))), IsOk());
  EXPECT_THAT(Parse(Embedding(bytes, "-__-", Digest::Sha256(bytes))),
              StatusIs(kInvalid));
}

TEST(ParseAnnotations, StopsAtItsBound) {
  const auto with_entries = [](size_t count) {
    std::string text = R"(,"annotations":{"k":"")";
    for (size_t i = 1; i < count; ++i)
      absl::StrAppend(&text, ",\"", i, "\":\"\"");
    return DescriptorJson("application/x", text + "}");
  };
  EXPECT_THAT(Parse(with_entries(kMaxAnnotations)), IsOk());
  EXPECT_THAT(Parse(with_entries(kMaxAnnotations + 1)),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace plimsoll
