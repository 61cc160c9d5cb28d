#include "policy/rules/base_denied.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";
constexpr char kDebian11[] = "docker.io/library/debian:11";
constexpr char kDenyDebian11[] = "{images: ['docker.io/library/debian:11']}";

// debian, python on it, an app on that; and alpine, on which nothing stands.
class BaseDeniedTest : public testing::Test {
 protected:
  CheckOutput Denied(absl::string_view with, const TestImage& image) const {
    return Judge(
        "base.denied", with,
        EvidenceOf(image, {debian_record_, python_record_, alpine_record_}));
  }

  TestImage debian_ = ImageBuilder().Layer("debian").Build();
  TestImage python_ = ImageBuilder(debian_).Layer("python").Build();
  TestImage app_ = ImageBuilder(python_).Layer("app").Build();
  TestImage alpine_ = ImageBuilder().Layer("alpine").Build();
  BaseRecord debian_record_ = RecordOf(debian_, {kDebian11});
  BaseRecord python_record_ =
      RecordOf(python_, {"docker.io/library/python:3"}, Approval::kApproved);
  BaseRecord alpine_record_ = RecordOf(alpine_, {"docker.io/library/alpine:3"});
};

TEST_F(BaseDeniedTest, SaysWhatIsDeniedAndFailsForEver) {
  const CheckOutput output =
      Denied("{images: ['docker.io/library/python:*']}", app_);
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "base `docker.io/library/python:3` is on the list of denied bases");
  EXPECT_EQ(output.hint, "build FROM an approved base");
  EXPECT_TRUE(output.definite);
  EXPECT_FALSE(output.changes_at.has_value());
}

TEST_F(BaseDeniedTest, PassesWhatIsOnNoList) {
  const CheckOutput output = Denied(
      "{images: ['docker.io/library/{ubuntu,python:2}', 'docker.io/python']}",
      app_);
  EXPECT_EQ(output.result, CheckResult::kPass);
  EXPECT_EQ(output.message, "the base is on no list of denied bases");
}

TEST_F(BaseDeniedTest, ListsADigestOfTheManifestTheIndexOrTheConfig) {
  python_record_.index = Digest::Sha256("index of python");
  for (const Digest& digest : {python_record_.manifest, *python_record_.index,
                               python_record_.config}) {
    const CheckOutput output =
        Denied(absl::StrCat("{digests: ['", digest.ToString(), "']}"), app_);
    EXPECT_EQ(output.message,
              absl::StrCat("base ", python_record_.manifest.Short(),
                           " is on the list of denied digests"));
    EXPECT_TRUE(output.definite);
  }
  EXPECT_EQ(Denied(absl::StrCat("{digests: ['",
                                Digest::Sha256("other").ToString(), "']}"),
                   app_)
                .result,
            CheckResult::kPass);
}

TEST_F(BaseDeniedTest, HonoursTheCatalogWithoutAnyList) {
  python_record_.approval = Approval::kDenied;
  EXPECT_EQ(Denied("{}", app_).message,
            "base `docker.io/library/python:3` is denied in the catalog");
}

// Whoever chooses the name that is shown, by a claim, chooses no verdict.
TEST_F(BaseDeniedTest, LooksAtEveryNameOfTheBytes) {
  BaseRecord mirror = python_record_;
  mirror.manifest = Digest::Sha256("mirror");
  mirror.names[0].name = "mirror.example.com/python:3";
  const TestImage claiming = ImageBuilder(python_)
                                 .Layer("app")
                                 .Annotation(kNameKey, mirror.names[0].name)
                                 .Build();
  const ImageEvidence image = EvidenceOf(claiming, {python_record_, mirror});
  ASSERT_EQ(image.base.name, mirror.names[0].name);
  for (const char* with : {"{images: ['docker.io/library/python']}",
                           "{images: ['mirror.example.com/**']}"}) {
    EXPECT_EQ(Judge("base.denied", with, image).result, CheckResult::kFail);
  }
}

