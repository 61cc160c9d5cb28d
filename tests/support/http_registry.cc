#include "tests/support/http_registry.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/oci/digest.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kTag = "?tag=";
constexpr absl::string_view kMount = "?mount=";

std::string Error(absl::string_view status, absl::string_view code) {
  return CannedAnswer(status,
                      absl::StrCat(R"({"errors":[{"code":")", code, R"("}]})"));
}

std::string Without(std::string answer, const SeenRequest& request) {
  if (request.head.method != "HEAD") return answer;
  return answer.substr(0, answer.find("\r\n\r\n") + 4);
}

std::string FieldOr(const RequestHead& head, absl::string_view name) {
  const std::string* value = head.headers.Find(name);
  return value == nullptr ? "" : *value;
}

// "sha256:x" of "?digest=sha256:x&more".
std::string ValueOf(absl::string_view query, absl::string_view key) {
  if (!absl::ConsumePrefix(&query, key)) return "";
  return std::string(query.substr(0, query.find('&')));
}

}  // namespace

HttpRegistry::HttpRegistry(Switches switches, Override override)
    : switches_(std::move(switches)),
      override_(std::move(override)),
      server_([this](const RequestHead&) {
        ScriptReply reply;
        reply.answer = [this](const SeenRequest& request) {
          return Without(Answer(request), request);
        };
        return reply;
      }) {}

std::vector<std::pair<std::string, std::string>> HttpRegistry::Kept() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> kept;
  for (const auto& each : blobs_) kept.emplace_back("blob", each.first);
  for (const auto& each : manifests_) kept.emplace_back("manifest", each.first);
  for (const auto& each : tags_) kept.emplace_back("tag", each.first);
  for (const auto& each : sessions_) kept.emplace_back("session", each.first);
  return kept;
}

std::optional<std::string> HttpRegistry::Blob(absl::string_view digest) const {
  const std::lock_guard lock(mutex_);
  const auto found = blobs_.find(digest);
  if (found == blobs_.end()) return std::nullopt;
  return found->second;
}

std::string HttpRegistry::Answer(const SeenRequest& request) {
  const std::lock_guard lock(mutex_);
  if (override_) {
    if (auto other = override_(request)) return *other;
  }
  std::string answer = Route(request);
  return request.head.method == switches_.garbled ? "no HTTP\r\n\r\n" : answer;
}

