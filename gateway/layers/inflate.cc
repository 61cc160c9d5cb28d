#include "gateway/layers/inflate.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/layers/body_reader.h"
#include "gateway/layers/tar_header.h"

namespace plimsoll {
namespace {

constexpr size_t kMagicBytes = 4;
// Stored bytes are taken in pieces, so that a ratio is seen early whatever the
// caller's pieces are.
constexpr size_t kStoredPieceBytes = 64 << 10;
constexpr int64_t kRatioFromBytes = 1 << 20;

// The compression whose magic number `head` starts with. Runtimes look at the
// same bytes, in this order.
Compression Sniff(absl::string_view head) {
  if (absl::StartsWith(head, "\x1f\x8b")) return Compression::kGzip;
  if (absl::StartsWith(head, "\x28\xb5\x2f\xfd")) return Compression::kZstd;
  // A skippable frame; the reader refuses it with the reason.
  bool is_skippable = (static_cast<uint8_t>(head[0]) & 0xf0) == 0x50 &&
                      absl::EndsWith(head.substr(0, kMagicBytes),
                                     absl::string_view("\x2a\x4d\x18", 3));
  return is_skippable ? Compression::kZstd : Compression::kNone;
}

Status NotAnArchive(absl::string_view head) {
  absl::string_view found = "no gzip, zstd or tar archive";
  if (absl::StartsWith(head, "BZh")) found = "a bzip2 archive";
  if (absl::StartsWith(head,
                       "\xfd"
                       "7zXZ"))
    found = "an xz archive";
  return absl::InvalidArgumentError(
      absl::StrCat("layer is ", found, "; build it with gzip or zstd"));
}

class Reader : public LayerReader {
 public:
  Reader(const InflateLimits& limits, Digest::Algorithm algorithm)
      : limits_(limits), algorithm_(algorithm), stored_hasher_(algorithm) {}

  Status Update(absl::string_view bytes) override {
    for (; !bytes.empty();
         bytes.remove_prefix(std::min(bytes.size(), kStoredPieceBytes))) {
      absl::string_view piece = bytes.substr(0, kStoredPieceBytes);
      stored_hasher_.Update(piece);
      stored_size_ += static_cast<int64_t>(piece.size());
      if (status_.ok()) status_ = Read(piece);
    }
    return status_;
  }

  StatusOr<LayerFacts> Finish() override {
    stored_digest_ = stored_hasher_.Finish();
    RETURN_IF_ERROR(status_);
    RETURN_IF_ERROR(CheckEnd());
    LayerFacts facts = {*stored_digest_, StoredIsInflated()
                                             ? *stored_digest_
                                             : diff_hasher_.Finish()};
    facts.size = stored_size_;
    facts.inflated_size = inflated_size_;
    facts.compression = compression_;
    return facts;
  }

  const Digest& stored_digest() const override { return *stored_digest_; }
  int64_t stored_size() const override { return stored_size_; }

 private:
  Status Read(absl::string_view piece) {
    if (body_ != nullptr) return body_->Update(piece);
    absl::StrAppend(&head_, piece);
    if (head_.size() < kMagicBytes) return absl::OkStatus();
    OpenBody();
    std::string head = std::exchange(head_, "");
    return body_->Update(head);
  }

  void OpenBody() {
    auto sink = [this](absl::string_view bytes) { return Take(bytes); };
    compression_ = Sniff(head_);
    switch (compression_) {
      case Compression::kGzip:
        body_ = NewGzipReader(sink);
        return;
      case Compression::kZstd:
        body_ = NewZstdReader(limits_.zstd_window_log, sink);
        return;
      case Compression::kNone:
        body_ = NewPlainReader(sink);
        return;
    }
  }

  // A plain tar's diff ID is its digest: one hash does for both.
  bool StoredIsInflated() const {
    return compression_ == Compression::kNone &&
           algorithm_ == Digest::Algorithm::kSha256;
  }

  // Inflated bytes, in order.
  Status Take(absl::string_view bytes) {
    inflated_size_ += static_cast<int64_t>(bytes.size());
    RETURN_IF_ERROR(CheckLimits());
    if (!StoredIsInflated()) diff_hasher_.Update(bytes);
    if (first_block_.size() == kTarBlockBytes) return absl::OkStatus();
    absl::StrAppend(&first_block_,
                    bytes.substr(0, kTarBlockBytes - first_block_.size()));
    return first_block_.size() < kTarBlockBytes ? absl::OkStatus()
                                                : CheckStart();
  }

  Status CheckLimits() const {
    if (inflated_size_ > limits_.max_inflated_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("layer inflates to more than ",
                       limits_.max_inflated_bytes, " bytes"));
    }
    if (inflated_size_ > kRatioFromBytes &&
        inflated_size_ / std::max<int64_t>(1, limits_.max_ratio) >
            stored_size_) {
      return absl::ResourceExhaustedError(
          absl::StrCat("layer inflates to more than ", limits_.max_ratio,
                       " times its size"));
    }
    return absl::OkStatus();
  }

  Status CheckStart() const {
    if (StartsTar(first_block_)) return absl::OkStatus();
    if (compression_ == Compression::kNone) return NotAnArchive(first_block_);
    return absl::InvalidArgumentError(absl::StrCat(
        "layer inflates (", CompressionName(compression_), ") to no tar"));
  }

  Status CheckEnd() {
    if (body_ == nullptr) return NotAnArchive(head_);
    RETURN_IF_ERROR(body_->Finish());
    return CheckStart();
  }

  const InflateLimits limits_;
  const Digest::Algorithm algorithm_;
  Status status_;
  Hasher stored_hasher_;
  std::optional<Digest> stored_digest_;
  int64_t stored_size_ = 0;
  std::string head_;  // until there is enough to tell the compression
  Compression compression_ = Compression::kNone;
  std::unique_ptr<BodyReader> body_;
  Hasher diff_hasher_;
  int64_t inflated_size_ = 0;
  std::string first_block_;  // of the tar
};

class PlainReader : public BodyReader {
 public:
  explicit PlainReader(InflatedSink sink) : sink_(std::move(sink)) {}
  Status Update(absl::string_view bytes) override { return sink_(bytes); }
  Status Finish() override { return absl::OkStatus(); }

 private:
  const InflatedSink sink_;
};

}  // namespace

std::unique_ptr<BodyReader> NewPlainReader(InflatedSink sink) {
  return std::make_unique<PlainReader>(std::move(sink));
}

std::unique_ptr<LayerReader> LayerReader::New(const InflateLimits& limits,
                                              Digest::Algorithm algorithm) {
  return std::make_unique<Reader>(limits, algorithm);
}

}  // namespace plimsoll
