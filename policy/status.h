// Status helpers. A Status says that work could not be done; it is never used
// for "the policy said no" (that is a Finding) nor for missing evidence (a
// Gap). Every hop adds where: "manifest: layers[3].digest: unsupported
// algorithm".
#ifndef PLIMSOLL_POLICY_STATUS_H_
#define PLIMSOLL_POLICY_STATUS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace plimsoll {

using absl::Status;
using absl::StatusOr;

// Returns `status` with its message prefixed by "context: ". OK stays OK, and
// an empty context adds nothing.
Status Annotate(const Status& status, absl::string_view context = "");

}  // namespace plimsoll

// RETURN_IF_ERROR(status_expr [, context]);
// ASSIGN_OR_RETURN(auto x, status_or_expr [, context]);
// The CO_ forms are for coroutines.
#define RETURN_IF_ERROR(expr, ...) \
  PLIMSOLL_RETURN_IF_ERROR(return, PLIMSOLL_UNIQUE(status), expr, __VA_ARGS__)
#define CO_RETURN_IF_ERROR(expr, ...)                                \
  PLIMSOLL_RETURN_IF_ERROR(co_return, PLIMSOLL_UNIQUE(status), expr, \
                           __VA_ARGS__)
#define ASSIGN_OR_RETURN(lhs, expr, ...)                                   \
  PLIMSOLL_ASSIGN_OR_RETURN(return, PLIMSOLL_UNIQUE(status_or), lhs, expr, \
                                  __VA_ARGS__)
#define CO_ASSIGN_OR_RETURN(lhs, expr, ...)                                   \
  PLIMSOLL_ASSIGN_OR_RETURN(co_return, PLIMSOLL_UNIQUE(status_or), lhs, expr, \
                            __VA_ARGS__)

#define PLIMSOLL_RETURN_IF_ERROR(ret, name, expr, ...)         \
  if (::absl::Status name = (expr); !name.ok()) {              \
    ret ::plimsoll::Annotate(name __VA_OPT__(, ) __VA_ARGS__); \
  }                                                            \
  static_assert(true)
#define PLIMSOLL_ASSIGN_OR_RETURN(ret, name, lhs, expr, ...)            \
  auto name = (expr);                                                   \
  if (!name.ok()) {                                                     \
    ret ::plimsoll::Annotate(name.status() __VA_OPT__(, ) __VA_ARGS__); \
  }                                                                     \
  lhs = *std::move(name)

#define PLIMSOLL_UNIQUE(prefix) PLIMSOLL_CONCAT(prefix##_, __COUNTER__)
#define PLIMSOLL_CONCAT(a, b) PLIMSOLL_CONCAT_INNER(a, b)
#define PLIMSOLL_CONCAT_INNER(a, b) a##b

#endif  // PLIMSOLL_POLICY_STATUS_H_
