#include "gateway/http/token_service.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

UpstreamAddress Address(absl::string_view url) {
  return *UpstreamAddress::Parse(url);
}

struct RealmRow {
  const char* realm;
  const char* upstream;
  bool asked;
};

TEST(CheckRealm, AsksOverHttpsOrWhereTheUpstreamItselfIsInClear) {
  const RealmRow kTable[] = {
      {"https://auth.docker.io", "https://registry-1.docker.io", true},
      {"https://h", "https://h", true},
      {"https://auth.example.com", "http://10.0.0.1:5000", true},
      {"http://h", "https://h", false},
      {"http://h:443", "https://h", false},
      {"http://auth.example.com", "https://h", false},
      {"http://h:5001", "http://h:5000", true},
      {"http://H", "http://h", true},
      {"http://auth.example.com", "http://h", false},
      {"http://h.example.com", "http://h", false},
      {"http://127.0.0.2", "http://127.0.0.1", false},
  };
  for (const RealmRow& row : kTable) {
    EXPECT_EQ(CheckRealm(Address(row.realm), Address(row.upstream)).ok(),
              row.asked)
        << row.realm << " for " << row.upstream;
  }
}

TEST(TokenTarget, AddsToTheRealmsOwnQuery) {
  const auto target = [](absl::string_view realm, absl::string_view service) {
    return TokenTarget({*HttpUrl::Parse(realm), std::string(service)}, "s");
  };
  EXPECT_EQ(target("https://h/t", "a b"), "/t?service=a%20b&scope=s");
  EXPECT_EQ(target("https://h/t?x=y", "a"), "/t?x=y&service=a&scope=s");
  EXPECT_EQ(target("https://h/t?", "a&b"), "/t?service=a%26b&scope=s");
  EXPECT_EQ(target("https://h", ""), "/?scope=s");
}

}  // namespace
}  // namespace plimsoll
