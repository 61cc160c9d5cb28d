#include "policy/oci/reference.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kDigest =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(IsRepositoryName, TakesTheGrammarOfTheSpecification) {
  const std::string longest = "a/" + std::string(253, 'b');
  for (const std::string& name :
       {std::string("a"), std::string("0"), std::string("team/app"),
        std::string("a.b"), std::string("a_b"), std::string("a__b"),
        std::string("a-b"), std::string("a----b"), std::string("a1.b2_c3/d-e"),
        std::string("x/manifests"), std::string("x/blobs/uploads"), longest}) {
    EXPECT_TRUE(IsRepositoryName(name)) << name;
  }
}

TEST(IsRepositoryName, RefusesEverythingElse) {
  const std::string too_long = "a/" + std::string(254, 'b');
  for (const std::string& name : {std::string(),
                                  std::string("/"),
                                  std::string("a/"),
                                  std::string("/a"),
                                  std::string("a//b"),
                                  std::string("A"),
                                  std::string("a/B"),
                                  std::string(".a"),
                                  std::string("a."),
                                  std::string("-a"),
                                  std::string("a-"),
                                  std::string("_a"),
                                  std::string("a_"),
                                  std::string("a..b"),
                                  std::string("a___b"),
                                  std::string("a._b"),
                                  std::string("a.-b"),
                                  std::string("a-_b"),
                                  std::string("a/./b"),
                                  std::string("a/../b"),
                                  std::string("a b"),
                                  std::string("a:b"),
                                  std::string("a@b"),
                                  std::string("a%2fb"),
                                  std::string("a\\b"),
                                  std::string("a\n"),
                                  std::string("\xc3\xa9"),
                                  std::string("a\0b", 3),
                                  too_long}) {
    EXPECT_FALSE(IsRepositoryName(name)) << name;
  }
}

TEST(IsTag, TakesTheGrammarOfTheSpecification) {
  for (const std::string& tag :
       {std::string("latest"), std::string("V1.2-rc_3"), std::string("_x"),
        std::string("0"), std::string("a.."), std::string(128, 't')}) {
    EXPECT_TRUE(IsTag(tag)) << tag;
  }
}

TEST(IsTag, RefusesEverythingElse) {
  for (const std::string& tag :
       {std::string(), std::string(".a"), std::string("-a"), std::string("a b"),
        std::string("a/b"), std::string("a:b"), std::string("a@b"),
        std::string("a%20"), std::string("a\n"), std::string("\xc3\xa9"),
        std::string("a\0", 2), std::string(129, 't')}) {
    EXPECT_FALSE(IsTag(tag)) << tag;
  }
}

struct ParseCase {
  std::string text;
  std::string whole;  // as Parse normalises
  std::string exact;  // as ParseExact keeps
};

TEST(ParseReference, NormalisesAsDockerDoes) {
  const std::string hub = "docker.io/library/debian";
  const std::string digest(kDigest);
  const ParseCase cases[] = {
      {"debian", hub + ":latest", "debian"},
      {"debian:12", hub + ":12", "debian:12"},
      {"debian@" + digest, hub + "@" + digest, "debian@" + digest},
      {"debian:12@" + digest, hub + ":12@" + digest, "debian:12@" + digest},
      {"library/debian", hub + ":latest", "library/debian"},
      {"team/app", "docker.io/team/app:latest", "team/app"},
      {"docker.io/debian", hub + ":latest", hub},
      {"docker.io/library/debian:12", hub + ":12", hub + ":12"},
      {"index.docker.io/debian", hub + ":latest", hub},
      {"index.docker.io/team/app", "docker.io/team/app:latest",
       "docker.io/team/app"},
      {"Docker.IO/debian", hub + ":latest", hub},
      {"localhost", "docker.io/library/localhost:latest", "localhost"},
      {"localhost/app", "localhost/app:latest", "localhost/app"},
      {"localhost:5000", "docker.io/library/localhost:5000", "localhost:5000"},
      {"localhost:5000/app", "localhost:5000/app:latest", "localhost:5000/app"},
      {"registry:443/img", "registry:443/img:latest", "registry:443/img"},
      {"registry/app", "docker.io/registry/app:latest", "registry/app"},
      {"ghcr.io/org/app:V1", "ghcr.io/org/app:V1", "ghcr.io/org/app:V1"},
      {"127.0.0.1:5101/library/debian:12", "127.0.0.1:5101/library/debian:12",
       "127.0.0.1:5101/library/debian:12"},
      {"[::1]:5000/a/b", "[::1]:5000/a/b:latest", "[::1]:5000/a/b"},
      {"[fe80::1]/a", "[fe80::1]/a:latest", "[fe80::1]/a"},
      {"my-host.example/a_b/c", "my-host.example/a_b/c:latest",
       "my-host.example/a_b/c"},
  };
  for (const ParseCase& c : cases) {
    const StatusOr<Reference> whole = Reference::Parse(c.text);
    ASSERT_TRUE(whole.ok()) << c.text << ": " << whole.status();
    EXPECT_EQ(whole->ToString(), c.whole) << c.text;
    const StatusOr<Reference> exact = Reference::ParseExact(c.text);
    ASSERT_TRUE(exact.ok()) << c.text << ": " << exact.status();
    EXPECT_EQ(exact->ToString(), c.exact) << c.text;
  }
}

