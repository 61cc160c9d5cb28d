// Advice: what an operator should look at, beside what a Status says. It
// travels as a payload, so that the log can name a file and a client, who gets
// the message, does not learn of it. Pure.
#ifndef PLIMSOLL_GATEWAY_HTTP_ADVICE_H_
#define PLIMSOLL_GATEWAY_HTTP_ADVICE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

// OK stays as it is.
Status WithAdvice(Status status, absl::string_view advice);
// "" where it carries none.
std::string AdviceOf(const Status& status);
// The status with another code, what it carries included. REQUIRES: neither is
// OK.
Status WithCode(absl::StatusCode code, const Status& status);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_ADVICE_H_
