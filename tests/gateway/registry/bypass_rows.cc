#include "tests/gateway/registry/bypass_rows.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/http/chunked.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

using Rows = std::vector<BypassRow>;

constexpr absl::string_view kPath = kPushPath;
constexpr absl::string_view kCoding = "Transfer-Encoding: chunked\r\n";
constexpr absl::string_view kRepository = "/v2/team/app";

// Of the path of a push; some registry takes each for it.
constexpr absl::string_view kOtherForms[] = {
    "/v2/team%2Fapp/manifests/v1",
    "/v2/team%2fapp/manifests/v1",
    "/v2/team/app%2Fmanifests/v1",
    "/v2/team/app/%6danifests/v1",
    "/v2/team/app/man%69fests/v1",
    "/v2/team/app/manifests/%76%31",
    "/v2/team/app/manifests/v1%00",
    "/v2/team/app/manifests/%2e%2e/v1",
    "/v2/team/app/manifests%2fv1",
    "/v2%2Fteam/app/manifests/v1",
    "/%76%32/team/app/manifests/v1",
    "/v2/team%252Fapp/manifests/v1",
    "/v2/team/app/manifests/v1%3Fx=y",
    "/v2/team/app/manifests/v1%20",
    "//v2/team/app/manifests/v1",
    "/v2//team/app/manifests/v1",
    "/v2/team//app/manifests/v1",
    "/v2/team/app//manifests/v1",
    "/v2/team/app/manifests//v1",
    "/./v2/team/app/manifests/v1",
    "/v2/./team/app/manifests/v1",
    "/v2/team/x/../app/manifests/v1",
    "/v2/team/app/blobs/../manifests/v1",
    "/token/../v2/team/app/manifests/v1",
    "/token/%2e%2e/v2/team/app/manifests/v1",
    "/v2/team/app/manifests/v1/",
    "/v2/team/app/manifests/v1/.",
    "/v2/team/app/manifests/..",
    "/v2/team;x/app/manifests/v1",
    "/v2/team/app/manifests;x/v1",
    "/v2/team/app/manifests/v1;x=y",
    "/v2/TEAM/app/manifests/v1",
    "/v2/team/app-/manifests/v1",
    "/v2/team/app/manifests/-v1",
    "/v2/team/app/manifests/v1@x"};
constexpr absl::string_view kUnknownPaths[] = {
    "/V2/team/app/manifests/v1",        "/v2/team/app/Manifests/v1",
    "/v1/team/app/manifests/v1",        "/team/app/manifests/v1",
    "/prefix/v2/team/app/manifests/v1", "/v2/manifests/v1",
    "/v2/team/app/manifests/v1/x",      "/v2/team/app/manifest/v1"};

std::string Line(absl::string_view method, absl::string_view target) {
  return absl::StrCat(method, " ", target, " HTTP/1.1\r\n");
}

std::string Chunked(absl::string_view body) {
  return absl::StrCat(EncodeChunkHeader(body.size()), body, kChunkEnd,
                      kLastChunk);
}

// A PUT whose framing is `fields`, each with its line end.
std::string Framed(absl::string_view fields, absl::string_view body) {
  return absl::StrCat(Line("PUT", kPath), "Host: r\r\n",
                      TypeField(kOciManifestType), fields, "\r\n", body);
}

}  // namespace

std::string TypeField(absl::string_view type) {
  return absl::StrCat("Content-Type: ", type, "\r\n");
}

