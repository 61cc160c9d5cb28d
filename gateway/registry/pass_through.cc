#include "gateway/registry/pass_through.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/http/client.h"
#include "gateway/http/forward.h"
#include "gateway/http/forwarder.h"
#include "gateway/registry/location.h"

namespace plimsoll {
namespace {

// A registry may take long to move a finished upload into place.
constexpr std::chrono::seconds kUploadAnswerWait{900};

bool IsUpload(RouteKind kind) {
  return kind == RouteKind::kUploadStart || kind == RouteKind::kUpload;
}

// The blob that the upstream says it stored: its header, or where it is now.
std::optional<Digest> StoredDigest(const ResponseHead& answer) {
  absl::string_view text;
  if (const auto* digest = answer.headers.Find("Docker-Content-Digest")) {
    text = *digest;
  } else if (const auto* location = answer.headers.Find("Location")) {
    text = *location;
    text.remove_prefix(text.rfind('/') + 1);
  }
  StatusOr<Digest> digest = Digest::Parse(text);
  if (!digest.ok()) return std::nullopt;
  return *std::move(digest);
}

// Registries written in Go read a form's fields before those of the query: a
// blob could be stored under another digest than the one seen here.
bool IsForm(const Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& field) {
    const std::string value = absl::AsciiStrToLower(field.value);
    return IsSameName(field.name, "Content-Type") &&
           (absl::StrContains(value, "form") ||
            absl::StrContains(value, "multipart"));
  });
}

}  // namespace

Task<Status> PassThrough::Handle(Exchange& exchange, Upstream& upstream,
                                 const Route& route) {
  if (IsUpload(route.kind) && IsForm(exchange.head.headers)) {
    co_return absl::InvalidArgumentError(
        "a blob is no form: send it as application/octet-stream");
  }
  const UpstreamAddress& address = upstream.address();
  const std::string& host = exchange.authority();
  const std::string* authorization =
      exchange.head.headers.Find("Authorization");
  const std::string credential =
      CredentialClass(authorization == nullptr ? "" : *authorization);
  const std::string client_key = upstream.ClientKey(credential);
  const ClientView view{exchange.secure ? "https" : "http", host};
  const ForwardedBy by{address.tls ? address.Authority() : host, view.scheme,
                       view.authority, exchange.peer};
  UploadWatch watch(
      {parts_.blobs, parts_.inspector, parts_.keep_facts, keeping_}, exchange,
      route, IsUpload(route.kind) && Inspects(route.repository));
  ForwardOptions options;
  options.framing = exchange.framing;
  options.head = ForwardedRequest(exchange.head, exchange.framing, by);
  options.credential_class = credential;
  options.fast_rooms = &fast_rooms_;
  Forget(exchange, route);
  if (IsUpload(route.kind)) options.answer_wait = kUploadAnswerWait;
  if (IsUpload(route.kind) && watch.interested()) {
    options.tap = [&watch](absl::string_view bytes) {
      return watch.See(bytes);
    };
    options.taken = [&watch] { return watch.Keep(); };
  }
  // Before the client knows: its next request may need what is remembered.
  options.edit = [&](ResponseHead& head) {
    RewriteLocations(address, view, head);
    if (head.status / 100 == 2) Remember(exchange, route, client_key, head);
  };
  UpstreamPool& pool = upstream.clients().For(exchange.loop().executor());
  const ForwardEnd end = co_await Forward(exchange, pool, std::move(options));
  upstream.health().Answered(end.answer);
  if (exchange.answered()) co_return absl::OkStatus();
  upstream.health().Failed(end.status);
  co_return end.status;
}

// Before it is deleted: whoever asks for that may be gone when it is answered.
void PassThrough::Forget(const Exchange& exchange, const Route& route) {
  if (route.kind == RouteKind::kBlob && route.digest &&
      exchange.head.method == "DELETE") {
    parts_.seen.Remove(route.repository, *route.digest);
  }
}

// What was stored is for the upstream to say: it may read a request otherwise.
void PassThrough::Remember(const Exchange& exchange, const Route& route,
                           const std::string& client_key,
                           const ResponseHead& answer) {
  const std::string& method = exchange.head.method;
  if (IsUpload(route.kind) && answer.status == 201) {
    if (std::optional<Digest> stored = StoredDigest(answer)) {
      parts_.seen.Add(route.repository, *stored, client_key);
    }
  } else if (route.kind == RouteKind::kBlob && route.digest) {
    if (method == "DELETE") {
      parts_.seen.Remove(route.repository, *route.digest);
    } else if (answer.status == 200) {
      parts_.seen.Add(route.repository, *route.digest, client_key);
    }
  }
}

}  // namespace plimsoll
