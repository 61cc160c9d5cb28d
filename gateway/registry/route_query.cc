#include "gateway/registry/route_query.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

using Refusal = std::optional<OciError>;
using Pair = std::pair<absl::string_view, absl::string_view>;

OciError Unsupported(absl::string_view message) {
  return {400, "UNSUPPORTED", absl::StrCat("query: ", message), "", 0};
}

// A digest stated by query, at most once.
Refusal ReadDigest(const Pair& pair, std::optional<Digest>& out) {
  if (out) return Unsupported(absl::StrCat("more than one ", pair.first));
  std::optional<std::string> text = PercentDecode(pair.second);
  StatusOr<Digest> digest =
      text ? Digest::Parse(*text)
           : absl::InvalidArgumentError("not percent-encoded");
  if (!digest.ok()) {
    return OciError{400, "DIGEST_INVALID",
                    absl::StrCat("query: ", pair.first, " is no digest"), "",
                    0};
  }
  out = *std::move(digest);
  return std::nullopt;
}

Refusal ReadTag(absl::string_view value, size_t stated, Route& route) {
  if (stated > kMaxQueryTags) {
    return OciError{414, "UNSUPPORTED",
                    absl::StrCat("query: more than ", kMaxQueryTags, " tags"),
                    "", 0};
  }
  std::optional<std::string> tag = PercentDecode(value);
  if (!tag || !IsTag(*tag)) return Unsupported("tag is no tag");
  // One tag is judged and locked once, however often it is stated.
  if (std::find(route.tags.begin(), route.tags.end(), *tag) ==
      route.tags.end()) {
    route.tags.push_back(*std::move(tag));
  }
  return std::nullopt;
}

Refusal ReadClosed(absl::string_view method, absl::string_view query,
                   Route& route) {
  bool takes_tags = route.kind == RouteKind::kManifest && method == "PUT";
  size_t tags = 0, namespaces = 0;
  for (absl::string_view part : absl::StrSplit(query, '&')) {
    Pair pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (takes_tags && pair.first == "tag") {
      Refusal refusal = ReadTag(pair.second, ++tags, route);
      if (refusal) return refusal;
    } else if (pair.first == "ns") {
      std::optional<std::string> host = PercentDecode(pair.second);
      if (!host || !IsAuthority(*host) || ++namespaces > 1) {
        return Unsupported("ns is no single registry");
      }
    } else {
      return Unsupported("a key that is not known here");
    }
  }
  return std::nullopt;
}

Refusal ReadUpload(absl::string_view query, Route& route) {
  for (absl::string_view part : absl::StrSplit(query, '&')) {
    Pair pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    Refusal refusal;
    if (pair.first == "digest") refusal = ReadDigest(pair, route.digest);
    if (pair.first == "mount" && route.kind == RouteKind::kUploadStart) {
      refusal = ReadDigest(pair, route.mount);
    }
    if (refusal) return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<OciError> ReadQuery(absl::string_view method,
                                  absl::string_view query, Route& route) {
  bool visible = std::all_of(query.begin(), query.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!visible) return Unsupported("a byte that no URI has");
  if (query.empty()) return std::nullopt;
  switch (route.kind) {
    case RouteKind::kPing:
    case RouteKind::kManifest:
    case RouteKind::kBlob:
      return ReadClosed(method, query, route);
    case RouteKind::kUploadStart:
    case RouteKind::kUpload:
      return ReadUpload(query, route);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> PercentDecode(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') return std::nullopt;
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    absl::string_view digits = text.substr(i + 1, 2);
    bool hex = std::all_of(digits.begin(), digits.end(), [](char c) {
      return absl::ascii_isxdigit(static_cast<unsigned char>(c));
    });
    if (digits.size() < 2 || !hex) return std::nullopt;
    out += absl::HexStringToBytes(digits);
    i += 2;
  }
  return out;
}

}  // namespace plimsoll
