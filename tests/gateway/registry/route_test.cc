#include "gateway/registry/route.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

const char kHex[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::string Sha256() { return absl::StrCat("sha256:", kHex); }
std::string Sha512() { return absl::StrCat("sha512:", kHex, kHex); }

const std::vector<std::string>& Outside() {
  static const auto* const prefixes = new std::vector<std::string>{
      "/token", "/service/token/", "/artifacts-uploads"};
  return *prefixes;
}

Route Parsed(absl::string_view method, absl::string_view target) {
  auto parsed = ParseRoute(method, target, Outside());
  const OciError* error = std::get_if<OciError>(&parsed);
  EXPECT_EQ(error, nullptr)
      << method << " " << target << ": " << error->message;
  return error == nullptr ? std::get<Route>(parsed) : Route{};
}

// "404 NAME_UNKNOWN", or "" where the request has a route.
std::string Refused(absl::string_view method, absl::string_view target) {
  auto parsed = ParseRoute(method, target, Outside());
  const OciError* error = std::get_if<OciError>(&parsed);
  return error == nullptr ? "" : absl::StrCat(error->status, " ", error->code);
}

TEST(ParseRoute, ReadsEveryPathOfTheTable) {
  EXPECT_EQ(Parsed("GET", "/v2/").kind, RouteKind::kPing);
  EXPECT_EQ(Parsed("GET", "/v2/_catalog").kind, RouteKind::kCatalog);
  EXPECT_EQ(Parsed("GET", "/v2/a/b/tags/list").kind, RouteKind::kTags);
  Route route = Parsed("PUT", "/v2/team/app/manifests/v1.0");
  EXPECT_EQ(route.kind, RouteKind::kManifest);
  EXPECT_EQ(route.repository, "team/app");
  EXPECT_EQ(route.tag, "v1.0");
  EXPECT_FALSE(route.digest);
  route = Parsed("GET", absl::StrCat("/v2/a/manifests/", Sha256()));
  EXPECT_EQ(route.tag, "");
  ASSERT_TRUE(route.digest);
  EXPECT_EQ(route.digest->ToString(), Sha256());
  route = Parsed("HEAD", absl::StrCat("/v2/a/blobs/", Sha512()));
  EXPECT_EQ(route.kind, RouteKind::kBlob);
  ASSERT_TRUE(route.digest);
  EXPECT_EQ(route.digest->ToString(), Sha512());
  route = Parsed("GET", absl::StrCat("/v2/a/referrers/", Sha256()));
  EXPECT_EQ(route.kind, RouteKind::kReferrers);
  EXPECT_TRUE(route.digest);
}

TEST(ParseRoute, ReadsUploads) {
  Route route = Parsed("POST", "/v2/a/b/blobs/uploads/");
  EXPECT_EQ(route.kind, RouteKind::kUploadStart);
  EXPECT_EQ(route.repository, "a/b");
  for (absl::string_view path :
       {"/v2/a/b/blobs/uploads/5d950526-11dc-4475-a9ca-38318ba8ad12",
        "/v2/a/b/blobs/uploads/7446844883265557536",
        "/v2/a/b/blobs/uploads/AHf3wE4n_Ar=~.x", "/v2/a/b/blobs/upload/1-2"}) {
    route = Parsed("PATCH", path);
    EXPECT_EQ(route.kind, RouteKind::kUpload) << path;
    EXPECT_EQ(route.repository, "a/b") << path;
  }
}

TEST(ParseRoute, MatchesFromTheRightEnd) {
  EXPECT_EQ(Parsed("PUT", "/v2/x/manifests/manifests/t").repository,
            "x/manifests");
  EXPECT_EQ(Parsed("PUT", "/v2/x/blobs/uploads/manifests/t").repository,
            "x/blobs/uploads");
  EXPECT_EQ(Parsed("PUT", "/v2/manifests/manifests/manifests").repository,
            "manifests");
  EXPECT_EQ(Parsed("PUT", "/v2/x/tags/list/manifests/list").repository,
            "x/tags/list");
  EXPECT_EQ(Parsed("POST", "/v2/x/manifests/blobs/uploads/").repository,
            "x/manifests");
  EXPECT_EQ(Parsed("GET", "/v2/x/blobs/uploads/tags/list").repository,
            "x/blobs/uploads");
  EXPECT_EQ(Parsed("PUT", "/v2/v2/manifests/v2").repository, "v2");
}

TEST(ParseRoute, ServesTheMethodsOfEachRouteAndNoOther) {
  struct Case {
    std::string path;
    std::string methods;
  };
  const std::vector<Case> cases = {
      {"/v2/", "GET HEAD"},
      {"/v2/_catalog", "GET HEAD"},
      {"/v2/a/tags/list", "GET HEAD"},
      {absl::StrCat("/v2/a/referrers/", Sha256()), "GET HEAD"},
      {"/v2/a/manifests/t", "GET HEAD PUT DELETE"},
      {absl::StrCat("/v2/a/blobs/", Sha256()), "GET HEAD DELETE"},
      {"/v2/a/blobs/uploads/", "POST"},
      {"/v2/a/blobs/uploads/1", "GET HEAD PATCH PUT DELETE"},
      {"/token", "GET HEAD POST PUT PATCH DELETE"},
  };
  for (const Case& c : cases) {
    for (absl::string_view method :
         {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
          "CONNECT", "put", "PUTX", "GET HEAD", ""}) {
      bool served = absl::StrContains(absl::StrCat(" ", c.methods, " "),
                                      absl::StrCat(" ", method, " ")) &&
                    !method.empty() && method != "GET HEAD";
      EXPECT_EQ(Refused(method, c.path), served ? "" : "405 UNSUPPORTED")
          << method << " " << c.path;
    }
  }
}

TEST(ParseRoute, KnowsNothingElseInsideV2) {
  for (absl::string_view target :
       {"/v2/a", "/v2/a/b", "/v2/a/manifests", "/v2/manifests/t",
        "/v2/a/tags/other", "/v2/a/uploads/1", "/v2/_catalog/x", "/v2/token",
        "/v2/_oci/ext/discover", "/v2/a/manifests/t/x", "/v2/blobs/uploads/1/x",
        "/v2/a/blobs/uploads/1/2", "/v2/a/Manifests/t"}) {
    EXPECT_EQ(Refused("GET", target), "404 NAME_UNKNOWN") << target;
  }
}

TEST(ParseRoute, RefusesWhatIsNoRepositoryNameTagOrDigest) {
  std::string long_name(256, 'a');
  for (const std::string& target :
       {std::string("/v2/A/manifests/t"), std::string("/v2/a-/manifests/t"),
        std::string("/v2/a...b/manifests/t"), std::string("/v2/_a/manifests/t"),
        absl::StrCat("/v2/", long_name, "/manifests/t"),
        std::string("/v2/a:b/manifests/t"), std::string("/v2/a/manifests/-t"),
        std::string("/v2/a/manifests/a@b"), std::string("/v2/a/manifests/$t"),
        absl::StrCat("/v2/a/manifests/", std::string(129, 't')),
        std::string("/v2/a/manifests/")}) {
    EXPECT_EQ(Refused("PUT", target), "400 NAME_INVALID") << target;
  }
  for (const std::string& target :
       {std::string("/v2/a/manifests/sha256:abc"),
        absl::StrCat("/v2/a/manifests/md5:", kHex),
        absl::StrCat("/v2/a/manifests/SHA256:", kHex),
        absl::StrCat("/v2/a/manifests/t@", Sha256()),
        absl::StrCat("/v2/a/blobs/", kHex), std::string("/v2/a/blobs/uploads"),
        std::string("/v2/a/referrers/latest")}) {
    EXPECT_EQ(Refused("GET", target), "400 DIGEST_INVALID") << target;
  }
}

TEST(ParseRoute, RefusesEveryFormOfPathButThePlainOne) {
  for (absl::string_view target : {"/v2/ev%2Fapp/manifests/t",
                                   "/v2/ev%2fapp/manifests/t",
                                   "/v2/a/%6danifests/t",
                                   "/v2/a/manifests/%74ag",
                                   "/v2%2Fa/manifests/t",
                                   "/%76%32/a/manifests/t",
                                   "//v2/a/manifests/t",
                                   "/v2//a/manifests/t",
                                   "/v2/a//manifests/t",
                                   "/v2/a/manifests//t",
                                   "/v2/./a/manifests/t",
                                   "/v2/a/../b/manifests/t",
                                   "/v2/a/manifests/../manifests/t",
                                   "/v2/../v2/a/manifests/t",
                                   "/v2/%2e%2e/a/manifests/t",
                                   "/./v2/",
                                   "/v2/a/manifests/..",
                                   "/v2/a/manifests/.",
                                   "/v2/a/manifests/t/",
                                   "/v2/a/blobs/uploads/1/",
                                   "/v2/a;x/manifests/t",
                                   "/v2/a/manifests/t;x",
                                   "/v2/a\\b/manifests/t",
                                   "/v2/a/manifests/t#x",
                                   "/v2/\xc3\xa4/manifests/t",
                                   "/v2/a b/manifests/t",
                                   "/v2/a/manifests/t\x7f",
                                   "/v2/a/manifests/t\t",
                                   "/v2/a/manifests/\"t\"",
                                   "http://other/v2/a/manifests/t",
                                   "*",
                                   "",
                                   "v2/",
                                   "registry:443",
                                   "/token/../v2/a/manifests/t",
                                   "/token/%2e%2e/v2/a/manifests/t",
                                   "/token//x",
                                   "/token/a\\b"}) {
    EXPECT_EQ(Refused("PUT", target), "400 NAME_INVALID") << target;
  }
}

TEST(ParseRoute, RefusesEveryByteOfAPathWhenItIsPercentEncoded) {
  const std::string path = "/v2/team/app/manifests/v1.0";
  ASSERT_EQ(Refused("PUT", path), "");
  for (size_t at = 0; at < path.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string hex = absl::StrCat(absl::Hex(byte, absl::kZeroPad2));
      std::string replaced = path;
      replaced.replace(at, 1, "%" + hex);
      EXPECT_EQ(Refused("PUT", replaced), "400 NAME_INVALID") << replaced;
      std::string inserted = path;
      inserted.insert(at, "%" + hex);
      EXPECT_EQ(Refused("PUT", inserted), "400 NAME_INVALID") << inserted;
    }
  }
}