std::string RequestOf(absl::string_view target, absl::string_view body,
                      absl::string_view fields, absl::string_view method) {
  return absl::StrCat(Line(method, target), "Host: r\r\n", fields,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

std::string RequestOf(absl::string_view target, const StoredImage& image) {
  return RequestOf(target, image.manifest, TypeField(kOciManifestType));
}

std::string ManifestHead(absl::string_view manifest) {
  return absl::StrCat("HEAD ", kRepository, "/manifests/",
                      Digest::Sha256(manifest).ToString());
}

BypassRow Pushed(std::string name, std::string bytes, const StoredImage& image,
                 absl::string_view target) {
  const std::string config = absl::StrCat(
      "HEAD ", kRepository, "/blobs/", Digest::Sha256(image.config).ToString());
  return {std::move(name),
          std::move(bytes),
          201,
          "",
          After::kKept,
          {config, absl::StrCat("PUT ", target)}};
}

BypassRow NoHttp(std::string name, std::string bytes, int status) {
  return {std::move(name), std::move(bytes), status, "UNSUPPORTED",
          After::kClosed};
}

BypassRow NoRoute(std::string name, std::string bytes, absl::string_view code,
                  int status) {
  const bool has_body = !absl::EndsWith(bytes, "\r\n\r\n");
  return {std::move(name), std::move(bytes), status, std::string(code),
          has_body ? After::kClosed : After::kKept};
}

BypassRow Denied(std::string name, std::string bytes,
                 std::vector<std::string> upstream) {
  return {std::move(name), std::move(bytes), 403,
          "DENIED",        After::kKept,     std::move(upstream)};
}

std::vector<BypassRow> PathRows(const StoredImage& image) {
  const std::string digest = image.digest().ToString();
  const std::string hex = digest.substr(7);
  Rows rows = {Pushed("the plain form", RequestOf(kPath, image), image)};
  for (const absl::string_view path : kOtherForms) {
    rows.push_back(
        NoRoute(absl::StrCat("path ", path), RequestOf(path, image)));
  }
  for (const absl::string_view path : kUnknownPaths) {
    rows.push_back(NoRoute(absl::StrCat("path ", path), RequestOf(path, image),
                           "NAME_UNKNOWN", 404));
  }
  // Each is a tag to a registry that finds no digest in it.
  for (const std::string& reference :
       {absl::StrCat("SHA256:", hex), absl::StrCat("sha256%3A", hex),
        absl::StrCat("sha256:", std::string(64, 'A')),
        absl::StrCat("sha256:", hex.substr(1)), absl::StrCat("md5:", hex),
        absl::StrCat("sha512:", hex), absl::StrCat("v1@", digest),
        std::string("v1:x"), absl::StrCat(digest, ":")}) {
    const bool escaped = reference.find('%') != std::string::npos;
    rows.push_back(NoRoute(
        absl::StrCat("reference ", reference),
        RequestOf(absl::StrCat(kRepository, "/manifests/", reference), image),
        escaped ? "NAME_INVALID" : "DIGEST_INVALID"));
  }
  for (const std::string& target :
       {std::string("/v2/team\\app/manifests/v1"),
        std::string("/v2/team/app/manifests/v1#x"),
        std::string("/v2/t\xc3\xa4m/app/manifests/v1"),
        std::string("/v2/team/app/manifests/v1\x7f"),
        std::string("/v2/team/app/manifests/v1\t"),
        std::string("/v2/team/app/manifests/v1\0", 26),
        std::string("/v2/team/app/manifests/\"v1\""),
        std::string("/v2/team app/manifests/v1"), std::string("*"),
        absl::StrCat("http://r", kPath),
        absl::StrCat("http://elsewhere", kPath),
        absl::StrCat("HTTP://r", kPath),
        std::string("v2/team/app/manifests/v1"), std::string("r:443")}) {
    rows.push_back(
        NoHttp(absl::StrCat("target ", target), RequestOf(target, image)));
  }
  return rows;
}

namespace {

// Values of the two framing fields that are none.
Rows OtherFramings(const std::string& body) {
  const std::string size = absl::StrCat(body.size());
  Rows rows;
  for (const absl::string_view value :
       {"gzip, chunked", "chunked, gzip", "identity", "xchunked", "Chunked",
        "chunked;a=b",
        "\x0b"
        "chunked",
        "chunked,"}) {
    const bool control = value[0] == '\x0b';
    rows.push_back(
        NoHttp(absl::StrCat("coding ", value),
               Framed(absl::StrCat("Transfer-Encoding: ", value, "\r\n"),
                      Chunked(body)),
               control ? 400 : 501));
  }
  for (const std::string& value :
       {absl::StrCat("+", size), absl::StrCat("-", size),
        absl::StrCat("0", size), absl::StrCat(size, ",", size),
        absl::StrCat("0x", absl::Hex(body.size())), std::string(),
        absl::StrCat(size, ".0"), std::string("18446744073709551616")}) {
    rows.push_back(
        NoHttp(absl::StrCat("length ", value),
               Framed(absl::StrCat("Content-Length: ", value, "\r\n"), body)));
  }
  return rows;
}

// What stands behind a chunked head: the body is read, and refused as such.
Rows BrokenBodies(const std::string& body) {
  const std::string hex = EncodeChunkHeader(body.size());
  const std::string digits = hex.substr(0, hex.size() - 2);
  Rows rows;
  const std::pair<absl::string_view, std::string> bodies[] = {
      {"chunk extension",
       absl::StrCat(digits, ";a=b\r\n", body, "\r\n0\r\n\r\n")},
      {"bare LF after a size",
       absl::StrCat(digits, "\n", body, "\r\n0\r\n\r\n")},
      {"bare LF after the data", absl::StrCat(hex, body, "\n0\r\n\r\n")},
      {"size with a plus", absl::StrCat("+", hex, body, "\r\n0\r\n\r\n")},
      {"size with 0x", absl::StrCat("0x", hex, body, "\r\n0\r\n\r\n")},
      {"size past 2^64", absl::StrCat("10000000000000000\r\n", body)},
      {"a length in a trailer",
       absl::StrCat(hex, body, "\r\n0\r\nContent-Length: 5\r\n\r\n")},
      {"a type in a trailer",
       absl::StrCat(hex, body, "\r\n0\r\nContent-Type: a/b\r\n\r\n")},
      {"a credential in a trailer",
       absl::StrCat(hex, body, "\r\n0\r\nAuthorization: Basic eA==\r\n\r\n")},
      {"a request as a trailer",
       absl::StrCat(hex, body, "\r\n0\r\nPUT ", kPath, " HTTP/1.1\r\n\r\n")},
  };
  for (const auto& [name, bytes] : bodies) {
    BypassRow row = Denied(std::string(name), Framed(kCoding, bytes));
    row.after = After::kClosed;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::vector<BypassRow> FramingRows(const StoredImage& image) {
  const std::string& body = image.manifest;
  const std::string chunks = Chunked(body);
  const std::string length =
      absl::StrCat("Content-Length: ", body.size(), "\r\n");
  const std::string coding(kCoding);
  const std::string size = absl::StrCat(body.size());
  const std::string hex = EncodeChunkHeader(body.size());
  Rows rows = {
      Pushed("chunked", Framed(coding, chunks), image),
      Pushed("chunked with a trailer that is dropped",
             Framed(coding, absl::StrCat(hex, body, kChunkEnd,
                                         "0\r\nX-Checksum: 1\r\n\r\n")),
             image),
      Pushed("an announced trailer",
             Framed(absl::StrCat("Trailer: X-A\r\nTE: trailers\r\n", coding),
                    chunks),
             image),
      NoHttp("length, then chunked", Framed(length + coding, chunks)),
      NoHttp("chunked, then length", Framed(coding + length, chunks)),
      NoHttp("chunked, then length 0",
             Framed(coding + "Content-Length: 0\r\n", chunks)),
      NoHttp("two equal lengths", Framed(length + length, body)),
      NoHttp("two lengths", Framed("Content-Length: 0\r\n" + length, body)),
      NoHttp("chunked twice", Framed(coding + coding, chunks)),
      NoHttp("chunked behind a space before the colon",
             Framed("Transfer-Encoding : chunked\r\n", chunks)),
      NoHttp("chunked in a folded line",
             Framed("Transfer-Encoding:\r\n chunked\r\n", chunks)),
      NoHttp("a folded length",
             Framed(absl::StrCat("Content-Length:\r\n ", size, "\r\n"), body)),
      NoHttp("a field without a name", Framed(": x\r\n" + length, body)),
      NoHttp("a length with an underscore",
             Framed(absl::StrCat("Content_Length: ", size, "\r\n"), body)),
      NoHttp("NUL in a value",
             Framed(absl::StrCat(std::string("X-A: \0\r\n", 8), length), body)),
  };
  for (const Rows& more : {OtherFramings(body), BrokenBodies(body)}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  const std::string bare =
      absl::StrReplaceAll(Framed(length, ""), {{"\r\n", "\n"}});
  rows.push_back(NoHttp("bare LF everywhere", bare + body));
  rows.push_back(NoHttp(
      "bare LF ends the head",
      absl::StrCat(Line("PUT", kPath), "Host: r\r\n", length, "\n", body)));
  rows.push_back(NoHttp("bare CR in the head",
                        absl::StrCat(Line("PUT", kPath), "Host: r\rX: y\r\n",
                                     length, "\r\n", body)));
  return rows;
}

}  // namespace plimsoll
