// Fields, methods, queries and documents of a push.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "policy/oci/media_type.h"
#include "tests/gateway/registry/bypass_rows.h"

namespace plimsoll {
namespace {

using Rows = std::vector<BypassRow>;

constexpr absl::string_view kV2Schema1 =
    "application/vnd.docker.distribution.manifest.v1+json";
constexpr absl::string_view kSigned =
    "application/vnd.docker.distribution.manifest.v1+prettyjws";

std::string Typed(absl::string_view more) {
  return absl::StrCat(TypeField(kOciManifestType), more);
}

// A request without a body, which passes as it is unless it is refused.
std::string Plain(absl::string_view method, absl::string_view target,
                  absl::string_view fields = "") {
  return absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: r\r\n", fields,
                      "\r\n");
}

BypassRow Passed(std::string name, absl::string_view method,
                 absl::string_view target, int status,
                 absl::string_view fields = "") {
  return {std::move(name), Plain(method, target, fields),      status, "",
          After::kKept,    {absl::StrCat(method, " ", target)}};
}

// The honest manifest with its first `from` written as `to`.
std::string Edited(const StoredImage& image, absl::string_view from,
                   absl::string_view to) {
  std::pair<absl::string_view, absl::string_view> around =
      absl::StrSplit(image.manifest, absl::MaxSplits(from, 1));
  return absl::StrCat(around.first, to, around.second);
}

}  // namespace

std::vector<BypassRow> FieldRows(const StoredImage& image) {
  const std::string& body = image.manifest;
  Rows rows;
  for (const absl::string_view fields :
       {"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: h2c\r\n",
        "HTTP2-Settings: AAMA\r\n",
        "Connection: Content-Length\r\n",
        "Connection: close, Authorization\r\n",
        "Connection: X-Forwarded-For\r\n",
        "Host: r\r\n",
        "Host: other\r\n",
        "X_Forwarded_For: 1.2.3.4\r\n",
        "X-A: 1\r\n 2\r\n",
        "X-A: 1\r\n\t2\r\n",
        "X-A : 1\r\n",
        " X-A: 1\r\n",
        "X-A 1\r\n",
        "X/A: 1\r\n",
        "X-A: 1\x01\r\n",
        "X-A: 1\n",
        "Content-Type: text/plain\r\n",
        "Content-Encoding: gzip\r\n"
        "Content-Encoding: identity\r\n",
        "Authorization: Basic eA==\r\nAuthorization: Basic eQ==\r\n",
        "Content-Range: 0-1\r\nContent-Range: 2-3\r\n",
        "Expect: 100-continue\r\nExpect: 100-continue\r\n"}) {
    rows.push_back(NoHttp(absl::StrCat("field ", fields),
                          RequestOf(kPushPath, body, Typed(fields))));
  }
  rows.push_back(NoHttp("another expectation",
                        RequestOf(kPushPath, body, Typed("Expect: 200-ok\r\n")),
                        417));
  rows.back().code = "UNSUPPORTED";
  // Taken, and never passed on.
  for (const absl::string_view fields :
       {"Forwarded: for=9.9.9.9;host=elsewhere;proto=https\r\n",
        "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Host: elsewhere\r\n"
        "X-Forwarded-Proto: https\r\n",
        "X-Real-IP: 9.9.9.9\r\nX-Original-URL: /v2/other\r\n",
        "X-HTTP-Method-Override: DELETE\r\nX-HTTP-Method: GET\r\n"
        "X-Method-Override: POST\r\n",
        "Cookie: sid=1\r\nProxy-Authorization: Basic eA==\r\n",
        "TE: trailers\r\nConnection: TE, keep-alive\r\nKeep-Alive: 5\r\n",
        "Connection: close, keep-alive\r\n"}) {
    rows.push_back(Pushed(absl::StrCat("field ", fields),
                          RequestOf(kPushPath, body, Typed(fields)), image));
  }
  rows.back().after = After::kClosed;
  // Types that a registry reads as the manifest's, or as any.
  for (const std::string& fields :
       {TypeField(""), TypeField("application/json"),
        TypeField(absl::StrCat(kOciManifestType, "; charset=utf-8")),
        TypeField(absl::StrCat(kOciManifestType, ";")),
        TypeField("APPLICATION/VND.OCI.IMAGE.MANIFEST.V1+JSON"),
        TypeField(absl::StrCat(kOciManifestType, ", ", kOciIndexType)),
        TypeField(kOciIndexType), TypeField(kDockerManifestType)}) {
    rows.push_back(Denied(absl::StrCat("type ", fields),
                          RequestOf(kPushPath, body, fields),
                          {ManifestHead(body)}));
  }
  // Refused by their heads: the body is left unread.
  for (const std::string& fields :
       {std::string(), Typed("Content-Encoding: gzip\r\n"),
        Typed("Content-Encoding: deflate\r\n"),
        Typed("Content-Encoding: gzip, identity\r\n")}) {
    rows.push_back(Denied(absl::StrCat("head ", fields),
                          RequestOf(kPushPath, body, fields)));
    rows.back().after = After::kClosed;
  }
  return rows;
}

