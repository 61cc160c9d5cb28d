// Starts a coroutine that nobody awaits. Coroutines of the shell do not throw,
// but memory can run out under any: such an end is logged with the coroutine's
// name, where Asio alone would forget it.
#ifndef PLIMSOLL_GATEWAY_HTTP_SPAWN_H_
#define PLIMSOLL_GATEWAY_HTTP_SPAWN_H_

#include "absl/strings/string_view.h"
#include "gateway/task.h"

namespace plimsoll {

// `name` outlives the coroutine: a literal. From any thread.
void Spawn(const asio::any_io_executor& executor, absl::string_view name,
           Task<> task);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_SPAWN_H_
