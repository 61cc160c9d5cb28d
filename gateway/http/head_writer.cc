#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"

namespace plimsoll {
namespace {

constexpr size_t kUsualHead = 1024;

Status AppendFields(const Headers& headers, std::string& out) {
  out.reserve(kUsualHead);
  for (const HeaderField& field : headers) {
    if (!IsToken(field.name)) {
      return absl::InvalidArgumentError("header name is no token");
    }
    if (!IsFieldValue(field.value)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "header ", field.name, ": value cannot stand on one line"));
    }
    absl::StrAppend(&out, field.name, ": ", field.value, "\r\n");
  }
  out += "\r\n";
  return absl::OkStatus();
}

bool IsTarget(absl::string_view text) {
  return !text.empty() && text[0] == '/' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isgraph(static_cast<unsigned char>(c));
         });
}

}  // namespace

StatusOr<std::string> WriteRequestHead(const RequestHead& head) {
  if (!IsToken(head.method) || !IsTarget(head.target)) {
    return absl::InvalidArgumentError(
        "request line: method or target cannot be written");
  }
  std::string out =
      absl::StrCat(head.method, " ", head.target, " HTTP/1.1\r\n");
  RETURN_IF_ERROR(AppendFields(head.headers, out), "request head");
  return out;
}

StatusOr<std::string> WriteResponseHead(const ResponseHead& head) {
  if (head.status < 100 || head.status > 599 || !IsLineText(head.reason)) {
    return absl::InvalidArgumentError(
        "status line: code or reason cannot be written");
  }
  std::string out =
      absl::StrCat("HTTP/1.1 ", head.status, " ", head.reason, "\r\n");
  RETURN_IF_ERROR(AppendFields(head.headers, out), "response head");
  return out;
}

}  // namespace plimsoll
