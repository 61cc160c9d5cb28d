// ExchangeNotes: what is said of an exchange once it has ended, beside what its
// heads say. For those who look at requests from outside; nothing is decided by
// it. Values.
#ifndef PLIMSOLL_GATEWAY_HTTP_EXCHANGE_NOTES_H_
#define PLIMSOLL_GATEWAY_HTTP_EXCHANGE_NOTES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

// Whose fault it is that an exchange did not go its way to the end.
enum class EndedBy {
  kNobody,
  kClientGone,
  kClientSlow,  // a deadline passed
  kClientMalformed,
  kUpstreamFailed,
  kUpstreamSlow,
};

struct ExchangeNotes {
  absl::string_view route = "none";  // by its name, which is a constant
  absl::string_view upstream;        // its name, which outlives the exchange
  absl::string_view repository;      // within the request's target, as the next
  absl::string_view reference;       // a tag or a digest
  std::string digest;                // of what was pushed
  std::string decision;              // its id, where there was one
  std::string client;                // name of who asks, where it is known
  int upstream_status = 0;           // 0 where the upstream gave no answer
  EndedBy ended_by = EndedBy::kNobody;
};

// "client gone"; "" for nobody.
constexpr absl::string_view EndedByName(EndedBy by) {
  switch (by) {
    case EndedBy::kNobody:
      return "";
    case EndedBy::kClientGone:
      return "client gone";
    case EndedBy::kClientSlow:
      return "client slow";
    case EndedBy::kClientMalformed:
      return "client malformed";
    case EndedBy::kUpstreamFailed:
      return "upstream failed";
    case EndedBy::kUpstreamSlow:
      return "upstream slow";
  }
  return "";
}

// What a failed read or write of the client's stream means.
inline EndedBy ClientEnd(const Status& status) {
  if (absl::IsDeadlineExceeded(status)) return EndedBy::kClientSlow;
  if (absl::IsInvalidArgument(status)) return EndedBy::kClientMalformed;
  return absl::IsUnavailable(status) ? EndedBy::kClientGone : EndedBy::kNobody;
}
// ... and of the upstream's.
inline EndedBy UpstreamEnd(const Status& status) {
  if (absl::IsDeadlineExceeded(status)) return EndedBy::kUpstreamSlow;
  const bool failed = absl::IsUnavailable(status) || absl::IsAborted(status);
  return failed ? EndedBy::kUpstreamFailed : EndedBy::kNobody;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_EXCHANGE_NOTES_H_
