#include "gateway/registry/door.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

OciError NoUpstream(absl::string_view host, absl::string_view repository) {
  const HttpError error{
      404, absl::StrCat("no upstream serves ", host, "/", repository,
                        ": see `upstreams` of the gateway's "
                        "configuration")};
  return ErrorOf(error);
}

// What is known of the exchange once it is routed. Names stand in its target.
void Note(const Route& route, Exchange& exchange) {
  constexpr absl::string_view kRoot = "/v2/";
  ExchangeNotes& notes = exchange.notes;
  notes.route = RouteName(route.kind);
  if (route.repository.empty()) return;
  const absl::string_view target = exchange.head.target;
  const absl::string_view path = target.substr(0, target.find('?'));
  notes.repository = path.substr(kRoot.size(), route.repository.size());
  const bool upload =
      route.kind == RouteKind::kUploadStart || route.kind == RouteKind::kUpload;
  if (upload && route.digest) notes.digest = route.digest->ToString();
  if (!upload && route.kind != RouteKind::kTags) {
    notes.reference = path.substr(path.rfind('/') + 1);
  }
}

}  // namespace

Task<> RegistryDoor::Handle(Exchange& exchange) {
  const absl::string_view host = exchange.authority();
  Upstream* upstream = upstreams_.For(host, "");
  const absl::Span<const std::string> outside =
      upstream == nullptr ? absl::Span<const std::string>()
                          : upstream->settings().outside;
  std::variant<Route, OciError> routed =
      ParseRoute(exchange.head.method, exchange.head.target, outside);
  if (auto* error = std::get_if<OciError>(&routed)) {
    co_return co_await Answer(exchange, std::move(*error));
  }
  const Route& route = std::get<Route>(routed);
  Note(route, exchange);
  if (!route.repository.empty()) {
    upstream = upstreams_.For(host, route.repository);
  }
  if (upstream == nullptr) {
    OciError nowhere = NoUpstream(host, route.repository);
    co_return co_await Answer(exchange, std::move(nowhere));
  }
  exchange.notes.upstream = upstream->name();
  if (route.kind == RouteKind::kManifest && exchange.head.method == "PUT") {
    co_return co_await push_.Handle(exchange, *upstream, route);
  }
  const Status passed =
      co_await pass_through_.Handle(exchange, *upstream, route);
  if (passed.ok()) co_return;
  if (absl::IsCancelled(passed)) {
    exchange.keep_alive = false;
    co_return;
  }
  OciError error = ErrorOf(passed);
  co_await Answer(exchange, std::move(error));
}

Task<> RegistryDoor::Refuse(Exchange& exchange, HttpError error) {
  co_await Answer(exchange, ErrorOf(error));
}

Task<> RegistryDoor::Answer(Exchange& exchange, OciError error) {
  (void)co_await exchange.Answer(AnswerHead(error), AnswerBody(error));
}

}  // namespace plimsoll
