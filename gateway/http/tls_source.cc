#include "gateway/http/tls_source.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_join.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

int64_t Nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
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

TlsSource::TlsSource(std::string name, std::vector<std::string> files,
                     Make make)
    : name_(std::move(name)), make_(std::move(make)) {
  for (std::string& file : files) {
    if (!file.empty()) files_.push_back(std::move(file));
  }
}

StatusOr<std::shared_ptr<TlsSource>> TlsSource::Server(
    std::string name, const ServerTlsSettings& settings, size_t loops,
    absl::Time now) {
  std::shared_ptr<TlsSource> source(new TlsSource(
      std::move(name),
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
      std::move(name),
      {settings.ca_file, settings.certificate_file, settings.key_file},
      [settings](const TicketKeys&) { return TlsContext::Client(settings); }));
  RETURN_IF_ERROR(source->Begin(1, now));
  return source;
}

Status TlsSource::Begin(size_t loops, absl::Time now) {
  ASSIGN_OR_RETURN(const Contexts contexts, Read(loops, now));
  for (const auto& context : contexts) {
    holders_.push_back(std::make_shared<TlsHolder>(context));
  }
  CountExpiry(*contexts.front());
  return absl::OkStatus();
}

void TlsSource::RenewIfChanged(absl::Time now) {
  const bool changed = Stamps() != stamps_;
  if (changed) return Renew(now);
  if (now - tickets_since_ < kTicketKeysLast) return;
  // No news to anybody, unless it fails.
  const StatusOr<Contexts> contexts = Read(holders_.size(), now);
  if (!contexts.ok()) return SayKept(contexts.status());
  Use(*contexts);
}

void TlsSource::Renew(absl::Time now) {
  const StatusOr<Contexts> contexts = Read(holders_.size(), now);
  if (!contexts.ok()) return SayKept(contexts.status());
  Use(*contexts);
  if (files_.empty()) return;
  LogInfo("tls", {{"of", name_},
                  {"files", absl::StrJoin(files_, " ")},
                  {"effect", "new connections use what was read"}});
}

StatusOr<TlsSource::Contexts> TlsSource::Read(size_t count, absl::Time now) {
  // Before the files are: what changes meanwhile is read the next time.
  stamps_ = Stamps();
  if (now - tickets_since_ >= kTicketKeysLast) {
    tickets_ = TicketKeys::New();
    tickets_since_ = now;
  }
  Contexts contexts;
  for (size_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(auto context, make_(tickets_), name_);
    contexts.push_back(std::move(context));
  }
  return contexts;
}

std::vector<FileStamp> TlsSource::Stamps() const {
  std::vector<FileStamp> stamps;
  for (const std::string& file : files_) stamps.push_back(FileStamp::Of(file));
  return stamps;
}

void TlsSource::Use(const Contexts& contexts) {
  for (size_t i = 0; i < contexts.size(); ++i) holders_[i]->Swap(contexts[i]);
  CountExpiry(*contexts.front());
}

void TlsSource::SayKept(const Status& why) const {
  LogError("tls", {{"of", name_},
                   {"error", why.message()},
                   {"effect", "what was read before stays in use"}});
}

void TlsSource::CountExpiry(const TlsContext& context) const {
  if (context.expires() == absl::InfiniteFuture()) return;
  metrics::tls_certificate_expiry.Set(
      absl::ToDoubleSeconds(context.expires() - absl::UnixEpoch()), {name_});
}

}  // namespace plimsoll