TEST(ParseReference, RefusesWhatDockerRefuses) {
  const std::string hex(kDigest.substr(7));
  const std::string cases[] = {
      "",
      " ",
      " debian",
      "debian ",
      "Debian",
      "team/App",
      "REGISTRY/app",
      "LOCALHOST/app",
      "a//b",
      "/a",
      "a/",
      ":tag",
      "a:",
      "a:b:c",
      "a:-x",
      "a@",
      "@" + std::string(kDigest),
      "a@sha256:abc",
      "a@" + std::string(kDigest) + ":tag",
      "a@" + std::string(kDigest) + "@" + std::string(kDigest),
      "a@latest",
      "a@md5:d41d8cd98f00b204e9800998ecf8427e",
      hex,
      "https://docker.io/library/debian",
      "host:port/a",
      "host:/a",
      "host:5000:1/a",
      "-host.io/a",
      "host-.io/a",
      "host..io/a",
      ".io/a",
      "[::1/a",
      "[]/a",
      "[::g]/a",
      "[::1]x/a",
      "user@host.io/a",
      "a b",
      "a\nb",
      std::string("a\0", 2),
      "\xc3\xa9/a",
      "docker.io/",
      "a:" + std::string(129, 't'),
      std::string(254, 'a') + ".b/c",
      std::string(256, 'a'),
      std::string(5000, 'a')};
  for (const std::string& text : cases) {
    EXPECT_EQ(Reference::Parse(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_EQ(Reference::ParseExact(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(ParseReference, TakesHexThatIsNoWholeImageId) {
  const std::string hex(kDigest.substr(7));
  EXPECT_TRUE(Reference::Parse(hex.substr(1)).ok());
  EXPECT_TRUE(Reference::Parse("team/" + hex).ok());
  EXPECT_TRUE(Reference::Parse(hex + ":tag").ok());
}

TEST(ParseReference, CountsTheLibraryIntoTheLengthOfAName) {
  const std::string longest(255 - 8, 'a');
  EXPECT_TRUE(Reference::Parse(longest).ok());
  EXPECT_FALSE(Reference::Parse(longest + "a").ok());
  EXPECT_FALSE(Reference::ParseExact("docker.io/" + longest + "a").ok());
  EXPECT_TRUE(Reference::Parse("docker.io/" + longest).ok());
}

TEST(Reference, SplitsIntoItsParts) {
  const StatusOr<Reference> reference =
      Reference::Parse(absl::StrCat("host:5000/team/app:v1@", kDigest));
  ASSERT_TRUE(reference.ok());
  EXPECT_EQ(reference->registry, "host:5000");
  EXPECT_EQ(reference->repository, "team/app");
  EXPECT_EQ(reference->tag, "v1");
  EXPECT_EQ(reference->digest->ToString(), kDigest);
  EXPECT_EQ(reference->Name(), "host:5000/team/app");
}

TEST(Reference, ReadsBackAsItWasWritten) {
  for (const absl::string_view text :
       {"debian", "a/b:1", "localhost/a", "index.docker.io/x:y", "[::1]:1/a"}) {
    const StatusOr<Reference> once = Reference::Parse(text);
    ASSERT_TRUE(once.ok());
    const StatusOr<Reference> twice = Reference::Parse(once->ToString());
    ASSERT_TRUE(twice.ok());
    EXPECT_EQ(*once, *twice);
  }
}

}  // namespace
}  // namespace plimsoll
