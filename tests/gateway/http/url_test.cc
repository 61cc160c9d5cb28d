#include "gateway/http/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Show(const HttpUrl& url) {
  return absl::StrCat(url.origin.tls ? "https " : "http ", url.origin.host, " ",
                      url.origin.port, " ", url.target);
}

struct Row {
  absl::string_view url, shown;
};

TEST(HttpUrl, IsReadFromItsAbsoluteForm) {
  const Row kTable[] = {
      {"https://auth.example.com/token", "https auth.example.com 443 /token"},
      {"http://127.0.0.1:5001/token?a=b", "http 127.0.0.1 5001 /token?a=b"},
      {"https://h", "https h 443 /"},
      {"https://h/", "https h 443 /"},
      {"https://h?a", "https h 443 /?a"},
      {"https://[::1]:8443/a//b/../c", "https ::1 8443 /a//b/../c"},
      {"https://h/%2f?x=a%20b&y='()*,;:@!$",
       "https h 443 /%2f?x=a%20b&y='()*,;:@!$"},
      {"https://h/a?url=http://b@c", "https h 443 /a?url=http://b@c"},
  };
  for (const Row& row : kTable) {
    const auto url = HttpUrl::Parse(row.url);
    ASSERT_THAT(url, IsOk()) << row.url;
    EXPECT_EQ(Show(*url), row.shown);
  }
}

TEST(HttpUrl, IsRefusedWhereTwoReadersCouldDiffer) {
  const absl::string_view kTable[] = {
      "",
      "token",
      "/token",
      "//h/token",
      "HTTPS://h/",
      "ftp://h/",
      "https:/h/",
      "https:///token",
      "https://?a",
      "https://user@h/",
      "https://user:secret@h/",
      "https://h:/",
      "https://h:x/",
      "https://h:123456/",
      "https://h\\@evil/",
      "https://h /",
      " https://h/",
      "https://h/ ",
      "https://h/#a",
      "https://h#a",
      "https://h/a b",
      "https://h/a\tb",
      "https://h/\xc3\xa9",
      "https://h/<a>",
      "https://h/a\\b",
      "https://h/{a}",
      "https://h/a|b",
      "https://h/%",
      "https://h/%a",
      "https://h/%zz",
      "https://h\r\nX: y/",
      "https://h/\r\nX: y",
      "https://[::1/",
  };
  for (const absl::string_view url : kTable) {
    EXPECT_THAT(
        HttpUrl::Parse(url),
        StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("secret"))))
        << url;
  }
}

TEST(HttpUrl, IsBounded) {
  const std::string most =
      absl::StrCat("https://h/", std::string(kMaxUrlBytes - 10, 'a'));
  EXPECT_THAT(HttpUrl::Parse(most), IsOk());
  EXPECT_THAT(HttpUrl::Parse(most + "a"), Not(IsOk()));
}

TEST(IsSameOrigin, ComparesSchemeHostAndPort) {
  const auto same = [](absl::string_view a, absl::string_view b) {
    return IsSameOrigin(HttpUrl::Parse(a)->origin, HttpUrl::Parse(b)->origin);
  };
  EXPECT_TRUE(same("https://h/a", "https://H:443/b"));
  EXPECT_FALSE(same("https://h", "http://h"));
  EXPECT_FALSE(same("https://h:443", "http://h:443"));
  EXPECT_FALSE(same("https://h", "https://h.example"));
  EXPECT_FALSE(same("https://h", "https://h:8443"));
  EXPECT_FALSE(same("https://h", "https://h:0443"));
}

ResponseHead Answer(absl::string_view location) {
  ResponseHead head;
  head.status = 307;
  head.headers.Add("Location", location);
  return head;
}

TEST(RedirectTarget, IsAnAbsolutePathOrUrl) {
  const HttpUrl from = *HttpUrl::Parse("https://h:8443/v2/a");
  const Row kTable[] = {
      {"/b?c=d", "https h 8443 /b?c=d"},
      {"https://s3.example.com/b?X-Amz-Signature=0",
       "https s3.example.com 443 /b?X-Amz-Signature=0"},
  };
  for (const Row& row : kTable) {
    const auto to = RedirectTarget(from, Answer(row.url));
    ASSERT_THAT(to, IsOk()) << row.url;
    EXPECT_EQ(Show(*to), row.shown);
  }
  for (const absl::string_view location :
       {"", "b", "../b", "?c=d", "//evil.example.com/b", "/b#c", "/b c",
        "https://user@h/b", "ftp://h/b", "/%", "/b|c"}) {
    EXPECT_THAT(RedirectTarget(from, Answer(location)), Not(IsOk()))
        << location;
  }
}

TEST(RedirectTarget, NeverLeadsFromHttpsToHttp) {
  const HttpUrl https = *HttpUrl::Parse("https://h/a");
  const HttpUrl http = *HttpUrl::Parse("http://h/a");
  EXPECT_THAT(RedirectTarget(https, Answer("http://h/b")), Not(IsOk()));
  EXPECT_THAT(RedirectTarget(http, Answer("http://h/b")), IsOk());
  EXPECT_THAT(RedirectTarget(http, Answer("https://h/b")), IsOk());
}

TEST(RedirectTarget, NeedsExactlyOneLocation) {
  const HttpUrl from = *HttpUrl::Parse("https://h/a");
  ResponseHead head = Answer("/b");
  head.headers.Add("location", "/b");
  EXPECT_THAT(RedirectTarget(from, head), Not(IsOk()));
  head.headers.Remove("Location");
  EXPECT_THAT(RedirectTarget(from, head), Not(IsOk()));
}

TEST(IsRedirect, IsWhatSaysGoElsewhere) {
  for (const int status : {301, 302, 303, 307, 308}) {
    EXPECT_TRUE(IsRedirect(status));
  }
  for (const int status : {200, 300, 304, 305, 306, 309, 401}) {
    EXPECT_FALSE(IsRedirect(status));
  }
}

TEST(EscapeQuery, LeavesOnlyWhatMeansNothing) {
  EXPECT_EQ(EscapeQuery("repository:a/b-c_d.e~f:pull"),
            "repository%3Aa%2Fb-c_d.e~f%3Apull");
  EXPECT_EQ(EscapeQuery("a&b=c d+\xc3\xa9\n"), "a%26b%3Dc%20d%2B%C3%A9%0A");
}

}  // namespace
}  // namespace plimsoll
