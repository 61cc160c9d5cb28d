// What every Store must do, whatever keeps its records. The tests are in
// store_*_contract.cc; a test program links them and instantiates StoreContract
// with its stores:
//   INSTANTIATE_TEST_SUITE_P(Fake, StoreContract, testing::Values(...));
#ifndef PLIMSOLL_TESTS_CONTRACT_STORE_CONTRACT_H_
#define PLIMSOLL_TESTS_CONTRACT_STORE_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/store/store.h"
#include "tests/support/decisions.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace plimsoll {

// Makes an empty store, which may keep its files in the directory given.
using StoreFactory = std::function<std::unique_ptr<Store>(const ScratchDir&)>;

class StoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  StoreContract() : store_(GetParam()(directory_)) {}
  Store& store() { return *store_; }

 private:
  ScratchDir directory_;
  std::unique_ptr<Store> store_;
};

std::vector<std::string> IdsOf(const std::vector<StoredDecision>& decisions);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_CONTRACT_STORE_CONTRACT_H_
