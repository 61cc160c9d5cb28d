#include <isa-l/igzip_lib.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/layers/body_reader.h"
#include "gateway/layers/gzip_header.h"

namespace plimsoll {
namespace {

absl::string_view InflateFault(int code) {
  switch (code) {
    case ISAL_INVALID_BLOCK:
      return "invalid deflate block";
    case ISAL_INVALID_SYMBOL:
      return "invalid deflate symbol";
    case ISAL_INVALID_LOOKBACK:
      return "distance reaches before the start";
    case ISAL_INCORRECT_CHECKSUM:
      return "checksum or size in the trailer does not match";
    default:
      return "malformed deflate stream";
  }
}

// ISA-L inflates and checks each member's trailer. Headers are read here:
// ISA-L takes reserved flags, and refuses a header that comes in pieces.
class GzipReader : public BodyReader {
 public:
  explicit GzipReader(InflatedSink sink)
      : sink_(std::move(sink)),
        state_(std::make_unique<inflate_state>()),
        output_(kInflatedPieceBytes) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

  Status Update(absl::string_view bytes) override {
    while (!bytes.empty()) {
      if (header_.done()) {
        ASSIGN_OR_RETURN(size_t taken, Inflate(bytes));
        bytes.remove_prefix(taken);
      } else {
        ASSIGN_OR_RETURN(size_t taken, header_.Update(bytes), Where());
        bytes.remove_prefix(taken);
      }
    }
    return absl::OkStatus();
  }

  Status Finish() override {
    if (header_.started()) {
      return absl::InvalidArgumentError(absl::StrCat(Where(), ": truncated"));
    }
    return absl::OkStatus();
  }

 private:
  // Inflates up to the end of the member or of `bytes`; returns how many bytes
  // of it belong to the member.
  StatusOr<size_t> Inflate(absl::string_view bytes) {
    state_->next_in = const_cast<uint8_t*>(  // ISA-L reads only
        reinterpret_cast<const uint8_t*>(bytes.data()));
    state_->avail_in = static_cast<uint32_t>(bytes.size());
    do {
      RETURN_IF_ERROR(InflatePiece());
      if (state_->block_state == ISAL_BLOCK_FINISH) return EndMember(bytes);
    } while (state_->avail_in > 0 || state_->avail_out == 0);
    return bytes.size();
  }

  Status InflatePiece() {
    state_->next_out = output_.data();
    state_->avail_out = static_cast<uint32_t>(output_.size());
    int code = isal_inflate(state_.get());
    if (code != ISAL_DECOMP_OK) {
      return absl::InvalidArgumentError(
          absl::StrCat(Where(), ": ", InflateFault(code)));
    }
    size_t size = output_.size() - state_->avail_out;
    return sink_(
        absl::string_view(reinterpret_cast<const char*>(output_.data()), size));
  }

  StatusOr<size_t> EndMember(absl::string_view bytes) {
    const size_t left = state_->avail_in;
    if (left > bytes.size()) {
      return absl::InternalError("the inflater gave back more than it got");
    }
    ++members_;
    header_ = GzipHeader();
    isal_inflate_reset(state_.get());
    return bytes.size() - left;
  }

  std::string Where() const {
    if (members_ > 0 && !header_.done()) {
      return absl::StrCat("after gzip member ", members_);
    }
    return absl::StrCat("gzip member ", members_ + 1);
  }

  const InflatedSink sink_;
  GzipHeader header_;
  int64_t members_ = 0;
  std::unique_ptr<inflate_state> state_;
  std::vector<uint8_t> output_;
};

}  // namespace

std::unique_ptr<BodyReader> NewGzipReader(InflatedSink sink) {
  return std::make_unique<GzipReader>(std::move(sink));
}

}  // namespace plimsoll