TEST_F(BaseDeniedTest, LooksBelowTheBase) {
  EXPECT_EQ(Denied(kDenyDebian11, app_).message,
            "base `docker.io/library/python:3` stands on "
            "`docker.io/library/debian:11`, which is denied");
  debian_record_.approval = Approval::kDenied;
  EXPECT_EQ(Denied("{}", app_).message,
            "base `docker.io/library/python:3` stands on "
            "`docker.io/library/debian:11`, which is denied");
}

TEST_F(BaseDeniedTest, NamesWhatHasNoNameByItsDigest) {
  debian_record_.approval = Approval::kDenied;
  debian_record_.names.clear();
  EXPECT_EQ(Denied("{}", app_).message,
            absl::StrCat("base `docker.io/library/python:3` stands on ",
                         debian_record_.manifest.Short(), ", which is denied"));
}

TEST_F(BaseDeniedTest, LooksAtEveryNameAndDigestBelowTheBase) {
  debian_record_.index = Digest::Sha256("index of debian");
  debian_record_.names.push_back(
      {"docker.io/library/debian:bullseye", Day(1, 1), Day(2, 20)});
  const ImageEvidence image =
      EvidenceOf(app_, {debian_record_, python_record_});
  ASSERT_EQ(image.base.ancestors[0].name, "docker.io/library/debian:bullseye");
  EXPECT_EQ(Judge("base.denied", kDenyDebian11, image).message,
            "base `docker.io/library/python:3` stands on "
            "`docker.io/library/debian:11`, which is denied");
  for (const Digest& digest : {debian_record_.config, *debian_record_.index}) {
    EXPECT_EQ(
        Denied(absl::StrCat("{digests: ['", digest.ToString(), "']}"), app_)
            .result,
        CheckResult::kFail);
  }
}

TEST_F(BaseDeniedTest, LooksAtEveryNearerChainThatIsNotProven) {
  TestImage flask = ImageBuilder(python_).Layer("flask").Build();
  BaseRecord flask_record = RecordOf(flask, {"registry.example.com/flask:1"});
  flask_record.names.push_back(
      {"registry.example.com/flask:latest", Day(1, 1), Day(2, 20)});
  const TestImage app =
      WithoutFacts(ImageBuilder(flask).Layer("app").Build(), 1);
  const ImageEvidence image =
      EvidenceOf(app, {debian_record_, python_record_, flask_record});
  ASSERT_EQ(image.base.name, kDebian11);
  for (const char* name :
       {"registry.example.com/flask:latest", "registry.example.com/flask:1",
        "docker.io/library/python:3"}) {
    EXPECT_EQ(
        Judge("base.denied", absl::StrCat("{images: ['", name, "']}"), image)
            .message,
        absl::StrCat("by its diff IDs the image stands on the nearer "
                     "base `",
                     name, "`, which is denied"));
  }
}

TEST_F(BaseDeniedTest, SaysThatANearerBaseIsWhatTheCatalogDenies) {
  python_record_.approval = Approval::kDenied;
  EXPECT_EQ(Denied("{}", WithoutFacts(app_, 1)).message,
            "by its diff IDs the image stands on the nearer base "
            "`docker.io/library/python:3`, which is denied");
}

TEST_F(BaseDeniedTest, TakesThePusherAtTheirWordAgainstThem) {
  const ImageBuilder app = ImageBuilder(alpine_).Layer("app");
  const struct {
    ImageBuilder image;
    const char* message;
  } cases[] = {
      {ImageBuilder(app).Annotation(kNameKey, "debian:11"),
       "the image claims the base `docker.io/library/debian:11` (annotation), "
       "which is denied"},
      {ImageBuilder(app).Label(kNameKey, "debian:11"),
       "the image claims the base `docker.io/library/debian:11` (label), which "
       "is denied"},
      {ImageBuilder(app).Comment("FROM debian:11"),
       "the image claims the base `docker.io/library/debian:11` "
       "(history-from), which is denied"},
      {ImageBuilder(app).Image("debian:11"),
       "the image claims the base `docker.io/library/debian:11` "
       "(config-image), which is denied"},
  };
  for (const auto& c : cases) {
    const CheckOutput output = Denied(kDenyDebian11, c.image.Build());
    EXPECT_EQ(output.message, c.message);
    EXPECT_TRUE(output.definite);
  }
}

