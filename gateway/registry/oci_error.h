// Answers of our own at the registry door: the single map from statuses to HTTP
// status, OCI error code, reason phrase and body. Every answer is JSON
// (distribution spec, "Error Codes"): clients print a bare body badly. Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_OCI_ERROR_H_
#define PLIMSOLL_GATEWAY_REGISTRY_OCI_ERROR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/head.h"
#include "gateway/http/http_error.h"
#include "policy/status.h"

namespace plimsoll {

struct OciError {
  int status = 403;
  std::string code = "DENIED";
  std::string message;  // all that matters, in its first 200 bytes
  std::string detail;   // a string: some clients print nothing else
  int retry_after = 0;  // seconds; 0 for no Retry-After
  // The message in fewer words, for the reason phrase; "" to cut the message.
  std::string phrase = {};
};

// The answer to a status from holding, authorising, gathering or recording:
// Unauthenticated 401 UNAUTHORIZED, PermissionDenied 403 DENIED, DataLoss 400
// DIGEST_INVALID, ResourceExhausted 413 SIZE_INVALID, InvalidArgument 403
// DENIED, DeadlineExceeded 408 UNKNOWN, Unavailable 502 UNAVAILABLE (the
// upstream) or, where that is too busy, 503 with the Retry-After that it asks
// for, Internal 503 UNAVAILABLE with Retry-After (the store), others 503.
OciError ErrorOf(const Status& status);
// The answer to bytes that are no acceptable request.
OciError ErrorOf(const HttpError& error);

// The head of the answer, its reason phrase sanitised ("Denied: base not
// approved") and of 200 bytes at most, with Content-Type and
// Docker-Distribution-Api-Version. Framing is left to the writer.
ResponseHead AnswerHead(const OciError& error);
// {"errors":[{"code":...,"message":...,"detail":...}]}, below 8 KiB: a long
// message or detail is cut between characters.
std::string AnswerBody(const OciError& error);

// `299 - "text"`, quoted, on one line, at most 4096 bytes.
std::string FormatWarning(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_OCI_ERROR_H_
