#include "gateway/http/tls_source.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

int64_t Nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

double GaugeOf(absl::Time expires) {
  if (expires == absl::InfiniteFuture()) return 0;
  return absl::ToDoubleSeconds(expires - absl::UnixEpoch());
}

}  // namespace

FileStamp FileStamp::Of(const std::string& path) {
  struct stat found {};
  FileStamp stamp;
  if (stat(path.c_str(), &found) != 0) return stamp;
  stamp.device = found.st_dev;
  stamp.inode = found.st_ino;
  stamp.size = found.st_size;
  stamp.changed_at = Nanoseconds(found.st_ctim);
  stamp.modified_at = Nanoseconds(found.st_mtim);
  return stamp;
}

TlsSource::TlsSource(Side side, std::string name,
                     std::vector<std::string> files, Make make)
    : side_(side), name_(std::move(name)), make_(std::move(make)) {
  for (std::string& file : files) {
    if (!file.empty()) files_.push_back(std::move(file));
  }
}

StatusOr<std::shared_ptr<TlsSource>> TlsSource::Server(
    std::string name, const ServerTlsSettings& settings, size_t loops,
    absl::Time now) {
  std::shared_ptr<TlsSource> source(new TlsSource(
      Side::kServer, std::move(name),
      {settings.certificate_file, settings.key_file, settings.client_ca_file},
      [settings](const TicketKeys& tickets) {
        return TlsContext::Server(settings, tickets);
      }));
  RETURN_IF_ERROR(source->Begin(loops, now));
  return source;
}

StatusOr<std::shared_ptr<TlsSource>> TlsSource::Client(
    std::string name, const ClientTlsSettings& settings, absl::Time now) {
  std::shared_ptr<TlsSource> source(new TlsSource(
      Side::kClient, std::move(name),
      {settings.ca_file, settings.certificate_file, settings.key_file},
      [settings](const TicketKeys&) { return TlsContext::Client(settings); }));
  RETURN_IF_ERROR(source->Begin(1, now));
  return source;
}

Status TlsSource::Begin(size_t loops, absl::Time now) {
  ASSIGN_OR_RETURN(Reading reading, Read(loops, now));
  for (const auto& context : reading.contexts) {
    holders_.push_back(std::make_shared<TlsHolder>(context));
  }
  Keep(std::move(reading));
  return absl::OkStatus();
}

absl::Time TlsSource::client_certificate_expires() const {
  return side_ == Side::kClient ? expires_ : absl::InfiniteFuture();
}

void TlsSource::RenewIfChanged(absl::Time now) {
  const bool changed = Stamps() != stamps_;
  if (!changed && now - tickets_since_ < kTicketKeysLast) {
    said_.clear();  // the files are again what they were
    return;
  }
  // New keys for tickets are no news to anybody.
  if (ReadAgain(now) && changed) SayRead();
}

void TlsSource::Renew(absl::Time now) {
  said_.clear();
  if (ReadAgain(now)) SayRead();
}

bool TlsSource::ReadAgain(absl::Time now) {
  StatusOr<Reading> reading = Read(holders_.size(), now);
  if (!reading.ok()) {
    SayKept(reading.status());
    return false;
  }
  for (size_t i = 0; i < holders_.size(); ++i) {
    holders_[i]->Swap(reading->contexts[i]);
  }
  Keep(*std::move(reading));
  return true;
}

StatusOr<TlsSource::Reading> TlsSource::Read(size_t count,
                                             absl::Time now) const {
  Reading reading;
  // Before the files are: what changes meanwhile is read the next time.
  reading.stamps = Stamps();
  reading.tickets = tickets_;
  reading.tickets_since = tickets_since_;
  if (now - tickets_since_ >= kTicketKeysLast) {
    ASSIGN_OR_RETURN(reading.tickets, TicketKeys::New(), name_);
    reading.tickets_since = now;
  }
  for (size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(auto context, make_(reading.tickets), name_);
    reading.contexts.push_back(std::move(context));
  }
  return reading;
}

std::vector<FileStamp> TlsSource::Stamps() const {
  std::vector<FileStamp> stamps;
  for (const std::string& file : files_) stamps.push_back(FileStamp::Of(file));
  return stamps;
}

// Of what the holders have by now.
void TlsSource::Keep(Reading reading) {
  stamps_ = std::move(reading.stamps);
  tickets_ = reading.tickets;
  tickets_since_ = reading.tickets_since;
  said_.clear();
  expires_ = reading.contexts.front()->expires();
  // The gauge is of listeners.
  if (side_ == Side::kServer) {
    metrics::tls_certificate_expiry.Set(GaugeOf(expires_), {name_});
  }
}

void TlsSource::SayKept(const Status& why) {
  if (why.message() == said_) return;
  said_ = std::string(why.message());
  LogError("tls", {{"of", name_},
                   {"error", said_},
                   {"effect", "what was read before stays in use"}});
}

void TlsSource::SayRead() const {
  if (files_.empty()) return;
  LogInfo("tls", {{"of", name_},
                  {"files", absl::StrJoin(files_, " ")},
                  {"effect", "new connections use what was read"}});
}

void TellUpstreamExpiry(const TlsSources& sources) {
  absl::Time first = absl::InfiniteFuture();
  for (const auto& source : sources) {
    first = std::min(first, source->client_certificate_expires());
  }
  metrics::upstream_certificate_expiry.Set(GaugeOf(first));
}

}  // namespace plimsoll
