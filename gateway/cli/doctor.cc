// `plimsoll doctor`: pushes a scratch blob and an artifact to a registry and
// says what Plimsoll can do in front of it.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/doctor_text.h"
#include "gateway/cli/session.h"
#include "gateway/credential_file.h"
#include "policy/language/units.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kRepository = "plimsoll-doctor/scratch";
constexpr absl::Duration kTimeout = absl::Minutes(1);
constexpr absl::Duration kMaxTimeout = absl::Minutes(10);

struct Finished {
  DoctorReport report;
  bool interrupted = false;
};

std::string Nonce() {
  std::random_device device;
  return absl::StrFormat("%08x%08x%08x", device(), device(), device());
}

StatusOr<absl::Duration> TimeoutOf(const Flags& flags) {
  if (!flags.Has("timeout")) return kTimeout;
  ASSIGN_OR_RETURN(const absl::Duration timeout,
                   ParseDuration(flags.Get("timeout")), "--timeout");
  if (timeout <= kMaxTimeout) return timeout;
  return absl::InvalidArgumentError("--timeout: 10m at most");
}

// The first signal lets what is under way end, and cleans up; the next ends.
void StopOnSignal(asio::signal_set& signals, ProbeClient& client) {
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    std::fputs("plimsoll doctor: interrupted, removing what was pushed\n",
               stderr);
    client.Stop();
    signals.clear();
  });
}

StatusOr<Finished> Doctor(const Flags& flags) {
  if (flags.positional().size() != 1) {
    return absl::InvalidArgumentError("give one UPSTREAM, as https://HOST");
  }
  Finished finished;
  DoctorReport& report = finished.report;
  ASSIGN_OR_RETURN(const UpstreamAddress address,
                   UpstreamAddress::Parse(flags.positional()[0]));
  report.upstream =
      absl::StrCat(address.tls ? "https://" : "http://", address.Authority());
  report.repository = flags.Get("repository", kRepository);
  report.ca_file = flags.Get("ca");
  if (!IsRepositoryName(report.repository)) {
    return absl::InvalidArgumentError(
        "--repository: write a repository's name, as team/scratch");
  }
  ASSIGN_OR_RETURN(const absl::Duration timeout, TimeoutOf(flags));
  ASSIGN_OR_RETURN(const std::string credential,
                   ReadCredentialFile(flags.Get("credential")));
  Session session;
  ASSIGN_OR_RETURN(UpstreamPools * pools,
                   session.Reach("upstream", address, report.ca_file));
  ReadTokens tokens(*pools, credential, absl::Now);
  ProbeClient client(*pools, tokens, report.repository, absl::Now() + timeout);
  asio::signal_set signals(session.loop().io(), SIGINT, SIGTERM);
  StopOnSignal(signals, client);
  report.examination =
      session.Run<Examination>([&]() { return Examine(client, Nonce()); });
  finished.interrupted = client.stopped();
  return finished;
}

int Run(const Flags& flags) {
  const StatusOr<Finished> finished = Doctor(flags);
  if (!finished.ok()) {
    std::fprintf(stderr, "plimsoll doctor: %s\n",
                 std::string(finished.status().message()).c_str());
    return 1;
  }
  const DoctorReport& report = finished->report;
  if (flags.Get("output", "text") == "json") {
    std::puts(DoctorJson(report).c_str());
  } else {
    std::fputs(DoctorText(report).c_str(), stdout);
  }
  if (finished->interrupted) return 1;
  switch (UsableOf(report.examination)) {
    case Usable::kYes:
    case Usable::kLimited:
      return 0;
    case Usable::kNo:
      return 2;
    case Usable::kUnknown:
      return 1;
  }
  return 1;
}

}  // namespace

Command DoctorCommand() {
  return {"doctor",
          "[flags] UPSTREAM",
          "Says what a registry (https://HOST[:PORT]) can do, what that rules "
          "out and what to configure: pushes scratch content and removes it. "
          "Exit 0 usable, also with limits, 2 not usable, 1 could not be "
          "asked.",
          {{"repository", "NAME", "where to push (plimsoll-doctor/scratch)"},
           {"credential", "FILE",
            "one line, user:password, of somebody who may push there"},
           {"ca", "FILE", "the authority that vouches for the registry"},
           {"timeout", "DURATION", "for all questions (60s)"},
           {"output", "FORMAT", "-o: json is one object", "text|json"}},
          Run};
}

}  // namespace plimsoll
