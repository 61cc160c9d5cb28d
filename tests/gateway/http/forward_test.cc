#include "gateway/http/forward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<HeaderField> FieldsOf(const Headers& headers) {
  return {headers.begin(), headers.end()};
}

RequestHead Request(std::vector<HeaderField> fields) {
  RequestHead head{"PUT", "/v2/a/manifests/t", 1, {}};
  for (const HeaderField& field : fields)
    head.headers.Add(field.name, field.value);
  return head;
}

constexpr Framing kNone{};
constexpr Framing kFive{BodyKind::kLength, 5};
constexpr Framing kChunked{BodyKind::kChunked, 0};

TEST(ForwardedRequest, RebuildsTheHeadFromWhatIsAllowed) {
  RequestHead out = ForwardedRequest(
      Request({{"Host", "gateway"},
               {"accept", "a/b"},
               {"Accept", "c/d"},
               {"Authorization", "Bearer x"},
               {"X-Other", "1"},
               {"Content-Type", "e/f"},
               {"Content-Length", "5"}}),
      kFive, {"upstream:5000", "https", "gateway", "192.0.2.1"});
  EXPECT_EQ(out.method, "PUT");
  EXPECT_EQ(out.target, "/v2/a/manifests/t");
  std::vector<HeaderField> expected = {{"Host", "upstream:5000"},
                                       {"accept", "a/b"},
                                       {"Accept", "c/d"},
                                       {"Authorization", "Bearer x"},
                                       {"Content-Type", "e/f"},
                                       {"X-Forwarded-Proto", "https"},
                                       {"X-Forwarded-Host", "gateway"},
                                       {"X-Forwarded-For", "192.0.2.1"},
                                       {"Content-Length", "5"}};
  EXPECT_THAT(FieldsOf(out.headers), ElementsAreArray(expected));
}

TEST(ForwardedRequest, PassesWhatRegistriesRead) {
  for (const char* name :
       {"Accept", "Accept-Encoding", "Authorization", "Content-Type",
        "Content-Range", "Range", "If-Match", "If-None-Match", "If-Range",
        "If-Modified-Since", "If-Unmodified-Since", "User-Agent",
        "Docker-Distribution-Api-Version", "OCI-Chunk-Min-Length",
        "oci-namespace", "Traceparent", "X-Request-Id"}) {
    RequestHead out = ForwardedRequest(Request({{name, "x"}}), kFive, {});
    EXPECT_TRUE(out.headers.Has(name)) << name;
  }
}

TEST(ForwardedRequest, DropsWhatMisleadsOrBelongsToTheConnection) {
  for (const char* name : {"Forwarded",
                           "X-Forwarded-For",
                           "X-Forwarded-Host",
                           "X-Forwarded-Proto",
                           "X-Forwarded-Port",
                           "X-Forwarded-Prefix",
                           "X-Real-IP",
                           "Via",
                           "X-HTTP-Method-Override",
                           "X-HTTP-Method",
                           "X-Method-Override",
                           "X-Original-URL",
                           "X-Rewrite-URL",
                           "Connection",
                           "Keep-Alive",
                           "Proxy-Connection",
                           "Proxy-Authorization",
                           "TE",
                           "Trailer",
                           "Upgrade",
                           "HTTP2-Settings",
                           "Expect",
                           "Cookie",
                           "Transfer-Encoding",
                           "X-Anything",
                           "Host",
                           "Origin",
                           "Docker"}) {
    RequestHead out = ForwardedRequest(Request({{name, "x"}}), kFive, {});
    EXPECT_FALSE(out.headers.Has(name)) << name;
  }
}

TEST(ForwardedRequest, KeepsAnExplicitZeroWhereALengthIsExpected) {
  RequestHead head = Request({});
  for (const char* method : {"POST", "PUT", "PATCH"}) {
    head.method = method;
    RequestHead out = ForwardedRequest(head, kNone, {});
    ASSERT_TRUE(out.headers.Has("Content-Length")) << method;
    EXPECT_EQ(*out.headers.Find("Content-Length"), "0") << method;
  }
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    head.method = method;
    EXPECT_TRUE(ForwardedRequest(head, kNone, {}).headers.empty()) << method;
  }
}

TEST(ForwardedRequest, StatesTheGivenFramingAndNoOther) {
  RequestHead out =
      ForwardedRequest(Request({{"Transfer-Encoding", "chunked"}}), kFive, {});
  EXPECT_THAT(FieldsOf(out.headers),
              ElementsAre(HeaderField{"Content-Length", "5"}));
  out = ForwardedRequest(Request({{"Content-Length", "5"}}), kChunked, {});
  EXPECT_THAT(FieldsOf(out.headers),
              ElementsAre(HeaderField{"Transfer-Encoding", "chunked"}));
}

ResponseHead Response(std::vector<HeaderField> fields) {
  ResponseHead head{200, "OK", 0, {}};
  for (const HeaderField& field : fields)
    head.headers.Add(field.name, field.value);
  return head;
}

TEST(ForwardedResponse, LosesOnlyWhatBelongsToTheConnection) {
  ResponseHead out =
      ForwardedResponse(Response({{"Docker-Content-Digest", "sha256:x"},
                                  {"Connection", "close, X-Private"},
                                  {"X-Private", "1"},
                                  {"Keep-Alive", "timeout=5"},
                                  {"Trailer", "X-T"},
                                  {"Upgrade", "h2c"},
                                  {"Alt-Svc", "h3=\":443\""},
                                  {"Transfer-Encoding", "chunked"},
                                  {"WWW-Authenticate", "Bearer realm=\"x\""},
                                  {"Set-Cookie", "a=b"},
                                  {"Set-Cookie", "c=d"}}),
                        kChunked);
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(out.reason, "OK");
  EXPECT_EQ(out.minor_version, 1);
  std::vector<HeaderField> expected = {
      {"Docker-Content-Digest", "sha256:x"},
      {"WWW-Authenticate", "Bearer realm=\"x\""},
      {"Set-Cookie", "a=b"},
      {"Set-Cookie", "c=d"},
      {"Transfer-Encoding", "chunked"}};
  EXPECT_THAT(FieldsOf(out.headers), ElementsAreArray(expected));
}

TEST(ForwardedResponse, KeepsTheLengthThatHeadStates) {
  ResponseHead out =
      ForwardedResponse(Response({{"Content-Length", "1234"}}), kNone);
  EXPECT_THAT(FieldsOf(out.headers),
              ElementsAre(HeaderField{"Content-Length", "1234"}));
}

TEST(ForwardedResponse, StatesTheGivenFraming) {
  ResponseHead out = ForwardedResponse(Response({}), kChunked);
  EXPECT_THAT(FieldsOf(out.headers),
              ElementsAre(HeaderField{"Transfer-Encoding", "chunked"}));
  out = ForwardedResponse(Response({{"Content-Length", "9"}}), kFive);
  EXPECT_THAT(FieldsOf(out.headers),
              ElementsAre(HeaderField{"Content-Length", "5"}));
}

}  // namespace
}  // namespace plimsoll
