// GzipHeader: reads the header of one gzip member (RFC 1952, 2.3), which may
// arrive in pieces of any size. Strict: reserved flag bits, methods other than
// deflate and a wrong header checksum are InvalidArgument; a name or comment
// over 64 KiB is ResourceExhausted. Keeps nothing of what it reads. Not for
// concurrent use.
#ifndef PLIMSOLL_GATEWAY_LAYERS_GZIP_HEADER_H_
#define PLIMSOLL_GATEWAY_LAYERS_GZIP_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxGzipTextBytes = 64 << 10;

class GzipHeader {
 public:
  // Takes the bytes that belong to the header and returns how many they were:
  // all of them while it is not done.
  StatusOr<size_t> Update(absl::string_view bytes);
  bool started() const { return stage_ != Stage::kFixed || filled_ > 0; }
  bool done() const { return stage_ == Stage::kDone; }

 private:
  // In the order of the format.
  enum class Stage {
    kFixed,
    kExtraLength,
    kExtra,
    kName,
    kComment,
    kChecksum,
    kDone
  };

  StatusOr<size_t> TakeRun(absl::string_view bytes);
  // Fills field_ up to `wanted` bytes; returns how many it took.
  size_t Fill(absl::string_view bytes, size_t wanted);
  StatusOr<size_t> TakeText(absl::string_view bytes);
  size_t SkipExtra(absl::string_view bytes);
  Status CheckFixed() const;
  Status CheckChecksum() const;
  // Goes to the next stage that the flags ask for.
  void Advance();
  void AddToChecksum(absl::string_view bytes);
  uint16_t FieldValue() const;

  Stage stage_ = Stage::kFixed;
  std::array<uint8_t, 10> field_ = {};
  size_t filled_ = 0;  // bytes of field_, or of the text
  size_t extra_left_ = 0;
  uint8_t flags_ = 0;
  uint32_t checksum_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_GZIP_HEADER_H_
