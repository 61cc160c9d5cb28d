// TlsSource: the TLS of one listener or of one upstream, read from its files
// and read again when they change: by inode, size and time of change, behind
// symbolic links (Kubernetes swaps those). What cannot be read leaves in place
// what is there, is tried again each time, and is logged where the reason is
// another than before. Its holders are for any thread; all else
// is for one thread. Reading blocks, for small files.
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_SOURCE_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_SOURCE_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/http/tls_context.h"
#include "gateway/http/tls_holder.h"
#include "policy/status.h"

namespace plimsoll {

// What tells one state of a file from another. One that is not there has one,
// too.
struct FileStamp {
  static FileStamp Of(const std::string& path);
  bool operator==(const FileStamp& other) const = default;

  dev_t device = 0;
  ino_t inode = 0;
  off_t size = -1;
  int64_t changed_at = 0;  // nanoseconds
  int64_t modified_at = 0;
};

class TlsSource {
 public:
  // New keys for tickets are made when they are older than this.
  static constexpr absl::Duration kTicketKeysLast = absl::Hours(12);

  // Of the listener that the log and the metrics call `name`, with a context
  // for each of so many loops. Errors as TlsContext's.
  static StatusOr<std::shared_ptr<TlsSource>> Server(
      std::string name, const ServerTlsSettings& settings, size_t loops,
      absl::Time now);
  // Of connections to an upstream; one context for all loops.
  static StatusOr<std::shared_ptr<TlsSource>> Client(
      std::string name, const ClientTlsSettings& settings, absl::Time now);

  // Of that loop. Lives as long as anybody has it.
  std::shared_ptr<const TlsHolder> holder(size_t loop = 0) const {
    return holders_[loop];
  }

  // When the certificate expires that is shown to an upstream;
  // absl::InfiniteFuture() where none is, and of a listener.
  absl::Time client_certificate_expires() const;

  // Reads the files again if they have changed since they were read, or could
  // not be.
  void RenewIfChanged(absl::Time now);
  // Reads the files again, and says what became of it.
  void Renew(absl::Time now);

 private:
  using Contexts = std::vector<std::shared_ptr<const TlsContext>>;
  // What was read, with what it was read from.
  struct Reading {
    Contexts contexts;
    std::vector<FileStamp> stamps;  // of files_
    TicketKeys tickets{};
    absl::Time tickets_since;
  };
  enum class Side { kServer, kClient };
  using Make = std::function<StatusOr<std::shared_ptr<const TlsContext>>(
      const TicketKeys&)>;

  TlsSource(Side side, std::string name, std::vector<std::string> files,
            Make make);
  Status Begin(size_t loops, absl::Time now);
  StatusOr<Reading> Read(size_t count, absl::Time now) const;
  // Uses what it reads; false, and said, where it cannot.
  bool ReadAgain(absl::Time now);
  std::vector<FileStamp> Stamps() const;
  void Keep(Reading reading);
  void SayKept(const Status& why);
  void SayRead() const;

  const Side side_;
  const std::string name_;
  std::vector<std::string> files_;
  const Make make_;
  std::vector<FileStamp> stamps_;  // as of the contexts in use
  TicketKeys tickets_{};
  absl::Time tickets_since_ = absl::InfinitePast();
  absl::Time expires_ = absl::InfiniteFuture();  // as its certificate in use
  std::string said_;  // why what is in use is kept, as logged; else empty
  std::vector<std::shared_ptr<TlsHolder>> holders_;
};

// Everything of a gateway that is read from TLS files.
using TlsSources = std::vector<std::shared_ptr<TlsSource>>;

// Sets the gauge of the certificates that upstreams are shown: to when the
// first of them expires.
void TellUpstreamExpiry(const TlsSources& sources);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_SOURCE_H_
