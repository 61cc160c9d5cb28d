#include "gateway/http/proxied_client.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

namespace ip = boost::asio::ip;

HttpError Malformed(absl::string_view field, absl::string_view what) {
  return {400, absl::StrCat(field, " of a trusted proxy: ", what)};
}

bool IsPort(absl::string_view text) {
  int port = 0;
  return !text.empty() && text.size() <= 5 &&
         std::all_of(
             text.begin(), text.end(),
             [](char c) {
               return absl::ascii_isdigit(static_cast<unsigned char>(c));
             }) &&
         absl::SimpleAtoi(text, &port) && port <= 65535;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" and
// "[2001:db8::1]:80": as proxies write them.
std::optional<ip::address> ParseMember(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return std::nullopt;
    absl::string_view rest = text.substr(end + 1);
    const bool port = absl::ConsumePrefix(&rest, ":");
    if (port ? !IsPort(rest) : !rest.empty()) return std::nullopt;
    text = text.substr(0, end);
    return absl::StrContains(text, ':') ? ParseAddress(text) : std::nullopt;
  }
  const size_t colon = text.find(':');
  const bool port = colon != absl::string_view::npos &&
                    text.find(':', colon + 1) == absl::string_view::npos;
  if (!port) return ParseAddress(text);
  if (!IsPort(text.substr(colon + 1))) return std::nullopt;
  return ParseAddress(text.substr(0, colon));
}

// The only field called `name`; none where there is no such field, and false in
// `once` where there are several.
const std::string* FindOnce(const Headers& headers, absl::string_view name,
                            bool& once) {
  once = headers.Count(name) <= 1;
  return headers.Find(name);
}

}  // namespace

HttpOr<ProxiedClient> ReadForwarded(const Headers& headers,
                                    const ip::address& peer,
                                    const AddressRanges& trusted) {
  constexpr absl::string_view kFor = "X-Forwarded-For";
  constexpr absl::string_view kProto = "X-Forwarded-Proto";
  constexpr absl::string_view kHost = "X-Forwarded-Host";
  ProxiedClient client{peer, std::nullopt, ""};
  std::vector<absl::string_view> members;
  for (const absl::string_view value : headers.FindAll(kFor)) {
    for (const absl::string_view member : absl::StrSplit(value, ',')) {
      members.push_back(absl::StripAsciiWhitespace(member));
    }
  }
  while (!members.empty() && Contains(trusted, client.address)) {
    const std::optional<ip::address> address = ParseMember(members.back());
    if (!address) return Malformed(kFor, "a member that is no address");
    client.address = *address;
    members.pop_back();
  }
  bool once = true;
  if (const std::string* scheme = FindOnce(headers, kProto, once)) {
    const bool https = absl::EqualsIgnoreCase(*scheme, "https");
    if (!once || (!https && !absl::EqualsIgnoreCase(*scheme, "http"))) {
      return Malformed(kProto, "neither http nor https");
    }
    client.secure = https;
  }
  if (const std::string* host = FindOnce(headers, kHost, once)) {
    if (!once || !IsAuthority(*host)) return Malformed(kHost, "no HOST[:PORT]");
    client.authority = *host;
  }
  return client;
}

}  // namespace plimsoll