std::vector<BypassRow> MethodRows(const StoredImage& image) {
  const std::string& body = image.manifest;
  Rows rows;
  for (const absl::string_view method :
       {"POST", "PATCH", "OPTIONS", "TRACE", "put", "Put", "PUTX", "MOVE",
        "PROPFIND", "MKCOL", "COPY", "LINK"}) {
    rows.push_back(NoRoute(absl::StrCat("method ", method),
                           RequestOf(kPushPath, body, Typed(""), method),
                           "UNSUPPORTED", 405));
  }
  rows.push_back(
      NoRoute("POST that wants to be a PUT",
              RequestOf(kPushPath, body,
                        Typed("X-HTTP-Method-Override: PUT\r\n"), "POST"),
              "UNSUPPORTED", 405));
  for (const absl::string_view method : {"GET", "HEAD"}) {
    rows.push_back(NoHttp(absl::StrCat(method, " with a body"),
                          RequestOf(kPushPath, body, Typed(""), method)));
  }
  rows[rows.size() - 1].code = "";  // a HEAD's answer has no body
  rows.push_back(NoHttp("CONNECT to a host", Plain("CONNECT", "r:443")));
  rows.push_back(NoHttp("CONNECT to the path",
                        RequestOf(kPushPath, body, Typed(""), "CONNECT")));
  rows.push_back(
      NoHttp("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505));
  for (const absl::string_view version : {"HTTP/1.0", "HTTP/0.9", "HTTP/2.0"}) {
    rows.push_back(
        NoHttp(absl::StrCat("version ", version),
               absl::StrReplaceAll(RequestOf(kPushPath, body, Typed("")),
                                   {{"HTTP/1.1", version}}),
               505));
  }
  rows.push_back(
      NoHttp("no version", absl::StrCat("PUT ", kPushPath, "\r\n\r\n")));
  // Reads and removals are the upstream's to authorise.
  rows.push_back(Passed("GET of a manifest", "GET", kPushPath, 404));
  rows.push_back(Passed("HEAD of a manifest", "HEAD", kPushPath, 404));
  rows.push_back(Passed("DELETE of a tag", "DELETE", kPushPath, 404));
  rows.push_back(Passed("GET that names a method", "GET", kPushPath, 404,
                        "X-HTTP-Method-Override: PUT\r\n"));
  rows.push_back(NoRoute("GET of another API",
                         Plain("GET", "/api/v2.0/projects"), "NAME_UNKNOWN",
                         404));
  rows.push_back(
      NoRoute("POST to another API",
              RequestOf("/api/v2.0/projects/x/artifacts", "{}", "", "POST"),
              "NAME_UNKNOWN", 404));
  return rows;
}

std::vector<BypassRow> QueryRows(const StoredImage& image) {
  const std::string digest = image.digest().ToString();
  const std::string by_digest = absl::StrCat("/v2/team/app/manifests/", digest);
  Rows rows;
  for (const absl::string_view query : {"tag=a;tag=b",
                                        "tag=a;x",
                                        "tag=a&",
                                        "tag",
                                        "tag=",
                                        "=v1",
                                        "&",
                                        "x=1",
                                        "Tag=a",
                                        "%74ag=a",
                                        "tag[]=a",
                                        "tag=a%2Fb",
                                        "tag=a/b",
                                        "tag=a%00",
                                        "tag=-a",
                                        "tag=a+b",
                                        "tag=a%",
                                        "tag=a&x=1",
                                        "digest=x",
                                        "ns=",
                                        "ns=a/b",
                                        "ns=a&ns=b",
                                        "ns=a%0d%0aX-A:%20b",
                                        "tag=a?tag=b",
                                        "_method=DELETE",
                                        "mount=x"}) {
    rows.push_back(NoRoute(
        absl::StrCat("query ", query),
        RequestOf(absl::StrCat(by_digest, "?", query), image), "UNSUPPORTED"));
  }
  std::string many = "?tag=t0";
  for (int i = 1; i < 11; ++i) absl::StrAppend(&many, "&tag=t", i);
  rows.push_back(NoRoute("eleven tags", RequestOf(by_digest + many, image),
                         "UNSUPPORTED", 414));
  // Read, judged, and written anew.
  const std::pair<std::string, std::string> taken[] = {
      {absl::StrCat(by_digest, "?tag=a&tag=latest"),
       absl::StrCat(by_digest, "?tag=a&tag=latest")},
      {absl::StrCat(by_digest, "?tag=a&tag=%61&tag=v%31"),
       absl::StrCat(by_digest, "?tag=a&tag=v1")},
      {absl::StrCat(by_digest, "?ns=docker.io"), by_digest},
      {absl::StrCat(kPushPath, "?ns=r%3A5000"), std::string(kPushPath)},
      {absl::StrCat(kPushPath, "?tag=w"), absl::StrCat(kPushPath, "?tag=w")},
      {absl::StrCat(kPushPath, "?"), std::string(kPushPath)},
  };
  for (const auto& [target, forwarded] : taken) {
    rows.push_back(Pushed(absl::StrCat("query of ", target),
                          RequestOf(target, image), image, forwarded));
  }
  rows.push_back(Passed("GET with ns", "GET",
                        absl::StrCat(kPushPath, "?ns=docker.io"), 404));
  rows.push_back(NoRoute("GET with a tag",
                         Plain("GET", absl::StrCat(kPushPath, "?tag=a")),
                         "UNSUPPORTED"));
  rows.push_back(NoRoute("DELETE with a tag",
                         Plain("DELETE", absl::StrCat(by_digest, "?tag=a")),
                         "UNSUPPORTED"));
  const std::string uploads = "/v2/team/app/blobs/uploads/";
  rows.push_back(Passed("mount without a source", "POST",
                        absl::StrCat(uploads, "?mount=", digest), 404));
  rows.push_back(
      Passed("mount from anywhere", "POST",
             absl::StrCat(uploads, "?from=secret%2Fapp&mount=", digest), 404));
  rows.push_back(NoRoute(
      "an upload of two digests",
      RequestOf(absl::StrCat(uploads, "1?digest=", digest, "&digest=", digest),
                "x", ""),
      "UNSUPPORTED"));
  return rows;
}

std::vector<BypassRow> DocumentRows(const StoredImage& image) {
  const std::string& body = image.manifest;
  const std::string missing = Digest::Sha256("never pushed").ToString();
  const std::string index =
      absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexType,
                   R"(","manifests":[{"mediaType":")", kOciManifestType,
                   R"(","digest":")", missing, R"(","size":12,)",
                   R"("platform":{"os":"linux","architecture":"amd64"}}]})");
  const std::string schema1 =
      R"({"schemaVersion":1,"name":"team/app","tag":"v1","fsLayers":[]})";
  const std::pair<absl::string_view, std::string> documents[] = {
      {"duplicate layers", Edited(image, "{", R"({"layers":[],)")},
      {"duplicate config", Edited(image, "{", R"({"config":{"size":1},)")},
      {"layers in another case", Edited(image, "\"layers\"", "\"Layers\"")},
      {"both cases of layers", Edited(image, "{", R"({"LAYERS":[],)")},
      {"layers with a long s", Edited(image, "{", "{\"layer\xc5\xbf\":[],")},
      {"an escaped key", Edited(image, "{", R"({"co\u006efig":{},)")},
      {"an index and a manifest", Edited(image, "{", R"({"manifests":[],)")},
      {"null for an index", Edited(image, "{", R"({"manifests":null,)")},
      {"schema 1 within", Edited(image, "{", R"({"fsLayers":[],)")},
      {"a byte order mark", absl::StrCat("\xef\xbb\xbf", body)},
      {"more behind it", absl::StrCat(body, "{}")},
      {"NUL behind it", absl::StrCat(body, std::string(1, '\0'))},
      {"a version with a dot",
       Edited(image, "\"schemaVersion\":2", "\"schemaVersion\":2.0")},
      {"no UTF-8", Edited(image, "{", "{\"x\":\"\xff\",")},
      {"a lone surrogate", Edited(image, "{", R"({"x":"\ud800",)")},
      {"deep nesting", Edited(image, "{",
                              absl::StrCat("{\"x\":", std::string(64, '['),
                                           std::string(64, ']'), ","))},
      {"nothing", ""},
  };
  Rows rows;
  for (const auto& [name, text] : documents) {
    rows.push_back(Denied(absl::StrCat("document ", name),
                          RequestOf(kPushPath, text, Typed("")),
                          {ManifestHead(text)}));
  }
  for (const absl::string_view type : {kV2Schema1, kSigned, kOciManifestType}) {
    rows.push_back(Denied(absl::StrCat("schema 1 as ", type),
                          RequestOf(kPushPath, schema1, TypeField(type)),
                          {ManifestHead(schema1)}));
  }
  rows.push_back(Denied("schema 1's type on a manifest",
                        RequestOf(kPushPath, body, TypeField(kSigned)),
                        {ManifestHead(body)}));
  rows.push_back(
      Denied("an index whose child is missing",
             RequestOf(kPushPath, index, TypeField(kOciIndexType)),
             {ManifestHead(index),
              absl::StrCat("GET /v2/team/app/manifests/", missing)}));
  rows.push_back(
      {"another document's digest",
       RequestOf(absl::StrCat("/v2/team/app/manifests/", missing), image), 400,
       "DIGEST_INVALID", After::kKept});
  return rows;
}

}  // namespace plimsoll
