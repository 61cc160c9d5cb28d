#include "gateway/layers/gzip_header.h"

#include <isa-l/crc.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr size_t kFixedBytes = 10;
constexpr uint8_t kDeflate = 8;

// FLG (RFC 1952, 2.3.1); bit 0, FTEXT, says nothing that matters.
constexpr uint8_t kHasChecksum = 1 << 1;
constexpr uint8_t kHasExtra = 1 << 2;
constexpr uint8_t kHasName = 1 << 3;
constexpr uint8_t kHasComment = 1 << 4;
constexpr uint8_t kReserved = 0xe0;

}  // namespace

StatusOr<size_t> GzipHeader::Update(absl::string_view bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && !done()) {
    ASSIGN_OR_RETURN(size_t run, TakeRun(bytes.substr(taken)));
    taken += run;
  }
  return taken;
}

StatusOr<size_t> GzipHeader::TakeRun(absl::string_view bytes) {
  size_t taken = 0;
  switch (stage_) {
    case Stage::kFixed:
      taken = Fill(bytes, kFixedBytes);
      if (filled_ < kFixedBytes) return taken;
      RETURN_IF_ERROR(CheckFixed());
      flags_ = field_[3];
      break;
    case Stage::kExtraLength:
      taken = Fill(bytes, 2);
      if (filled_ < 2) return taken;
      extra_left_ = FieldValue();
      break;
    case Stage::kChecksum:
      taken = Fill(bytes, 2);
      if (filled_ < 2) return taken;
      RETURN_IF_ERROR(CheckChecksum());
      break;
    case Stage::kExtra:
      taken = SkipExtra(bytes);
      if (extra_left_ > 0) return taken;
      break;
    case Stage::kName:
    case Stage::kComment:
      return TakeText(bytes);
    case Stage::kDone:
      return taken;
  }
  Advance();
  return taken;
}

size_t GzipHeader::Fill(absl::string_view bytes, size_t wanted) {
  size_t taken = std::min(bytes.size(), wanted - filled_);
  std::memcpy(field_.data() + filled_, bytes.data(), taken);
  filled_ += taken;
  if (stage_ != Stage::kChecksum) AddToChecksum(bytes.substr(0, taken));
  return taken;
}

StatusOr<size_t> GzipHeader::TakeText(absl::string_view bytes) {
  size_t end = bytes.find('\0');
  bool ended = end != absl::string_view::npos;
  size_t taken = ended ? end + 1 : bytes.size();
  filled_ += taken;
  if (filled_ > kMaxGzipTextBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a name or comment is over ", kMaxGzipTextBytes, " bytes"));
  }
  AddToChecksum(bytes.substr(0, taken));
  if (ended) Advance();
  return taken;
}

size_t GzipHeader::SkipExtra(absl::string_view bytes) {
  size_t taken = std::min(bytes.size(), extra_left_);
  extra_left_ -= taken;
  AddToChecksum(bytes.substr(0, taken));
  return taken;
}

Status GzipHeader::CheckFixed() const {
  if (field_[0] != 0x1f || field_[1] != 0x8b) {
    return absl::InvalidArgumentError("no gzip magic number");
  }
  if (field_[2] != kDeflate) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown compression method ", field_[2]));
  }
  if ((field_[3] & kReserved) != 0) {
    return absl::InvalidArgumentError("reserved flag bits are set");
  }
  return absl::OkStatus();
}

Status GzipHeader::CheckChecksum() const {
  if (FieldValue() != (checksum_ & 0xffff)) {
    return absl::InvalidArgumentError("header checksum does not match");
  }
  return absl::OkStatus();
}

void GzipHeader::Advance() {
  const auto wanted = [this](Stage stage) {
    switch (stage) {
      case Stage::kExtraLength:
        return (flags_ & kHasExtra) != 0;
      case Stage::kExtra:
        return extra_left_ > 0;
      case Stage::kName:
        return (flags_ & kHasName) != 0;
      case Stage::kComment:
        return (flags_ & kHasComment) != 0;
      case Stage::kChecksum:
        return (flags_ & kHasChecksum) != 0;
      default:
        return true;
    }
  };
  do {
    stage_ = static_cast<Stage>(static_cast<int>(stage_) + 1);
  } while (!wanted(stage_));
  filled_ = 0;
}

void GzipHeader::AddToChecksum(absl::string_view bytes) {
  auto* start = const_cast<unsigned char*>(  // ISA-L reads only
      reinterpret_cast<const unsigned char*>(bytes.data()));
  checksum_ = crc32_gzip_refl(checksum_, start, bytes.size());
}

uint16_t GzipHeader::FieldValue() const {
  return static_cast<uint16_t>(field_[0] | field_[1] << 8);
}

}  // namespace plimsoll