std::string HttpRegistry::Route(const SeenRequest& request) {
  const std::string& target = request.head.target;
  const absl::string_view path =
      absl::string_view(target).substr(0, target.find('?'));
  const absl::string_view query = absl::string_view(target).substr(path.size());
  if (path == "/token") return Sell(request);
  if (!Admits(request)) {
    return CannedAnswer("401 Unauthorized", "", Challenge());
  }
  if (path == "/v2/") {
    return CannedAnswer("200 OK", "{}",
                        "Docker-Distribution-Api-Version: registry/2.0\r\n");
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  const absl::string_view last = parts.back();
  const absl::string_view kind = parts[parts.size() - 2];
  if (kind == "uploads" && last.empty()) {
    const size_t end = path.find("/blobs/uploads/");
    return OpenUpload(request, path.substr(4, end - 4), query);
  }
  if (sessions_.contains(last)) return Upload(request, last);
  if (kind == "blobs") return OnBlob(request, last);
  if (kind == "manifests") return OnManifest(request, last, query);
  if (kind == "referrers") return Referrers(last);
  return Error("404 Not Found", "BLOB_UPLOAD_UNKNOWN");
}

std::string HttpRegistry::Sell(const SeenRequest& request) {
  const std::string sent = FieldOr(request.head, "Authorization");
  const bool nobody = sent.empty() && switches_.anonymous_pulls &&
                      absl::EndsWith(request.head.target, "pull");
  if (sent != switches_.credential && !nobody) {
    return CannedAnswer("401 Unauthorized", "{}");
  }
  return CannedAnswer("200 OK",
                      absl::StrCat(R"({"token":"sold-token","expires_in":)",
                                   switches_.token_life, "}"));
}

bool HttpRegistry::Admits(const SeenRequest& request) const {
  if (switches_.credential.empty()) return true;
  return FieldOr(request.head, "Authorization") ==
         (switches_.sells_tokens ? "Bearer sold-token" : switches_.credential);
}

std::string HttpRegistry::Challenge() const {
  if (!switches_.sells_tokens) {
    return "WWW-Authenticate: Basic realm=\"r\"\r\n";
  }
  return absl::StrCat("WWW-Authenticate: Bearer realm=\"", url(),
                      "/token\",service=\"the registry\"\r\n");
}

std::string HttpRegistry::Location(const SeenRequest& request,
                                   absl::string_view name,
                                   absl::string_view id) const {
  const std::string host = FieldOr(request.head, "Host");
  const std::string before = absl::StrReplaceAll(
      switches_.location,
      {{"$HOST", host}, {"$OWN", authority()}, {"$NAME", name}});
  return absl::StrCat("Location: ", before, id, "?_state=a-secret\r\n");
}

std::string HttpRegistry::OpenUpload(const SeenRequest& request,
                                     absl::string_view name,
                                     absl::string_view query) {
  if (switches_.mounts && blobs_.contains(ValueOf(query, kMount))) {
    return CannedAnswer("201 Created", "");
  }
  const std::string id = absl::StrCat("upload-", ++opened_, "-of-",
                                      absl::StrReplaceAll(name, {{"/", "_"}}));
  sessions_[id] = "";
  return CannedAnswer("202 Accepted", "", Location(request, name, id));
}

std::string HttpRegistry::Upload(const SeenRequest& request,
                                 absl::string_view id) {
  std::string& come = sessions_.find(id)->second;
  const std::string& method = request.head.method;
  const std::string& target = request.head.target;
  if (method == "DELETE") {
    sessions_.erase(std::string(id));
    return "HTTP/1.1 204 No Content\r\n\r\n";
  }
  const bool in_chunks = method == "PATCH";
  const bool whole = !in_chunks && !request.body.empty();
  if ((in_chunks && !switches_.takes_chunks) ||
      (whole && !switches_.takes_whole)) {
    return Error("405 Method Not Allowed", "UNSUPPORTED");
  }
  come += request.body;
  if (in_chunks) {
    const size_t end = target.find("/blobs/");
    const std::string name =
        end == std::string::npos ? "name" : target.substr(4, end - 4);
    return CannedAnswer("202 Accepted", "", Location(request, name, id));
  }
  const std::string digest = Digest::Sha256(come).ToString();
  if (!absl::EndsWith(target, absl::StrCat("digest=", digest))) {
    return Error("400 Bad Request", "DIGEST_INVALID");
  }
  blobs_[digest] = come;
  sessions_.erase(std::string(id));
  return CannedAnswer("201 Created", "",
                      absl::StrCat("Docker-Content-Digest: ", digest, "\r\n"));
}

bool HttpRegistry::IsHidden(absl::string_view digest) const {
  if (!switches_.hides_unreferenced) return false;
  for (const auto& manifest : manifests_) {
    if (absl::StrContains(manifest.second, digest)) return false;
  }
  return true;
}

std::string HttpRegistry::OnBlob(const SeenRequest& request,
                                 absl::string_view digest) {
  const auto found = blobs_.find(digest);
  if (request.head.method == "DELETE") {
    if (!switches_.removes_blobs) {
      return Error("405 Method Not Allowed", "UNSUPPORTED");
    }
    if (found == blobs_.end()) return Error("404 Not Found", "BLOB_UNKNOWN");
    blobs_.erase(found);
    return CannedAnswer("202 Accepted", "");
  }
  if (!switches_.pushers_read) return Error("403 Forbidden", "DENIED");
  if (found == blobs_.end() || IsHidden(digest)) {
    return Error("404 Not Found", "BLOB_UNKNOWN");
  }
  if (!switches_.blobs_at.empty() && request.head.method == "GET") {
    return CannedAnswer("307 Temporary Redirect", "",
                        absl::StrCat("Location: ", switches_.blobs_at, "/",
                                     digest, "?sig=a-secret\r\n"));
  }
  const std::string range = FieldOr(request.head, "Range");
  if (range == "bytes=0-3" && switches_.serves_ranges) {
    return CannedAnswer("206 Partial Content", found->second.substr(0, 4));
  }
  return CannedAnswer("200 OK", found->second);
}

std::string HttpRegistry::PutManifest(const SeenRequest& request,
                                      absl::string_view reference,
                                      absl::string_view query) {
  const std::string digest = Digest::Sha256(request.body).ToString();
  if (!switches_.takes_manifests || reference != digest) {
    return Error("400 Bad Request", "MANIFEST_INVALID");
  }
  manifests_[digest] = request.body;
  const std::string tag = ValueOf(query, kTag);
  std::string fields = absl::StrCat("Docker-Content-Digest: ", digest, "\r\n");
  if (!tag.empty() && switches_.reads_tag_query) {
    tags_[tag] = digest;
    absl::StrAppend(&fields, "OCI-Tag: ", tag, "\r\n");
  }
  return CannedAnswer("201 Created", "", fields);
}

std::string HttpRegistry::OnManifest(const SeenRequest& request,
                                     absl::string_view reference,
                                     absl::string_view query) {
  const std::string& method = request.head.method;
  if (method == "PUT") return PutManifest(request, reference, query);
  const auto tag = tags_.find(reference);
  const auto found =
      manifests_.find(tag == tags_.end() ? reference : tag->second);
  if (method == "DELETE" && !switches_.removes_manifests) {
    return Error("405 Method Not Allowed", "UNSUPPORTED");
  }
  if (found == manifests_.end()) {
    return Error("404 Not Found", "MANIFEST_UNKNOWN");
  }
  if (method == "DELETE") {
    std::erase_if(tags_, [&found](const auto& each) {
      return each.second == found->first;
    });
    manifests_.erase(found);
    return CannedAnswer("202 Accepted", "");
  }
  if (!switches_.pushers_read) return Error("403 Forbidden", "DENIED");
  return CannedAnswer("200 OK", found->second);
}

std::string HttpRegistry::Referrers(absl::string_view digest) const {
  if (!switches_.lists_referrers) return CannedAnswer("404 Not Found", "");
  std::string listed;
  for (const auto& [name, bytes] : manifests_) {
    const std::pair<absl::string_view, absl::string_view> split =
        absl::StrSplit(bytes, absl::MaxSplits("\"subject\"", 1));
    if (!absl::StrContains(split.second, digest)) continue;
    absl::StrAppend(&listed, listed.empty() ? "" : ",", R"({"digest":")", name,
                    "\"}");
  }
  return CannedAnswer("200 OK",
                      absl::StrCat(R"({"manifests":[)", listed, "]}"));
}

}  // namespace plimsoll
