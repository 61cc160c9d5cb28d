// HttpRegistry: a registry in memory behind HTTP/1.1 on a loopback port, and
// its token service. It keeps what is pushed and removed; switches, set before
// the first request, make it as other registries are. Safe from any thread.
#ifndef PLIMSOLL_TESTS_SUPPORT_HTTP_REGISTRY_H_
#define PLIMSOLL_TESTS_SUPPORT_HTTP_REGISTRY_H_

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/script_server.h"

namespace plimsoll {

class HttpRegistry {
 public:
  struct Switches {
    // Whom it lets in, as an Authorization; everybody where it is "".
    std::string credential;
    bool sells_tokens = false;     // to `credential`, at /token
    bool anonymous_pulls = false;  // with tokens: also to nobody, for pull
    int token_life = 300;

    // What stands before an upload's ID in Location; "$HOST" in it is the
    // request's Host, "$OWN" this registry's own.
    std::string location = "/v2/$NAME/blobs/uploads/";
    bool takes_chunks = true;
    bool takes_whole = true;
    bool mounts = true;
    bool hides_unreferenced = false;  // blobs that no manifest names
    bool pushers_read = true;         // else GET and HEAD are 403
    bool serves_ranges = true;
    std::string blobs_at;  // an origin that GETs of blobs are redirected to
    bool takes_manifests = true;
    bool reads_tag_query = true;
    bool lists_referrers = true;
    bool removes_manifests = true;
    bool removes_blobs = true;
    std::string garbled;  // the answers to this method are no HTTP
  };
  // Answers in place of the registry where it returns something.
  using Override =
      std::function<std::optional<std::string>(const SeenRequest&)>;

  explicit HttpRegistry(Switches switches, Override override = nullptr);

  std::string authority() const { return server_.authority(); }
  std::string url() const { return "http://" + authority(); }
  std::vector<SeenRequest> requests() const { return server_.requests(); }
  void Release() { server_.Release(); }
  // What is kept: "blob", "manifest", "tag" or "session", and its name.
  std::vector<std::pair<std::string, std::string>> Kept() const;
  std::optional<std::string> Blob(absl::string_view digest) const;

 private:
  std::string Answer(const SeenRequest& request);
  std::string Route(const SeenRequest& request);
  std::string Sell(const SeenRequest& request);
  bool Admits(const SeenRequest& request) const;
  std::string Challenge() const;
  std::string Upload(const SeenRequest& request, absl::string_view id);
  std::string OpenUpload(const SeenRequest& request, absl::string_view name,
                         absl::string_view query);
  std::string Location(const SeenRequest& request, absl::string_view name,
                       absl::string_view id) const;
  std::string OnBlob(const SeenRequest& request, absl::string_view digest);
  std::string OnManifest(const SeenRequest& request,
                         absl::string_view reference, absl::string_view query);
  std::string PutManifest(const SeenRequest& request,
                          absl::string_view reference, absl::string_view query);
  std::string Referrers(absl::string_view digest) const;
  bool IsHidden(absl::string_view digest) const;

  const Switches switches_;
  const Override override_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> blobs_;
  std::map<std::string, std::string, std::less<>> manifests_;
  std::map<std::string, std::string, std::less<>> tags_;      // to digests
  std::map<std::string, std::string, std::less<>> sessions_;  // what has come
  int opened_ = 0;
  ScriptServer server_;  // last: it calls what is above
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_HTTP_REGISTRY_H_
