#include "gateway/registry/probe.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/json.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxCode = 40;
constexpr size_t kMaxShown = 200;

// The code of the first error of a body as the distribution specification has
// it; "" for any other body. Messages are not shown: they may repeat what was
// sent.
std::string ErrorCode(absl::string_view body) {
  const StatusOr<JsonValue> document = ParseJson(body);
  if (!document.ok()) return "";
  const JsonValue* errors = document->Find("errors");
  if (errors == nullptr || errors->AsArray() == nullptr) return "";
  if (errors->AsArray()->empty()) return "";
  const JsonValue* code = errors->AsArray()->front().Find("code");
  if (code == nullptr || code->AsString() == nullptr) return "";
  const std::string& text = *code->AsString();
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) || c == '_';
  });
  return plain && text.size() <= kMaxCode ? text : "";
}

}  // namespace

absl::string_view ProbeAnswerName(ProbeAnswer answer) {
  switch (answer) {
    case ProbeAnswer::kYes:
      return "yes";
    case ProbeAnswer::kNo:
      return "no";
    case ProbeAnswer::kUnknown:
      return "unknown";
  }
  return "unknown";
}

absl::string_view ProbeWeightName(ProbeWeight weight) {
  switch (weight) {
    case ProbeWeight::kEssential:
      return "essential";
    case ProbeWeight::kLimit:
      return "limit";
    case ProbeWeight::kNote:
      return "note";
  }
  return "limit";
}

void NotAsked(absl::string_view why, ProbeResult& result) {
  result.answer = ProbeAnswer::kUnknown;
  result.asked = false;
  result.seen = absl::StrCat("not asked: ", why);
}

std::string DescribeAnswer(const StatusOr<HttpAnswer>& answer) {
  if (!answer.ok()) return OneLine(answer.status().message());
  const std::string code = ErrorCode(answer->body);
  return absl::StrCat(answer->head.status, code.empty() ? "" : " ", code);
}

std::string DescribeField(const ResponseHead& head, absl::string_view name) {
  const std::string* value = head.headers.Find(name);
  if (value == nullptr) return absl::StrCat(", no ", name);
  return absl::StrCat(", ", name, ": ", CutShort(OneLine(*value), kMaxShown));
}

std::string WithoutQuery(absl::string_view url) {
  return CutShort(OneLine(url.substr(0, url.find_first_of("?#"))), kMaxShown);
}

ProbeAnswer AnswerOf(const StatusOr<HttpAnswer>& answer, int status) {
  if (!answer.ok()) return ProbeAnswer::kUnknown;
  const int got = answer->head.status;
  if (got == status) return ProbeAnswer::kYes;
  const bool passing =
      got == 408 || got == 429 || (got / 100 == 5 && got != 501);
  return passing ? ProbeAnswer::kUnknown : ProbeAnswer::kNo;
}

bool IsStatus(const StatusOr<HttpAnswer>& answer, int status) {
  return answer.ok() && answer->head.status == status;
}

bool IsRefusal(const StatusOr<HttpAnswer>& answer) {
  return IsStatus(answer, 401) || IsStatus(answer, 403);
}

}  // namespace plimsoll
