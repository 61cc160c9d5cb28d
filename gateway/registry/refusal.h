// The answer to a push that its verdict denies. Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_REFUSAL_H_
#define PLIMSOLL_GATEWAY_REGISTRY_REFUSAL_H_

#include "absl/strings/string_view.h"
#include "gateway/registry/oci_error.h"
#include "policy/verdict.h"

namespace plimsoll {

// 403 DENIED with the verdict's summary and the decision's id, which the reason
// phrase has too. `detail` has the id and every reason, each with its hint in
// brackets; the id alone where the message says all.
OciError RefusalOf(const Verdict& verdict, absl::string_view decision_id);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_REFUSAL_H_
