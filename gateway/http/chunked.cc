#include "gateway/http/chunked.h"

#include <algorithm>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/headers.h"

namespace plimsoll {
namespace {

constexpr int kMaxSizeDigits = 16;
constexpr size_t kMaxTrailerBytes = 4 * 1024;
constexpr uint64_t kMaxBody = std::numeric_limits<int64_t>::max();

// -1 where `c` is no hex digit.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Whether a trailer line may be dropped in silence. One that frames or routes
// was meant for somebody who merges trailers into the head.
bool IsHarmlessTrailer(absl::string_view line) {
  size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return false;
  absl::string_view name = line.substr(0, colon);
  if (!IsToken(name) || !IsLineText(line.substr(colon + 1))) return false;
  for (absl::string_view never :
       {"Authorization", "Connection", "Content-Encoding", "Content-Length",
        "Content-Range", "Content-Type", "Host", "Trailer",
        "Transfer-Encoding"}) {
    if (IsSameName(name, never)) return false;
  }
  return true;
}

}  // namespace

HttpOr<ChunkDecoder::Step> ChunkDecoder::Next(absl::string_view in) {
  Step step;
  while (step.consumed < in.size() && state_ != State::kDone) {
    if (state_ == State::kData) {
      step.data = in.substr(step.consumed, remaining_);
      step.consumed += step.data.size();
      remaining_ -= step.data.size();
      total_ += step.data.size();
      if (remaining_ == 0) state_ = State::kDataCr;
      return step;
    }
    if (!Take(in[step.consumed])) {
      state_ = State::kFailed;
      return HttpError{400, "the chunked body is malformed"};
    }
    ++step.consumed;
  }
  return step;
}

bool ChunkDecoder::Take(char c) {
  switch (state_) {
    case State::kSize:
      return TakeSize(c);
    case State::kSizeLf:
      return c == '\n' && EndSize();
    case State::kDataCr:
      state_ = State::kDataLf;
      return c == '\r';
    case State::kDataLf:
      state_ = State::kSize;
      return c == '\n';
    case State::kTrailer:
      return TakeTrailer(c);
    case State::kTrailerLf:
      return c == '\n' && EndTrailer();
    default:
      return false;
  }
}

bool ChunkDecoder::TakeSize(char c) {
  if (c == '\r') {
    state_ = State::kSizeLf;
    return digits_ > 0;
  }
  int value = HexValue(c);
  if (value < 0 || ++digits_ > kMaxSizeDigits) return false;
  remaining_ = remaining_ * 16 + static_cast<uint64_t>(value);
  return true;
}

bool ChunkDecoder::EndSize() {
  digits_ = 0;
  state_ = remaining_ == 0 ? State::kTrailer : State::kData;
  return remaining_ <= kMaxBody - total_;
}

bool ChunkDecoder::TakeTrailer(char c) {
  if (++trailer_bytes_ > kMaxTrailerBytes || c == '\n') return false;
  if (c == '\r') {
    state_ = State::kTrailerLf;
  } else {
    trailer_.push_back(c);
  }
  return true;
}

bool ChunkDecoder::EndTrailer() {
  state_ = trailer_.empty() ? State::kDone : State::kTrailer;
  bool harmless = trailer_.empty() || IsHarmlessTrailer(trailer_);
  trailer_.clear();
  return harmless;
}

std::string EncodeChunkHeader(uint64_t size) {
  return absl::StrCat(absl::Hex(size), "\r\n");
}

}  // namespace plimsoll
