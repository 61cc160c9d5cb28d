// store_crash_child FILE PREFIX: serves from FILE and records intents, many at
// a time and without end, until it is killed. Writes the number of each to
// stdout once it is acknowledged; its id is PREFIX-NUMBER, its evidence "of
// PREFIX-NUMBER".
#include <unistd.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/sqlite_store.h"
#include "tests/support/decisions.h"

namespace plimsoll {
namespace {

constexpr int kWriters = 16;

Task<> Record(SqliteStore& store, const std::string& prefix, int& next) {
  while (true) {
    int number = next++;
    std::string id = absl::StrCat(prefix, "-", number);
    std::string evidence = absl::StrCat("of ", id);
    v1::Decision decision = DecisionOf(id, evidence);
    Status status =
        co_await store.RecordIntent(std::move(decision), EvidenceOf(evidence));
    if (!status.ok()) continue;
    std::string line = absl::StrCat(number, "\n");
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) co_return;
  }
}

int Run(const std::string& path, const std::string& prefix) {
  SqliteOptions options;
  options.path = path;
  options.serve = true;
  StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(options);
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
    return 1;
  }
  asio::io_context loop(1);
  int next = 0;
  for (int i = 0; i < kWriters; ++i) {
    asio::co_spawn(loop, Record(**store, prefix, next), asio::detached);
  }
  loop.run();
  return 0;
}

}  // namespace
}  // namespace plimsoll

int main(int argc, char** argv) {
  return argc == 3 ? plimsoll::Run(argv[1], argv[2]) : 2;
}
