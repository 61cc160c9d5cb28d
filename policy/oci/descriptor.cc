#include "policy/oci/descriptor.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr int64_t kMaxSize = (int64_t{1} << 53) - 1;  // exact in every reader
constexpr size_t kMaxMediaTypeBytes = 255;

constexpr absl::string_view kDescriptorNames[] = {
    "mediaType", "digest",   "size",        "urls",
    "data",      "platform", "annotations", "artifactType"};
constexpr absl::string_view kPlatformNames[] = {
    "architecture", "os", "os.version", "os.features", "variant", "features"};

StatusOr<std::string> ParseMediaType(const JsonFields& fields) {
  ASSIGN_OR_RETURN(std::string type, fields.RequiredString("mediaType"));
  const bool printable = absl::c_all_of(type, [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c));
  });
  if (type.empty() || type.size() > kMaxMediaTypeBytes || !printable) {
    return absl::InvalidArgumentError("mediaType: not a media type");
  }
  return type;
}

StatusOr<int64_t> ParseSize(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const int64_t size, fields.RequiredInteger("size"));
  if (size < 0 || size > kMaxSize) {
    return absl::InvalidArgumentError("size: must be from 0 to 2^53-1");
  }
  return size;
}

StatusOr<Digest> ParseDigestField(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const std::string text, fields.RequiredString("digest"));
  ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text), "digest");
  return digest;
}

StatusOr<std::optional<Platform>> ParsePlatform(const JsonFields& fields) {
  const JsonValue* value = fields.Get("platform");
  if (value == nullptr) return std::optional<Platform>();
  ASSIGN_OR_RETURN(const JsonFields platform_fields,
                   JsonFields::New(*value, kPlatformNames), "platform");
  Platform platform;
  ASSIGN_OR_RETURN(platform.os, platform_fields.String("os"), "platform");
  ASSIGN_OR_RETURN(platform.architecture,
                   platform_fields.String("architecture"), "platform");
  ASSIGN_OR_RETURN(platform.variant, platform_fields.String("variant"),
                   "platform");
  ASSIGN_OR_RETURN(platform.os_version, platform_fields.String("os.version"),
                   "platform");
  // Not kept, but others would fail to read these of another kind.
  RETURN_IF_ERROR(platform_fields.Strings("os.features").status(), "platform");
  RETURN_IF_ERROR(platform_fields.Strings("features").status(), "platform");
  return std::optional<Platform>(std::move(platform));
}

// The bytes in `data`. Only the canonical form of base64 is taken: readers
// differ on line breaks, padding and stray bits.
StatusOr<std::optional<std::string>> ParseInlineBytes(
    const JsonFields& fields, const Descriptor& descriptor) {
  if (fields.Get("data") == nullptr) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const std::string text, fields.String("data"));
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) ||
      absl::Base64Escape(bytes) != text) {
    return absl::InvalidArgumentError("data: not base64");
  }
  const Digest& expected = descriptor.digest;
  const bool matches = static_cast<int64_t>(bytes.size()) == descriptor.size &&
                       Digest::Compute(expected.algorithm(), bytes) == expected;
  if (!matches) {
    return absl::InvalidArgumentError(
        "data: does not have the descriptor's size and digest");
  }
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace

StatusOr<Descriptor> ParseDescriptor(const JsonValue& value) {
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(value, kDescriptorNames));
  ASSIGN_OR_RETURN(std::string media_type, ParseMediaType(fields));
  ASSIGN_OR_RETURN(Digest digest, ParseDigestField(fields));
  Descriptor descriptor{std::move(media_type), std::move(digest)};
  ASSIGN_OR_RETURN(descriptor.size, ParseSize(fields));
  ASSIGN_OR_RETURN(descriptor.artifact_type, fields.String("artifactType"));
  ASSIGN_OR_RETURN(descriptor.platform, ParsePlatform(fields));
  ASSIGN_OR_RETURN(descriptor.urls, fields.Strings("urls"));
  ASSIGN_OR_RETURN(descriptor.annotations,
                   ParseAnnotations(fields, "annotations"));
  ASSIGN_OR_RETURN(descriptor.data, ParseInlineBytes(fields, descriptor));
  return descriptor;
}

StatusOr<StringPairs> ParseAnnotations(const JsonFields& fields,
                                       absl::string_view name) {
  ASSIGN_OR_RETURN(StringPairs pairs, fields.StringMap(name));
  if (pairs.size() > kMaxAnnotations) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": more than ", kMaxAnnotations, " entries"));
  }
  return pairs;
}

}  // namespace plimsoll
