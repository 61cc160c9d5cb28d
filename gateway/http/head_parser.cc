#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/http/head.h"

namespace plimsoll {
namespace {

using Refusal = std::optional<HttpError>;

HttpError Bad(absl::string_view message) { return {400, std::string(message)}; }

// The lines of a head, without their CRLF and without the empty last one.
HttpOr<std::vector<absl::string_view>> Lines(absl::string_view bytes,
                                             const HeadLimits& limits) {
  HttpOr<size_t> end = HeadScanner(limits).Scan(bytes);
  if (!end.ok()) return end.error();
  if (*end != bytes.size()) return Bad("the head is not whole");
  std::vector<absl::string_view> lines =
      absl::StrSplit(bytes.substr(0, bytes.size() - 4), "\r\n");
  return lines;
}

enum class Sender { kClient, kUpstream };

// Underscores are refused from clients because CGI-like upstreams cannot tell
// them from dashes.
Refusal ParseField(absl::string_view line, Sender sender, Headers& headers) {
  size_t colon = line.find(':');
  if (line[0] == ' ' || line[0] == '\t') return Bad("a folded header line");
  if (colon == absl::string_view::npos) {
    return Bad("a header line without a colon");
  }
  absl::string_view name = line.substr(0, colon);
  absl::string_view value = line.substr(colon + 1);
  if (!IsToken(name)) return Bad("a header name that is no token");
  if (sender == Sender::kClient && absl::StrContains(name, '_')) {
    return Bad("a header name with an underscore");
  }
  auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
  if (!IsFieldValue(value)) return Bad("a control byte in a header value");
  headers.Add(name, value);
  return std::nullopt;
}

Refusal ParseFields(const std::vector<absl::string_view>& lines, Sender sender,
                    Headers& headers) {
  for (size_t i = 1; i < lines.size(); ++i) {
    if (Refusal refusal = ParseField(lines[i], sender, headers)) return refusal;
  }
  return std::nullopt;
}

Refusal CheckTarget(absl::string_view target) {
  if (target.empty() || target[0] != '/') {
    return Bad("the request target must be a path");
  }
  // RFC 3986 has no place for these, and each has split two parsers before.
  constexpr absl::string_view kNever = "\"#<>\\^`{|}";
  bool clean = std::all_of(target.begin(), target.end(), [&](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
           !absl::StrContains(kNever, c);
  });
  if (!clean) return Bad("a byte in the request target that no URI has");
  return std::nullopt;
}

// "HTTP/1.1" and its like; sets the digits.
bool ParseVersion(absl::string_view text, int& major, int& minor) {
  if (text.size() != 8 || !absl::ConsumePrefix(&text, "HTTP/")) return false;
  auto is_digit = [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  if (!is_digit(text[0]) || text[1] != '.' || !is_digit(text[2])) return false;
  major = text[0] - '0';
  minor = text[2] - '0';
  return true;
}

Refusal ParseRequestLine(absl::string_view line, RequestHead& head) {
  std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  int major = 0;
  if (parts.size() != 3 || !IsToken(parts[0]) ||
      !ParseVersion(parts[2], major, head.minor_version)) {
    return Bad("the request line is malformed");
  }
  if (major != 1 || head.minor_version != 1) {
    return HttpError{505, "only HTTP/1.1 is served"};
  }
  if (parts[0] == "CONNECT") return Bad("CONNECT is not served");
  head.method = std::string(parts[0]);
  head.target = std::string(parts[1]);
  return CheckTarget(head.target);
}

// Fields of which a second one would be read by one parser and not by another.
constexpr absl::string_view kSingletons[] = {
    "Authorization", "Content-Encoding", "Content-Length", "Content-Range",
    "Content-Type",  "Expect",           "Range",          "Transfer-Encoding",
};

Refusal CheckSingletons(const Headers& headers) {
  std::array<bool, std::size(kSingletons)> seen{};
  for (const HeaderField& field : headers) {
    for (size_t i = 0; i < seen.size(); ++i) {
      if (!IsSameName(field.name, kSingletons[i])) continue;
      if (std::exchange(seen[i], true)) {
        return Bad(absl::StrCat("more than one ", kSingletons[i], " header"));
      }
    }
  }
  return std::nullopt;
}

Refusal CheckConnection(const Headers& headers) {
  if (headers.Has("Upgrade") || headers.Has("HTTP2-Settings")) {
    return Bad("upgrades are not served");
  }
  for (absl::string_view member : headers.ListMembers("Connection")) {
    if (!absl::EqualsIgnoreCase(member, "close") &&
        !absl::EqualsIgnoreCase(member, "keep-alive") &&
        !absl::EqualsIgnoreCase(member, "TE")) {
      return Bad("a Connection option other than close, keep-alive and TE");
    }
  }
  return std::nullopt;
}

Refusal CheckRequestFields(const Headers& headers) {
  if (headers.Count("Host") != 1) return Bad("exactly one Host is needed");
  if (!IsAuthority(*headers.Find("Host"))) return Bad("the Host is malformed");
  const std::string* expect = headers.Find("Expect");
  if (expect != nullptr && !absl::EqualsIgnoreCase(*expect, "100-continue")) {
    return HttpError{417, "an expectation other than 100-continue"};
  }
  if (Refusal refusal = CheckSingletons(headers)) return refusal;
  return CheckConnection(headers);
}

Refusal ParseStatusLine(absl::string_view line, ResponseHead& head) {
  int major = 0;
  if (line.size() < 12 || line[8] != ' ' ||
      !ParseVersion(line.substr(0, 8), major, head.minor_version) ||
      major != 1 || head.minor_version > 1) {
    return Bad("no status line of HTTP/1");
  }
  absl::string_view code = line.substr(9, 3);
  absl::string_view reason = line.substr(12);
  bool digits = std::all_of(code.begin(), code.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (!digits || !absl::SimpleAtoi(code, &head.status) || head.status < 100 ||
      head.status > 599) {
    return Bad("a status code out of range");
  }
  // Some senders leave out the space before an empty reason.
  if (!reason.empty() && !absl::ConsumePrefix(&reason, " ")) {
    return Bad("a status code of more than three digits");
  }
  if (!IsLineText(reason)) {
    return Bad("a control byte in the reason phrase");
  }
  head.reason = std::string(reason);
  if (head.status == 101) return Bad("a switch of protocols nobody asked for");
  return std::nullopt;
}

HttpError OfUpstream(absl::string_view message) {
  return {502, absl::StrCat("the upstream's answer: ", message)};
}

}  // namespace

HttpOr<RequestHead> ParseRequestHead(absl::string_view bytes,
                                     const HeadLimits& limits) {
  auto lines = Lines(bytes, limits);
  if (!lines.ok()) return lines.error();
  RequestHead head;
  if (Refusal r = ParseRequestLine(lines->front(), head)) return *r;
  if (Refusal r = ParseFields(*lines, Sender::kClient, head.headers)) return *r;
  if (Refusal r = CheckRequestFields(head.headers)) return *r;
  return head;
}

HttpOr<ResponseHead> ParseResponseHead(absl::string_view bytes,
                                       const HeadLimits& limits) {
  auto lines = Lines(bytes, limits);
  if (!lines.ok()) return OfUpstream(lines.error().message);
  ResponseHead head;
  Refusal refusal = ParseStatusLine(lines->front(), head);
  if (!refusal) refusal = ParseFields(*lines, Sender::kUpstream, head.headers);
  if (refusal) return OfUpstream(refusal->message);
  return head;
}

bool KeepsAlive(const RequestHead& head) {
  auto members = head.headers.ListMembers("Connection");
  return std::none_of(members.begin(), members.end(), [](auto member) {
    return absl::EqualsIgnoreCase(member, "close");
  });
}

bool KeepsAlive(const ResponseHead& head) {
  auto members = head.headers.ListMembers("Connection");
  return head.minor_version == 1 &&
         std::none_of(members.begin(), members.end(), [](auto member) {
           return absl::EqualsIgnoreCase(member, "close");
         });
}

bool ExpectsContinue(const RequestHead& head) {
  return head.headers.Has("Expect");
}

}  // namespace plimsoll
