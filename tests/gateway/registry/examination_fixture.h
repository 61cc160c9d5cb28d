// Examinations of a registry in memory, on a loop of their own.
#ifndef PLIMSOLL_TESTS_GATEWAY_REGISTRY_EXAMINATION_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_REGISTRY_EXAMINATION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/registry/examination.h"
#include "tests/support/http_registry.h"
#include "tests/support/loop_thread.h"

namespace plimsoll {

inline constexpr char kBasic[] = "Basic c2VjcmV0OnNlY3JldA==";

class ExaminationTest : public testing::Test {
 protected:
  using Switches = HttpRegistry::Switches;

  ~ExaminationTest() override {
    loop_.Stop();
    for (const auto& pools : pools_) pools->Clear();
  }

  void Start(Switches switches, HttpRegistry::Override override = nullptr) {
    registry_ = std::make_unique<HttpRegistry>(std::move(switches),
                                               std::move(override));
  }
  // Asks the registry with `credential`, until `until`.
  ProbeClient& Client(const std::string& credential = "",
                      absl::Time until = absl::InfiniteFuture()) {
    pools_.push_back(std::make_unique<UpstreamPools>(
        "upstream", *UpstreamAddress::Parse(registry_->url()),
        *UpstreamTls::New("upstream", {}, {})));
    UpstreamPools& pools = *pools_.back();
    pools.AddLoop(loop_.loop());
    tokens_.push_back(
        std::make_unique<ReadTokens>(pools, credential, absl::Now));
    clients_.push_back(std::make_unique<ProbeClient>(pools, *tokens_.back(),
                                                     "team/scratch", until));
    client_ = clients_.back().get();
    return *client_;
  }
  // Examines the registry with `credential`; what is asked ends at `until`.
  Examination Examine(const std::string& credential = "",
                      absl::Time until = absl::InfiniteFuture()) {
    Client(credential, until);
    return loop_.Wait<Examination>(
        [this] { return plimsoll::Examine(*client_, "n0nce"); });
  }
  // The examination of a registry with these switches alone.
  Examination ExamineWith(Switches switches,
                          const std::string& credential = "") {
    Start(std::move(switches));
    return Examine(credential);
  }

  static ProbeResult Find(const Examination& examination,
                          absl::string_view name) {
    for (const ProbeResult& probe : examination.probes) {
      if (probe.name == name) return probe;
    }
    ADD_FAILURE() << "no probe " << name;
    return {};
  }
  // All that is said, for what must not be in it.
  static std::string Words(const Examination& examination) {
    std::string words;
    for (const ProbeResult& probe : examination.probes) {
      absl::StrAppend(&words, probe.name, "\n", probe.seen, "\n", probe.means,
                      "\n", probe.configure, "\n");
    }
    for (const LeftBehind& each : examination.left) {
      absl::StrAppend(&words, each.name, each.seen, "\n");
    }
    return words;
  }

  LoopThread loop_;
  std::vector<std::unique_ptr<UpstreamPools>> pools_;
  std::vector<std::unique_ptr<ReadTokens>> tokens_;
  std::vector<std::unique_ptr<ProbeClient>> clients_;
  ProbeClient* client_ = nullptr;  // of the examination under way
  std::unique_ptr<HttpRegistry> registry_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_REGISTRY_EXAMINATION_FIXTURE_H_
