#include "gateway/observe/admin.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/phrase.h"

namespace plimsoll {

Task<> AdminHandler::Handle(Exchange& exchange) {
  const std::string& method = exchange.head.method;
  const std::string& target = exchange.head.target;
  if (method != "GET" && method != "HEAD") {
    co_await Say(exchange, 405, "only GET and HEAD\n");
  } else if (target == "/livez") {
    co_await Say(exchange, 200, "alive\n");
  } else if (target == "/readyz") {
    const bool ready = readiness_.ready();
    co_await Say(exchange, ready ? 200 : 503,
                 ready ? "ready\n" : "not ready\n");
  } else if (target == "/metrics") {
    co_await Say(exchange, 200, metrics_());
  } else {
    co_await Say(exchange, 404, "try /livez, /readyz or /metrics\n");
  }
}

Task<> AdminHandler::Refuse(Exchange& exchange, HttpError error) {
  std::string text = absl::StrCat(error.message, "\n");
  co_await Say(exchange, error.status, std::move(text));
}

Task<> AdminHandler::Say(Exchange& exchange, int status, std::string text) {
  ResponseHead head;
  head.status = status;
  head.reason = std::string(PhraseOf(status));
  // The version is of the metrics' format; it hurts no other text.
  head.headers.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  (void)co_await exchange.Answer(std::move(head), std::move(text));
}

}  // namespace plimsoll
