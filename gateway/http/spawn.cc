#include "gateway/http/spawn.h"

#include <utility>

#include "gateway/observe/log.h"

namespace plimsoll {
namespace {

void LogEnd(absl::string_view name, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    LogError("broken off", {{"work", name}, {"error", error.what()}});
  } catch (...) {
    LogError("broken off", {{"work", name}, {"error", "no std::exception"}});
  }
}

}  // namespace

void Spawn(const asio::any_io_executor& executor, absl::string_view name,
           Task<> task) {
  asio::co_spawn(executor, std::move(task),
                 [name](const std::exception_ptr& thrown) {
                   if (thrown) LogEnd(name, thrown);
                 });
}

}  // namespace plimsoll
