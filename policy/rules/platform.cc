#include "policy/rules/platform.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// The variant that a machine has where none is named, as containerd fills it.
std::string VariantOf(const Platform& platform) {
  if (!platform.variant.empty()) return platform.variant;
  if (platform.architecture == "arm64") return "v8";
  return platform.architecture == "arm" ? "v7" : "";
}

bool SameMachine(const Platform& a, const Platform& b) {
  return a.os == b.os && a.architecture == b.architecture;
}

// Whether `actual` is what `asked` names; no variant asks for any.
bool IsAsked(const Platform& actual, const Platform& asked) {
  return SameMachine(actual, asked) &&
         (asked.variant.empty() || VariantOf(actual) == VariantOf(asked));
}

bool IsAnyAsked(const Platform& actual, const std::vector<Platform>& asked) {
  return std::any_of(
      asked.begin(), asked.end(),
      [&actual](const Platform& one) { return IsAsked(actual, one); });
}

std::vector<std::string> Names(const std::vector<Platform>& platforms) {
  std::vector<std::string> names;
  for (const Platform& platform : platforms) {
    names.push_back(OneLine(platform.ToString()));
  }
  return names;
}

std::optional<Platform> ParsePlatform(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const bool has_empty = std::count(parts.begin(), parts.end(), "") > 0;
  if (parts.size() < 2 || parts.size() > 3 || has_empty) return std::nullopt;
  Platform platform;
  platform.os = parts[0];
  platform.architecture = parts[1];
  if (parts.size() == 3) platform.variant = parts[2];
  return platform;
}

std::vector<Platform> Platforms(YamlFields& with, absl::string_view key) {
  std::vector<Platform> platforms;
  for (const YamlValue* item : with.Items(key)) {
    if (std::optional<Platform> platform = ParsePlatform(item->text)) {
      platforms.push_back(*std::move(platform));
    } else {
      with.Complain(item->place,
                    absl::StrCat("`", key, "`: `", item->text,
                                 "` is not like linux/amd64 or linux/arm/v7"));
    }
  }
  return platforms;
}

// What is wrong with one image; nullopt for nothing. Holds for ever, also for
// a child that is pushed before its index.
std::optional<CheckOutput> ImageFault(const PlatformRule& params,
                                      const ImageEvidence& image) {
  const Platform& actual = image.config.platform;
  const std::optional<Platform>& listed = image.listed_platform;
  if (listed && !SameMachine(*listed, actual)) {
    return FailForEver(
        absl::StrCat("the index lists an image for ",
                     Quoted(listed->ToString()), " whose config is for ",
                     Quoted(actual.ToString())),
        "build each image for the platform it is listed under");
  }
  if (params.allow.empty() || IsAnyAsked(actual, params.allow)) {
    return std::nullopt;
  }
  return FailForEver(absl::StrCat("platform ", Quoted(actual.ToString()),
                                  " is not allowed, expected ",
                                  ListShort(Names(params.allow), 5)),
                     "build for an allowed platform only");
}

std::vector<Platform> Absent(const PlatformRule& params,
                             const Evidence& evidence) {
  std::vector<Platform> absent;
  for (const Platform& asked : params.require) {
    const bool there =
        std::any_of(evidence.images.begin(), evidence.images.end(),
                    [&asked](const ImageEvidence& image) {
                      return IsAsked(image.config.platform, asked);
                    });
    if (!there) absent.push_back(asked);
  }
  return absent;
}

}  // namespace

PlatformRule PlatformRule::Parse(YamlFields& with) {
  PlatformRule params;
  params.require = Platforms(with, "require");
  params.allow = Platforms(with, "allow");
  if (!with.Has("require") && !with.Has("allow")) {
    with.Complain(with.place(), "`require` or `allow` must be given");
  }
  return params;
}

CheckOutput Check(const PlatformRule& params, const CheckInput& input) {
  for (const ImageEvidence& image : input.evidence.images) {
    if (auto fault = ImageFault(params, image)) return *fault;
  }
  const std::vector<Platform> absent = Absent(params, input.evidence);
  if (absent.empty()) return Pass("the platforms are as the rule asks");
  CheckOutput output = Fail(
      absl::StrCat("no image for ", ListShort(Names(absent), 5)),
      absl::StrCat("build for all of ", ListShort(Names(params.require), 5)));
  // A single image may be a child of an index that is yet to come.
  output.definite = input.evidence.kind == SubjectKind::kIndex;
  return output;
}

}  // namespace plimsoll
