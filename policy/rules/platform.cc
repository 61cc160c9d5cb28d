#include "policy/rules/platform.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// The variant that a machine has, in the one spelling that containerd makes of
// all: "v7" of "7", and of nothing where a machine has a usual one.
std::string VariantOf(const Platform& platform) {
  const std::string& variant = platform.variant;
  const bool is_arm =
      platform.architecture == "arm" || platform.architecture == "arm64";
  if (is_arm && variant.size() == 1) return absl::StrCat("v", variant);
  if (!variant.empty()) return variant;
  if (platform.architecture == "amd64") return "v1";
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
  names.reserve(platforms.size());
  for (const Platform& platform : platforms) {
    names.push_back(OneLine(platform.ToString()));
  }
  return names;
}

// What images call a machine that tools name otherwise; "" for all others.
absl::string_view ImagesWord(absl::string_view architecture) {
  constexpr std::pair<absl::string_view, absl::string_view> kWords[] = {
      {"x86_64", "amd64"}, {"x86-64", "amd64"}, {"aarch64", "arm64"},
      {"armhf", "arm/v7"}, {"armel", "arm/v6"}, {"i386", "386"}};
  for (const auto& [word, images_word] : kWords) {
    if (word == architecture) return images_word;
  }
  return "";
}

std::optional<Platform> ParsePlatform(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const bool has_empty = std::count(parts.begin(), parts.end(), "") > 0;
  // No image has another letter there, so that it would match none.
  const bool is_plain =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") ==
      absl::string_view::npos;
  if (parts.size() < 2 || parts.size() > 3 || has_empty || !is_plain) {
    return std::nullopt;
  }
  Platform platform;
  platform.os = parts[0];
  platform.architecture = parts[1];
  if (parts.size() == 3) platform.variant = parts[2];
  return platform;
}

std::vector<Platform> Platforms(YamlFields& with, absl::string_view key) {
  std::vector<Platform> platforms;
  for (const YamlValue* item : with.Items(key)) {
    std::optional<Platform> platform = ParsePlatform(item->text);
    const absl::string_view word =
        platform ? ImagesWord(platform->architecture) : "";
    if (!platform) {
      with.Complain(item->place,
                    absl::StrCat("`", key, "`: `", item->text,
                                 "` is not like linux/amd64 or linux/arm/v7"));
    } else if (!word.empty()) {
      with.Complain(item->place,
                    absl::StrCat("`", key, "`: `", item->text,
                                 "` names no architecture of images; write ",
                                 platform->os, "/", word));
    } else {
      platforms.push_back(*std::move(platform));
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

const Gap* ChildGap(const Evidence& evidence) {
  const auto gap = std::find_if(
      evidence.gaps.begin(), evidence.gaps.end(),
      [](const Gap& one) { return one.kind == Gap::Kind::kChild; });
  return gap == evidence.gaps.end() ? nullptr : &*gap;
}

CheckOutput AbsentOutput(const PlatformRule& params,
                         const std::vector<Platform>& absent,
                         const Evidence& evidence) {
  const std::string found =
      absl::StrCat("no image for ", ListShort(Names(absent), 5));
  if (const Gap* gap = ChildGap(evidence)) {
    CheckOutput output =
        Missing(absl::StrCat(found, " among the children that could be read"),
                "push every child before the index, then again");
    output.pending = gap->pending;
    return output;
  }
  CheckOutput output = Fail(
      found,
      absl::StrCat("build for all of ", ListShort(Names(params.require), 5)));
  // A single image may be a child of an index that is yet to come.
  output.definite = evidence.kind == SubjectKind::kIndex;
  return output;
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
  return AbsentOutput(params, absent, input.evidence);
}

}  // namespace plimsoll