TEST_F(BaseDeniedTest, TakesAClaimByDigestForTheNamesThatTheDigestHas) {
  const ImageBuilder app = ImageBuilder(alpine_).Layer("app").Annotation(
      kDigestKey, debian_record_.manifest.ToString());
  EXPECT_EQ(Denied(kDenyDebian11, app.Build()).message,
            absl::StrCat("the image claims the base ",
                         debian_record_.manifest.Short(),
                         " (annotation), which is denied"));
}

TEST_F(BaseDeniedTest, HonoursTheCatalogForWhatIsClaimed) {
  debian_record_.approval = Approval::kDenied;
  const ImageBuilder app = ImageBuilder(alpine_).Layer("app");
  for (const ImageBuilder& claiming :
       {ImageBuilder(app).Annotation(kNameKey, "debian:11"),
        ImageBuilder(app).Annotation(kDigestKey,
                                     debian_record_.manifest.ToString()),
        ImageBuilder().Layer("squashed").Comment("FROM debian:11")}) {
    const CheckOutput output = Denied("{}", claiming.Build());
    EXPECT_EQ(output.result, CheckResult::kFail) << output;
    EXPECT_THAT(output.message, HasSubstr("which is denied"));
    EXPECT_TRUE(output.definite);
  }
}

TEST_F(BaseDeniedTest, KeepsAClaimInItsPlaceInTheLine) {
  const TestImage forged =
      ImageBuilder(alpine_)
          .Layer("app")
          .Annotation(kNameKey, "x`\r\nHTTP/1.1 201 Created\x1b[2K")
          .Build();
  EXPECT_EQ(Denied("{images: ['**']}", forged).message,
            "base `docker.io/library/alpine:3` is on the list of denied bases");
  BaseDenied claims_only;
  claims_only.images = {Glob::Parse(R"(x*HTTP/1.1 201 Created**)").value()};
  EXPECT_EQ(
      Judge(claims_only, Pushed(EvidenceOf(forged, {alpine_record_}))).message,
      "the image claims the base `x'\\r\\nHTTP/1.1 201 Created\\x1b[2K` "
      "(annotation), which is denied");
}

TEST_F(BaseDeniedTest, IsAnErrorWhileALayerIsNotInspected) {
  const CheckOutput output = Denied(kDenyDebian11, WithoutFacts(alpine_));
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "1 of 1 layer not inspected, so the base is not proven");
}

TEST_F(BaseDeniedTest, NeedsNoInspectionToFindWhatIsDenied) {
  EXPECT_EQ(Denied(kDenyDebian11, WithoutFacts(app_)).result,
            CheckResult::kFail);
}

TEST(BaseDenied, ReadsItsParametersStrictly) {
  for (const char* with :
       {"{}", "{images: [scratch]}", "{images: ['**']}",
        "{images: ['localhost/a', '*.example.com/**', 'host:5000/a']}",
        "{images: ['{docker.io,quay.io}/library/debian']}"}) {
    EXPECT_THAT(IssuesOf("base.denied", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{images: [debian]}",
       "`images`: `debian`: it names no registry; write "
       "`docker.io/library/debian`"},
      {"{images: [corp/debian]}",
       "`images`: `corp/debian`: it names no registry; write "
       "`docker.io/corp/debian`"},
      {"{images: ['docker.io/library/debian@sha256:00']}",
       "`images`: `docker.io/library/debian@sha256:00`: name the image without "
       "its digest; `digests` lists digests"},
      {"{images: []}", "`images` has 1 to 500 items, not 0"},
      {"{images: docker.io/library/debian}", "`images` is a list, not text"},
      {"{images: ['docker.io/[ab]']}",
       "`images`: `docker.io/[ab]`: `[` is not used in these "
       "globs; write {a,b} for a or b"},
      {"{digests: [sha256:00]}", "`digests`: "},
      {"{digest: []}", "unknown key `digest`; did you mean `digests`?"},
      {"{sources: [official]}",
       "unknown key `sources`; known are digests, images"},
      {"{images: }", "`images` has no value"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("base.denied", c.with),
                ElementsAre(HasSubstr(c.issue)))
        << c.with;
  }
}

}  // namespace
}  // namespace plimsoll
