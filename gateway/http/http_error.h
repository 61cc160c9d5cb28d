// HttpError: why bytes of a peer are refused, with the status that answers a
// client (an upstream's mistakes are all 502). HttpOr<T>: a value or that.
// Values; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_HTTP_HTTP_ERROR_H_
#define PLIMSOLL_GATEWAY_HTTP_HTTP_ERROR_H_

#include <string>
#include <utility>
#include <variant>

namespace plimsoll {

struct HttpError {
  int status = 400;
  std::string message;  // lower case, no bytes of the peer
};

template <typename T>
class [[nodiscard]] HttpOr {
 public:
  HttpOr(T value) : held_(std::move(value)) {}          // NOLINT: implicit
  HttpOr(HttpError error) : held_(std::move(error)) {}  // NOLINT: implicit

  bool ok() const { return std::holds_alternative<T>(held_); }
  // REQUIRES: !ok().
  const HttpError& error() const { return std::get<HttpError>(held_); }
  // REQUIRES: ok().
  const T& operator*() const& { return std::get<T>(held_); }
  T& operator*() & { return std::get<T>(held_); }
  T&& operator*() && { return std::get<T>(std::move(held_)); }
  const T* operator->() const { return &std::get<T>(held_); }
  T* operator->() { return &std::get<T>(held_); }

 private:
  std::variant<T, HttpError> held_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_HTTP_ERROR_H_
