#include "gateway/http/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// "bearer(realm=x service=y) negotiate(abc==)".
std::string Show(const std::vector<AuthChallenge>& challenges) {
  return absl::StrJoin(
      challenges, " ", [](std::string* out, const AuthChallenge& challenge) {
        absl::StrAppend(
            out, challenge.scheme, "(", challenge.token68,
            absl::StrJoin(challenge.parameters, " ",
                          [](std::string* each, const auto& parameter) {
                            absl::StrAppend(each, parameter.name, "=",
                                            parameter.value);
                          }),
            ")");
      });
}

struct Accepted {
  absl::string_view value, challenges;
};

TEST(ParseChallenges, ReadsWhatRegistriesAndTheGrammarSay) {
  const Accepted kTable[] = {
      {"", ""},
      {" , ,", ""},
      {"Basic realm=\"plimsoll tests\"", "basic(realm=plimsoll tests)"},
      {"Bearer realm=\"https://auth.example.com/token\",service=\"r\","
       "scope=\"repository:a/b:pull,push\"",
       "bearer(realm=https://auth.example.com/token service=r "
       "scope=repository:a/b:pull,push)"},
      {"BEARER Realm=x , SERVICE=y", "bearer(realm=x service=y)"},
      {"Bearer realm = \"x\"\t,\tservice= y", "bearer(realm=x service=y)"},
      {"Negotiate", "negotiate()"},
      {"Negotiate, Basic realm=x", "negotiate() basic(realm=x)"},
      {"Negotiate abc==", "negotiate(abc==)"},
      {"Negotiate abc== , Basic realm=x", "negotiate(abc==) basic(realm=x)"},
      {"Basic realm=x, Bearer realm=y, service=z,Digest",
       "basic(realm=x) bearer(realm=y service=z) digest()"},
      {"Basic realm=\"a\\\"b\\\\c, d=e\"", "basic(realm=a\"b\\c, d=e)"},
      {"Basic realm=\"\"", "basic(realm=)"},
      {"Basic realm=\"caf\xc3\xa9\"", "basic(realm=caf\xc3\xa9)"},
      {"Basic   realm=x", "basic(realm=x)"},
      {",Basic realm=x,,charset=utf-8,", "basic(realm=x charset=utf-8)"},
      // What looks like a parameter without its value is a token68.
      {"Bearer realm=", "bearer(realm=)"},
      {"Bearer realm", "bearer(realm)"},
  };
  for (const Accepted& row : kTable) {
    const auto parsed = ParseChallenges(row.value);
    ASSERT_THAT(parsed, IsOk()) << row.value;
    EXPECT_EQ(Show(*parsed), row.challenges) << row.value;
  }
}

TEST(ParseChallenges, RefusesWhatTwoParsersCouldReadDifferently) {
  const absl::string_view kTable[] = {
      "realm=x",                       // no scheme
      ", realm=x",                     //
      "=x",                            //
      "\"Bearer\" realm=x",            //
      "Bearer realm=x realm2=y",       // no comma
      "Bearer realm=\"x\"y",           //
      "Bearer realm=\"x\" Basic",      //
      "Bearer realm=\"x",              // no end
      "Bearer realm=\"x\\",            //
      "Bearer realm=\"x\\\"",          //
      "Bearer realm=x, realm=y",       // twice
      "Bearer realm=x, REALM=x",       //
      "Bearer realm=x, service=",      // no value
      "Bearer realm=x, service=,a=b",  //
      "Bearer realm=x y",              //
      "Bearer\trealm=x",               // a tab is no blank there
      "Bearer/realm=x",                //
      "Bearer realm=(x)",              // no token
      "Bearer realm=http://h/t",       //
      "Bearer re alm=x",               //
      "Negotiate abc==, realm=x",      // token68 and parameter
      "Negotiate abc== def",           //
      "Bearer realm=x\r\nBasic a=b",   // no line
      "Bearer realm=\"x\x01\"",        //
      "Bearer realm=\"x\x7f\"",        //
      "Bear\xc3\xa9r realm=x",         //
  };
  for (const absl::string_view value : kTable) {
    EXPECT_THAT(ParseChallenges(value),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("WWW-Authenticate: ")))
        << value;
  }
}

std::string WithParameters(size_t count) {
  std::string value = "Bearer ";
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&value, "p", i, "=x,");
  return value;
}

TEST(ParseChallenges, IsBoundedInBytesChallengesAndParameters) {
  const std::string longest =
      absl::StrCat("Bearer realm=", std::string(kMaxChallengeBytes - 13, 'x'));
  EXPECT_THAT(ParseChallenges(longest), IsOk());
  EXPECT_THAT(ParseChallenges(longest + "x"), Not(IsOk()));
  EXPECT_THAT(ParseChallenges(WithParameters(kMaxChallengeParameters)), IsOk());
  EXPECT_THAT(ParseChallenges(WithParameters(kMaxChallengeParameters + 1)),
              Not(IsOk()));
  Headers headers;
  for (size_t i = 0; i < kMaxChallenges; ++i) {
    headers.Add("www-authenticate", "A");
  }
  EXPECT_THAT(ParseChallenges(headers), IsOk());
  headers.Add("WWW-Authenticate", "A");
  EXPECT_THAT(ParseChallenges(headers), Not(IsOk()));
  EXPECT_THAT(ParseChallenges("A,A,A,A,A,A,A,A"), IsOk());
  EXPECT_THAT(ParseChallenges("A,A,A,A,A,A,A,A,A"), Not(IsOk()));
}

TEST(ParseChallenges, ReadsEachFieldByItself) {
  Headers headers;
  headers.Add("WWW-Authenticate", "Basic realm=x");
  headers.Add("Other", "Digest");
  headers.Add("WWW-Authenticate", "Bearer realm=y");
  const auto parsed = ParseChallenges(headers);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(Show(*parsed), "basic(realm=x) bearer(realm=y)");
  // A parameter does not belong to a scheme of another field.
  headers.Add("WWW-Authenticate", "service=z");
  EXPECT_THAT(ParseChallenges(headers), Not(IsOk()));
}

TEST(ParseChallenges, DoesNotRepeatWhatWasSent) {
  EXPECT_THAT(
      ParseChallenges("Bearer realm=secret secret"),
      StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace plimsoll
