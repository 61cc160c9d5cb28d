// One run of a command: an event loop, and the registries and images that the
// command line names. For one thread.
#ifndef PLIMSOLL_GATEWAY_CLI_SESSION_H_
#define PLIMSOLL_GATEWAY_CLI_SESSION_H_

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/cli/flags.h"
#include "gateway/http/loop.h"
#include "gateway/http/read_tokens.h"
#include "gateway/http/upstream.h"
#include "gateway/registry/registry.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// An image that was named on the command line.
struct NamedImage {
  std::shared_ptr<Registry> registry;
  std::string repository;  // "library/debian"; the name of a layout's tag
  std::string tag;         // "" where it was named by digest
  std::string reference;   // what FetchManifest takes
};

class Session {
 public:
  Session() { loop_.StartDeadlines(); }
  // Connections end before their loop; what still runs on it borrows the pools.
  ~Session() {
    for (const auto& pools : pools_) pools->Clear();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // "oci:DIR[:TAG]", "docker-archive:FILE[:REF]" or a registry reference;
  // --plain-http and --credential in `flags` say how to reach a registry.
  StatusOr<NamedImage> Open(const std::string& image, const Flags& flags);

  // The upstream at `address`, reached from this session's loop. `ca_file` as
  // for UpstreamTls::New. Lives as long as the session.
  StatusOr<UpstreamPools*> Reach(std::string name, UpstreamAddress address,
                                 const std::string& ca_file);

  // Runs `task` to its end.
  template <typename T>
  T Run(std::function<Task<T>()> task) {
    std::optional<T> result;
    asio::co_spawn(loop_.executor(), task(),
                   [this, &result](std::exception_ptr, T value) {
                     result.emplace(std::move(value));
                     loop_.io().stop();
                   });
    loop_.io().restart();
    loop_.io().run();
    return *std::move(result);
  }
  Loop& loop() { return loop_; }

 private:
  std::vector<std::unique_ptr<UpstreamPools>> pools_;
  std::vector<std::unique_ptr<ReadTokens>> tokens_;
  Loop loop_;
};

// --plain-http and --credential, for commands that read registries.
inline constexpr FlagSpec kPlainHttp{"plain-http", "",
                                     "reach the registry without TLS"};
inline constexpr FlagSpec kCredential{
    "credential", "FILE", "one line, user:password, for the registry"};
// Where the gateway keeps what it knows unless it is told otherwise.
inline constexpr absl::string_view kDefaultStore = "plimsoll.db";
inline constexpr FlagSpec kStore{"store", "FILE",
                                 "the gateway's SQLite file (plimsoll.db)"};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_SESSION_H_
