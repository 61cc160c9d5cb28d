#include "gateway/config_upstreams.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/config_fields.h"
#include "gateway/config_tls.h"
#include "gateway/http/headers.h"
#include "gateway/http/upstream.h"
#include "policy/oci/reference.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// Paths outside /v2/ in their plain form; others match no request.
bool IsOutsidePath(absl::string_view path) {
  if (!absl::ConsumePrefix(&path, "/")) return false;
  absl::ConsumeSuffix(&path, "/");
  const std::vector<absl::string_view> segments = absl::StrSplit(path, '/');
  return std::all_of(
      segments.begin(), segments.end(), [](absl::string_view segment) {
        return !segment.empty() && segment != "." && segment != ".." &&
               !absl::EqualsIgnoreCase(segment, "v2") &&
               segment.find_first_of("%?# \t\n\\") == absl::string_view::npos;
      });
}

// Decisions carry it, and keys of what is remembered begin with it.
bool IsUpstreamName(absl::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  c == '.' || c == '_' || c == '-';
         });
}

void ReadUpstream(YamlFields& fields, UpstreamConfig& to) {
  fields.Require("url");
  ReadText(fields, "name", to.name);
  if (!IsUpstreamName(to.name)) {
    fields.Complain("name", absl::StrCat("`name`: ", Quoted(to.name),
                                         ": write letters, digits, `.`, `_` "
                                         "and `-`, at most 64"));
  }
  ReadText(fields, "url", to.url);
  const StatusOr<UpstreamAddress> address = UpstreamAddress::Parse(to.url);
  if (!to.url.empty() && !address.ok()) {
    fields.Complain("url", address.status().message());
  }
  if (const YamlValue* credential = fields.Find("readCredential")) {
    YamlFields file(*credential, "readCredential", fields.issues());
    file.Require("file");
    ReadText(file, "file", to.read_credential_file);
  }
  to.anonymous_reads = fields.Bool("anonymousReads").value_or(false);
  if (const YamlValue* tls = fields.Find("tls")) {
    to.tls = ReadClientTls(*tls, address.ok() && address->tls, fields.issues());
  }
  to.pass_through =
      ReadTexts(fields, "passThrough", &IsOutsidePath,
                "write a path without escapes and outside /v2/, as /token");
}

// One of several, and where it stands.
struct Listed {
  const UpstreamConfig& upstream;
  const Place& place;
};

void CheckNames(const std::vector<Listed>& all, YamlFields& spec) {
  std::set<std::string> names;
  for (const Listed& one : all) {
    if (names.insert(one.upstream.name).second) continue;
    spec.Complain(one.place, absl::StrCat("upstreams: another is called `",
                                          one.upstream.name, "`"));
  }
}

// What each serves, as "host" and "prefix"; "" is any host, or all that no
// other has.
std::vector<std::pair<std::string, std::string>> ServedBy(
    const UpstreamConfig& upstream) {
  std::vector<std::string> hosts = upstream.hosts;
  std::vector<std::string> prefixes = upstream.prefixes;
  if (hosts.empty()) hosts.emplace_back();
  if (prefixes.empty()) prefixes.emplace_back();
  std::vector<std::pair<std::string, std::string>> served;
  for (const std::string& host : hosts) {
    for (const std::string& prefix : prefixes) {
      served.emplace_back(absl::AsciiStrToLower(host), prefix);
    }
  }
  return served;
}

std::string OfHost(const std::string& host) {
  return host.empty() ? "any host" : absl::StrCat("host ", host);
}

void CheckServed(const std::vector<Listed>& all, YamlFields& spec) {
  std::set<std::pair<std::string, std::string>> taken;
  std::set<std::string> hosts;
  for (const Listed& one : all) {
    for (const auto& [host, prefix] : ServedBy(one.upstream)) {
      hosts.insert(host);
      if (taken.insert({host, prefix}).second) continue;
      spec.Complain(
          one.place,
          absl::StrCat("upstreams: another serves the same: ", OfHost(host),
                       prefix.empty() ? ", what no prefix has"
                                      : absl::StrCat(", prefix ", prefix)));
    }
  }
  // Clients ask `/v2/` first, to learn whether and where to log in.
  for (const std::string& host : hosts) {
    if (taken.count({host, ""}) > 0) continue;
    spec.Complain("upstreams",
                  absl::StrCat("upstreams: none serves /v2/ of ", OfHost(host),
                               ": leave out `prefixes` of one"));
  }
}

void ReadSeveral(YamlFields& spec, std::vector<UpstreamConfig>& to) {
  const std::vector<const YamlValue*> items =
      spec.Items("upstreams", kMaxUpstreams);
  to.resize(items.size());
  std::vector<Listed> all;
  for (size_t i = 0; i < items.size(); ++i) {
    YamlFields fields(*items[i], "upstreams", spec.issues());
    fields.Require("name");
    to[i].hosts = ReadTexts(fields, "hosts", &IsAuthority,
                            "write a host as clients do, with its port where "
                            "it has one, as registry.example.com:5000");
    to[i].prefixes = ReadTexts(fields, "prefixes", &IsRepositoryName,
                               "write the beginning of repositories' names up "
                               "to a slash, as team/mirror");
    ReadUpstream(fields, to[i]);
    all.push_back({to[i], items[i]->place});
  }
  CheckNames(all, spec);
  CheckServed(all, spec);
}

}  // namespace

void ReadUpstreams(YamlFields& spec, std::vector<UpstreamConfig>& to) {
  if (!spec.Has("upstreams")) {
    spec.Require("upstream");
  } else if (spec.Has("upstream")) {
    spec.Complain("upstreams", "`upstreams` beside `upstream`: write one");
  }
  if (const YamlValue* one = spec.Find("upstream")) {
    to.emplace_back();
    YamlFields fields(*one, "upstream", spec.issues());
    ReadUpstream(fields, to.back());
  }
  if (spec.Find("upstreams") != nullptr) ReadSeveral(spec, to);
}

}  // namespace plimsoll
