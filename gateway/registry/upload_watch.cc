#include "gateway/registry/upload_watch.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "policy/oci/artifact.h"

namespace plimsoll {
namespace {

constexpr int64_t kMaxKeeping = 64 << 20;
// How long an upload may be held back: at first, and beside that where it comes
// faster than this. A core inflates some 100 MB of gzip a second.
constexpr absl::Duration kFirstLag = absl::Seconds(1);
constexpr double kLeastBytesPerSecond = 16 << 20;
constexpr absl::Duration kNoLag = absl::ZeroDuration();

bool HasBody(const Exchange& exchange) {
  return exchange.framing.kind != BodyKind::kNone;
}

bool MayBeSmall(const Framing& framing) {
  return framing.kind == BodyKind::kChunked ||
         framing.length <= BlobCache::kMaxBlobBytes;
}

// The beginning of a blob, as its bytes are stored. What follows in another
// request is not seen: facts are of what was, under the digest of just that.
bool MayBeWhole(const Headers& headers) {
  const std::string* range = headers.Find("Content-Range");
  return !headers.Has("Content-Encoding") &&
         (range == nullptr || absl::StartsWith(*range, "0-"));
}

}  // namespace

UploadWatch::UploadWatch(Parts parts, const Exchange& exchange,
                         const Route& route, bool inspects)
    : parts_(parts),
      client_(exchange.peer),
      algorithm_(route.digest ? route.digest->algorithm()
                              : Digest::Algorithm::kSha256),
      may_be_small_(HasBody(exchange) && MayBeSmall(exchange.framing)),
      may_be_layer_(inspects && HasBody(exchange) &&
                    MayBeWhole(exchange.head.headers)) {}

UploadWatch::~UploadWatch() { DropSmall(); }

Task<bool> UploadWatch::See(absl::string_view bytes) {
  if (may_be_layer_) StartTee(bytes);
  if (may_be_small_) Collect(bytes);
  if (tee_ != nullptr) co_await Inspect(bytes);
  co_return interested();
}

Task<> UploadWatch::Keep() {
  if (!small_.empty()) parts_.blobs.Put(std::move(small_));
  DropSmall();
  if (tee_ == nullptr) co_return;
  StatusOr<LayerFacts> facts = co_await tee_->Finish();
  tee_.reset();
  // Without them the layer is read back.
  if (facts.ok()) (void)co_await parts_.keep_facts(*std::move(facts));
}

void UploadWatch::Collect(absl::string_view bytes) {
  const auto size = static_cast<int64_t>(bytes.size());
  charged_ += size;
  const bool over = parts_.keeping.fetch_add(size) + size > kMaxKeeping ||
                    small_.size() + bytes.size() > BlobCache::kMaxBlobBytes;
  if (over) return DropSmall();
  small_.append(bytes.data(), bytes.size());
}

void UploadWatch::DropSmall() {
  may_be_small_ = false;
  small_ = std::string();
  parts_.keeping.fetch_sub(std::exchange(charged_, 0));
}

void UploadWatch::StartTee(absl::string_view first_bytes) {
  may_be_layer_ = false;
  if (!HasLayerMagic(first_bytes)) return;
  tee_ = parts_.inspector.NewTee(client_, algorithm_);
  if (tee_ != nullptr)
    DropSmall();  // its facts are kept, so that it need not be
}

// The workers are everybody's: who waits for them longer than its own bytes can
// explain passes uninspected. What else is wrong with a layer is for the push
// of its manifest to say.
Task<> UploadWatch::Inspect(absl::string_view bytes) {
  const absl::Time begun = absl::Now();
  const absl::Duration may =
      kFirstLag +
      absl::Seconds(static_cast<double>(inspected_) / kLeastBytesPerSecond);
  const Status status =
      co_await tee_->Update(bytes, begun + std::max(may - lagged_, kNoLag));
  lagged_ += absl::Now() - begun;
  inspected_ += static_cast<int64_t>(bytes.size());
  if (absl::IsDeadlineExceeded(status)) tee_.reset();
}

}  // namespace plimsoll
