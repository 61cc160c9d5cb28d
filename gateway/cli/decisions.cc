// `plimsoll decisions` and `plimsoll explain`.
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/admission/decision.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/explain_text.h"
#include "gateway/cli/session.h"
#include "gateway/store/sqlite_store.h"
#include "policy/language/units.h"

namespace plimsoll {
namespace {

v1::Decision WithForward(const StoredDecision& stored) {
  v1::Decision decision = stored.decision;
  v1::Forward* forward = decision.mutable_forward();
  forward->set_state(std::string(ForwardStateName(stored.state)));
  forward->set_status(stored.result.status);
  forward->set_detail(stored.result.detail);
  forward->set_reconciled(stored.result.reconciled);
  return decision;
}

StatusOr<DecisionFilter> ReadFilter(const Flags& flags) {
  DecisionFilter filter;
  filter.repository = flags.Get("repository");
  filter.digest = flags.Get("digest");
  filter.outcome = flags.Get("outcome");
  filter.door = flags.Get("door");
  if (flags.Has("state")) filter.state = ParseForwardState(flags.Get("state"));
  if (flags.Has("since")) {
    ASSIGN_OR_RETURN(const absl::Duration age,
                     ParseDuration(flags.Get("since")), "--since");
    filter.since = absl::Now() - age;
  }
  if (!absl::SimpleAtoi(flags.Get("limit", "100"), &filter.limit)) {
    return absl::InvalidArgumentError("--limit: write a number");
  }
  return filter;
}

StatusOr<std::vector<StoredDecision>> Read(const Flags& flags) {
  ASSIGN_OR_RETURN(const DecisionFilter filter, ReadFilter(flags));
  const SqliteOptions options{flags.Get("store", kDefaultStore), false};
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(options));
  using Result = StatusOr<std::vector<StoredDecision>>;
  return RunBlocking<Result>([&]() -> Task<Result> {
    co_return co_await store->ListDecisions(filter);
  });
}

int Fail(absl::string_view command, const Status& status) {
  std::fprintf(stderr, "plimsoll %s: %s\n", std::string(command).c_str(),
               std::string(status.message()).c_str());
  return 1;
}

int RunDecisions(const Flags& flags) {
  const StatusOr<std::vector<StoredDecision>> decisions = Read(flags);
  if (!decisions.ok()) return Fail("decisions", decisions.status());
  const bool json = flags.Get("output", "text") == "json";
  for (const StoredDecision& stored : *decisions) {
    const v1::Decision decision = WithForward(stored);
    if (json) {
      std::puts(DecisionJson(decision).c_str());
    } else {
      std::fputs(ListText(decision).c_str(), stdout);
    }
  }
  return 0;
}

StatusOr<v1::Decision> Find(const Flags& flags) {
  if (flags.positional().size() != 1) {
    return absl::InvalidArgumentError("give one DECISION");
  }
  const SqliteOptions options{flags.Get("store", kDefaultStore), false};
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(options));
  using Result = StatusOr<StoredDecision>;
  ASSIGN_OR_RETURN(
      const StoredDecision stored, RunBlocking<Result>([&]() -> Task<Result> {
        co_return co_await store->FindDecision(flags.positional()[0]);
      }));
  return WithForward(stored);
}

int RunExplain(const Flags& flags) {
  const StatusOr<v1::Decision> decision = Find(flags);
  if (!decision.ok()) return Fail("explain", decision.status());
  if (flags.Get("output", "text") == "json") {
    std::puts(DecisionJson(*decision).c_str());
  } else {
    std::fputs(ExplainText(*decision).c_str(), stdout);
  }
  return 0;
}

constexpr FlagSpec kOutput{"output", "FORMAT",
                           "-o: json is one decision a line", "text|json"};

}  // namespace

Command DecisionsCommand() {
  return {"decisions",
          "[flags]",
          "Lists what was decided, newest first.",
          {{"repository", "NAME", "of this repository only"},
           {"digest", "DIGEST", "of this manifest only"},
           {"outcome", "OUTCOME", "that came out so", "admit|warn|deny|staged"},
           {"door", "DOOR", "of this door only", "push|grpc|webhook|check"},
           {"state", "STATE", "what became of it; none of a refusal",
            "none|intent|forwarded|superseded|absent|unknown"},
           {"since", "AGE", "at most so old: 24h, 30d"},
           {"limit", "N", "at most so many (100)"},
           kOutput,
           kStore},
          RunDecisions};
}

Command ExplainCommand() {
  return {"explain",
          "DECISION",
          "Tells why one decision came out as it did.",
          {kOutput, kStore},
          RunExplain};
}

}  // namespace plimsoll
