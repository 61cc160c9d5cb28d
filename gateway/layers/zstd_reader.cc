#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/layers/body_reader.h"

namespace plimsoll {
namespace {

constexpr size_t kMagicBytes = 4;
constexpr int kLeastWindowLog = 10;
constexpr int kMostWindowLog = 27;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

uint32_t LittleEndian32(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = kMagicBytes; i > 0; --i) {
    value = value << 8 | static_cast<uint8_t>(bytes[i - 1]);
  }
  return value;
}

// Magic numbers are read here as well: Debian's libzstd would decode the
// formats of before 1.0, which no runtime does.
class ZstdReader : public BodyReader {
 public:
  ZstdReader(int window_log, InflatedSink sink)
      : sink_(std::move(sink)),
        window_log_(std::clamp(window_log, kLeastWindowLog, kMostWindowLog)),
        context_(ZSTD_createDCtx()),
        output_(kInflatedPieceBytes) {
    if (context_ != nullptr) {
      ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_);
    }
  }

  Status Update(absl::string_view bytes) override {
    if (context_ == nullptr) return OutOfMemory();
    while (!bytes.empty()) {
      ASSIGN_OR_RETURN(size_t taken,
                       in_frame_ ? Inflate(bytes) : TakeMagic(bytes));
      bytes.remove_prefix(taken);
    }
    return absl::OkStatus();
  }

  Status Finish() override {
    if (in_frame_ || !magic_.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(Where(), ": truncated"));
    }
    return absl::OkStatus();
  }

 private:
  static Status OutOfMemory() {
    return absl::UnavailableError("no memory to inflate zstd with");
  }

  // Gathers the magic number of the next frame and opens the frame with it.
  StatusOr<size_t> TakeMagic(absl::string_view bytes) {
    size_t taken = std::min(bytes.size(), kMagicBytes - magic_.size());
    absl::StrAppend(&magic_, bytes.substr(0, taken));
    if (magic_.size() < kMagicBytes) return taken;
    RETURN_IF_ERROR(CheckMagic(LittleEndian32(magic_)), Where());
    in_frame_ = true;
    RETURN_IF_ERROR(Inflate(magic_).status());
    magic_.clear();
    return taken;
  }

  Status CheckMagic(uint32_t magic) const {
    if (magic == ZSTD_MAGICNUMBER) return absl::OkStatus();
    if ((magic & ZSTD_MAGIC_SKIPPABLE_MASK) != ZSTD_MAGIC_SKIPPABLE_START) {
      return absl::InvalidArgumentError("no zstd magic number");
    }
    if (frames_ > 0) return absl::OkStatus();
    // Some runtimes look for the data frame's magic number only and would take
    // such a body for a plain tar.
    return absl::InvalidArgumentError(
        "starts with a skippable frame, which not all runtimes know");
  }

  // Inflates up to the end of the frame or of `bytes`; returns how many bytes
  // of it belong to the frame.
  StatusOr<size_t> Inflate(absl::string_view bytes) {
    ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
    bool full = false;  // there may be more to come out
    while (in_frame_ && (input.pos < input.size || full)) {
      ZSTD_outBuffer output = {output_.data(), output_.size(), 0};
      size_t hint = ZSTD_decompressStream(context_.get(), &output, &input);
      RETURN_IF_ERROR(Check(hint), Where());
      RETURN_IF_ERROR(sink_(absl::string_view(output_.data(), output.pos)));
      full = output.pos == output.size;
      if (hint == 0) EndFrame();
    }
    return input.pos;
  }

  void EndFrame() {
    in_frame_ = false;
    ++frames_;
  }

  Status Check(size_t code) const {
    if (!ZSTD_isError(code)) return absl::OkStatus();
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_memory_allocation:
        return OutOfMemory();
      case ZSTD_error_frameParameter_windowTooLarge:
        return absl::ResourceExhaustedError(absl::StrCat(
            "needs a window of more than ", 1 << window_log_, " bytes"));
      default:
        return absl::InvalidArgumentError(ZSTD_getErrorName(code));
    }
  }

  std::string Where() const { return absl::StrCat("zstd frame ", frames_ + 1); }

  const InflatedSink sink_;
  const int window_log_;
  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
  std::vector<char> output_;
  std::string magic_;  // of a frame that has not begun
  bool in_frame_ = false;
  int64_t frames_ = 0;
};

}  // namespace

std::unique_ptr<BodyReader> NewZstdReader(int window_log, InflatedSink sink) {
  return std::make_unique<ZstdReader>(window_log, std::move(sink));
}

}  // namespace plimsoll
