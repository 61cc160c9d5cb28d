#include "gateway/registry/door.h"

#include <utility>
#include <variant>

namespace plimsoll {

Task<> RegistryDoor::Handle(Exchange& exchange) {
  std::variant<Route, OciError> routed =
      ParseRoute(exchange.head.method, exchange.head.target, outside_);
  if (auto* error = std::get_if<OciError>(&routed)) {
    co_return co_await Answer(exchange, std::move(*error));
  }
  const Route& route = std::get<Route>(routed);
  if (route.kind == RouteKind::kManifest && exchange.head.method == "PUT") {
    co_return co_await push_.Handle(exchange, route);
  }
  const Status passed = co_await pass_through_.Handle(exchange, route);
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
