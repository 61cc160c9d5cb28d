#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/language/documents_text.h"

namespace plimsoll {
namespace {

using testing::SizeIs;

TEST(ReadCatalogSources, ReadsSourcesInTheOrderOfTheirNames) {
  const PolicySet set = Accepted(CatalogText(
      "c",
      "  - {name: vendor, tier: own, images: ['registry.example.com/b/**']}\n"
      "  - name: minimal\n"
      "    images: [scratch, '**', 'localhost/a', 'localhost:5000/a:*']\n"));
  ASSERT_THAT(set.sources, SizeIs(2));
  EXPECT_EQ(set.sources[0].name, "minimal");
  EXPECT_EQ(set.sources[0].tier, "");
  EXPECT_THAT(set.sources[0].images, SizeIs(4));
  EXPECT_EQ(set.sources[1].name, "vendor");
  EXPECT_EQ(set.sources[1].tier, "own");
  EXPECT_EQ(set.sources[1].images[0].pattern(), "registry.example.com/b/**");
  EXPECT_THAT(set.policies, SizeIs(0));
}

TEST(ReadCatalogSources, RefusesWhatIsNoSource) {
  const RejectCase cases[] = {
      {DocumentText("BaseCatalog", "c", "spec: {}\n"),
       {"p.yaml:4:7: spec: `sources` is missing"}},
      {DocumentText("BaseCatalog", "c", "spec: {sources: [], x: 1}\n"),
       {"p.yaml:4:17: spec: `sources` has 1 to 500 items, not 0",
        "p.yaml:4:21: spec: unknown key `x`; known is sources"}},
      {CatalogText("c", "  - {}\n  - vendor\n"),
       {"p.yaml:6:5: source: `name` is missing",
        "p.yaml:6:5: source: `images` is missing",
        "p.yaml:7:5: source: a mapping is expected, not text"}},
      {CatalogText("c", "  - {name: A, tier: gold, images: []}\n"),
       {"p.yaml:6:12: source: `name` is 1 to 63 lower-case letters, digits, "
        "`-` and `.`, of which `-` and `.` stand inside, not `A`",
        "p.yaml:6:21: source: `tier` is official, third-party, distroless or "
        "own, not `gold`",
        "p.yaml:6:35: source: `images` has 1 to 500 items, not 0"}},
      {CatalogText("c", "  - {name: a, images: ~, image: b}\n"),
       {"p.yaml:6:15: source: `images` has no value",
        "p.yaml:6:26: source: unknown key `image`; did you mean `images`?"}},
  };
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOfText(c.text), c.issues) << c.text;
  }
}

TEST(ReadCatalogSources, RefusesImagesThatCanMatchNothing) {
  const std::string head = "p.yaml:6:";
  EXPECT_EQ(
      IssuesOfText(CatalogText(
          "c",
          "  - {name: a, images: [debian, team/app, 'docker.io/a b', "
          "'docker.io/a@sha256:0', 'docker.io/[ab]', [c]]}\n")),
      (Lines{
          head + "24: source: `images`: `debian`: it names no registry; write "
                 "`docker.io/library/debian`",
          head + "32: source: `images`: `team/app`: it names no registry; "
                 "write `docker.io/team/app`",
          head + "42: source: `images`: `docker.io/a b`: no image has a space "
                 "in its name",
          head + "59: source: `images`: `docker.io/a@sha256:0`: name the image "
                 "without its digest; `digests` lists digests",
          head + "83: source: `images`: `docker.io/[ab]`: `[` is not used in "
                 "these globs; write {a,b} for a or b",
          head + "101: source: `images`: text is expected, not a list",
      }));
}

}  // namespace
}  // namespace plimsoll
