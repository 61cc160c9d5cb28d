#include "gateway/task.h"

#include <boost/asio/io_context.hpp>

namespace plimsoll {

void RunLoop(std::function<Task<>()> task) {
  asio::io_context loop(1);
  asio::co_spawn(loop, task(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}

}  // namespace plimsoll
