#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/kubernetes/review.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

// The API server cuts warnings once they pass 4096 runes together; kubectl
// shows 120 characters of each well.
constexpr size_t kMaxWarningBytes = 120;
constexpr size_t kMaxWarnings = 16;
constexpr size_t kMaxDenialBytes = 1024;
constexpr size_t kMaxDenials = 16;

// `text` on one line and in at most `max_bytes`, cut between characters.
std::string OneLine(absl::string_view text, size_t max_bytes) {
  constexpr absl::string_view kEllipsis = "...";
  size_t length = text.size();
  if (length > max_bytes) {
    length = max_bytes - kEllipsis.size();
    const auto continues = [&text](size_t at) {
      return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    while (length > 0 && continues(length)) --length;
  }
  std::string line(text.substr(0, length));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  if (length < text.size()) line.append(kEllipsis.data(), kEllipsis.size());
  return line;
}

// At most `max_count` of `lines`, the last saying how many are left out.
std::vector<std::string> Bounded(const std::vector<std::string>& lines,
                                 size_t max_count, size_t max_bytes) {
  std::vector<std::string> bounded;
  for (const std::string& line : lines) {
    if (bounded.size() == max_count) {
      bounded.push_back(
          absl::StrCat("and ", lines.size() - max_count, " more"));
      break;
    }
    bounded.push_back(OneLine(line, max_bytes));
  }
  return bounded;
}

std::string FormatStatus(const ReviewAnswer& answer) {
  const std::string message = absl::StrJoin(
      Bounded(answer.denials, kMaxDenials, kMaxDenialBytes), "\n");
  return absl::StrCat(
      R"(,"status":{"code":403,"reason":"Forbidden","message":)",
      QuoteJson(message), "}");
}

std::string FormatWarnings(const ReviewAnswer& answer) {
  const auto quote = [](std::string* out, const std::string& warning) {
    out->append(QuoteJson(warning));
  };
  return absl::StrCat(
      R"(,"warnings":[)",
      absl::StrJoin(Bounded(answer.warnings, kMaxWarnings, kMaxWarningBytes),
                    ",", quote),
      "]");
}

std::string Place(const ReviewImage& image, absl::string_view reason) {
  if (image.reference.empty()) {
    return absl::StrCat(image.path, ": ", reason);
  }
  return absl::StrCat(image.path, " ", image.reference, ": ", reason);
}

}  // namespace

ReviewAnswer BeginAnswer(const AdmissionReview& review) {
  ReviewAnswer answer;
  if (!review.fault.empty()) {
    answer.allowed = false;
    answer.denials.push_back(review.fault);
  }
  if (!review.known_kind) {
    answer.warnings.push_back(absl::StrCat(
        "plimsoll knows no images in ", review.kind,
        ": nothing was judged; take it out of the webhook's rules"));
  }
  return answer;
}

void DenyImage(const ReviewImage& image, absl::string_view reason,
               ReviewAnswer& answer) {
  answer.allowed = false;
  answer.denials.push_back(Place(image, reason));
}

void WarnAbout(const ReviewImage& image, absl::string_view reason,
               ReviewAnswer& answer) {
  answer.warnings.push_back(Place(image, reason));
}

std::string FormatAdmissionResponse(const AdmissionReview& review,
                                    const ReviewAnswer& answer) {
  return absl::StrCat(
      R"({"apiVersion":)", QuoteJson(review.api_version),
      R"(,"kind":"AdmissionReview","response":{"uid":)", QuoteJson(review.uid),
      R"(,"allowed":)", answer.allowed ? "true" : "false",
      answer.allowed ? "" : FormatStatus(answer),
      answer.warnings.empty() ? "" : FormatWarnings(answer), "}}");
}

}  // namespace plimsoll
