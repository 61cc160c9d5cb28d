// The ways in which a push was seen to get around something: by a path, a
// framing, a field or a method that two programs read differently. Each is a
// request that asks for an honest image's manifest to be put, and what the
// registry door makes of it.
#ifndef PLIMSOLL_TESTS_GATEWAY_REGISTRY_BYPASS_ROWS_H_
#define PLIMSOLL_TESTS_GATEWAY_REGISTRY_BYPASS_ROWS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/support/stored_image.h"

namespace plimsoll {

enum class After { kKept, kClosed };  // the connection, after the answer

struct BypassRow {
  std::string name;
  std::string bytes;
  int status;        // of the answer
  std::string code;  // of its body's OCI error; "" for the upstream's answer
  After after;
  // What the upstream saw: "METHOD target" of each request.
  std::vector<std::string> upstream = {};
};

// Requests: a PUT of `body` with `fields` before its length; one of the image's
// manifest as a client sends it.
inline constexpr absl::string_view kPushPath = "/v2/team/app/manifests/v1";
std::string RequestOf(absl::string_view target, absl::string_view body,
                      absl::string_view fields,
                      absl::string_view method = "PUT");
std::string RequestOf(absl::string_view target, const StoredImage& image);
std::string TypeField(absl::string_view type);

// Rows: admitted and forwarded to `target`; refused by the codec, which reads
// no more of the connection; refused by the table of routes, once the request
// was read whole; refused as a manifest, which the upstream was only asked
// about.
BypassRow Pushed(std::string name, std::string bytes, const StoredImage& image,
                 absl::string_view target = kPushPath);
BypassRow NoHttp(std::string name, std::string bytes, int status = 400);
BypassRow NoRoute(std::string name, std::string bytes,
                  absl::string_view code = "NAME_INVALID", int status = 400);
BypassRow Denied(std::string name, std::string bytes,
                 std::vector<std::string> upstream = {});
// What the upstream is asked about a manifest that is none.
std::string ManifestHead(absl::string_view manifest);

// The requests of each kind. `image` is stored upstream but for its manifest,
// in team/app.
std::vector<BypassRow> PathRows(const StoredImage& image);
std::vector<BypassRow> FramingRows(const StoredImage& image);
std::vector<BypassRow> FieldRows(const StoredImage& image);
std::vector<BypassRow> MethodRows(const StoredImage& image);
std::vector<BypassRow> QueryRows(const StoredImage& image);
std::vector<BypassRow> DocumentRows(const StoredImage& image);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_REGISTRY_BYPASS_ROWS_H_
