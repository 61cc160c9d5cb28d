// Reads the head of an upstream's answer: what forwarding and the gateway's own
// requests have in common.
#ifndef PLIMSOLL_GATEWAY_HTTP_ANSWER_H_
#define PLIMSOLL_GATEWAY_HTTP_ANSWER_H_

#include "gateway/http/head.h"
#include "gateway/http/message.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// The next head that is no interim answer. Aborted where the connection ended
// before a byte of an answer: a pooled one that was closed under the request,
// which nobody acted on. DeadlineExceeded past the stream's deadline.
// Unavailable for an answer that is malformed or breaks off, and for interim
// answers without end.
Task<StatusOr<ResponseHead>> ReadAnswerHead(MessageReader& reader);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_ANSWER_H_