// Whatever byte is put into a manifest's path, it is either refused or read as
// what it says: the parts of the route spell the path again.
TEST(ParseRoute, ReadsOnlyPathsThatItsPartsSpellAgain) {
  const std::string path = "/v2/team/app/manifests/v1.0";
  for (size_t at = 0; at <= path.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      if (byte == '?') continue;
      std::string changed = path;
      changed.insert(at, 1, static_cast<char>(byte));
      auto parsed = ParseRoute("PUT", changed, Outside());
      const Route* route = std::get_if<Route>(&parsed);
      if (route == nullptr || route->kind != RouteKind::kManifest) continue;
      EXPECT_EQ(
          absl::StrCat("/v2/", route->repository, "/manifests/", route->tag),
          changed);
    }
  }
}

TEST(ParseRoute, PassesListedPrefixesBesideV2) {
  for (absl::string_view target :
       {"/token", "/token?scope=repository%3Aa%3Apull&service=x", "/token/x",
        "/service/token", "/service/token/x",
        "/artifacts-uploads/a/b?c=%d;e"}) {
    EXPECT_EQ(Parsed("GET", target).kind, RouteKind::kOutside) << target;
  }
  for (absl::string_view target :
       {"/", "/tokens", "/toke", "/Token", "/service", "/v1/a", "/v2", "/V2/",
        "/V2/a/manifests/t", "/api/v2.0/projects"}) {
    EXPECT_EQ(Refused("PUT", target), "404 NAME_UNKNOWN") << target;
  }
}

TEST(RouteName, IsCountedForEveryRoute) {
  for (const RouteKind kind :
       {RouteKind::kPing, RouteKind::kManifest, RouteKind::kBlob,
        RouteKind::kUploadStart, RouteKind::kUpload, RouteKind::kTags,
        RouteKind::kReferrers, RouteKind::kCatalog, RouteKind::kOutside}) {
    const metrics::Values values{RouteName(kind), "read", "2xx"};
    const int64_t before = metrics::requests.Get(values);
    metrics::requests.Add(values);
    EXPECT_EQ(metrics::requests.Get(values), before + 1) << RouteName(kind);
  }
}

TEST(ParseRoute, NeverTakesARegistrysApiForOutside) {
  const std::vector<std::string> all = {"/"};
  for (absl::string_view target : {"/v2", "/V2/a/manifests/t",
                                   "/artifactory/api/docker/x/v2/a/manifests/t",
                                   "/prefix/v2/a/manifests/t"}) {
    EXPECT_TRUE(
        std::holds_alternative<OciError>(ParseRoute("PUT", target, all)))
        << target;
  }
  EXPECT_TRUE(std::holds_alternative<Route>(ParseRoute("GET", "/ui/x", all)));
}

}  // namespace
}  // namespace plimsoll
