#include "tests/support/compression.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: with gzip's header and trailer
constexpr size_t kGzipHeaderBytes = 10;

Bytef* In(absl::string_view bytes) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

// Inflates one member from the front of `bytes`; false where zlib refuses it.
bool GunzipMember(z_stream& stream, std::string& output) {
  std::string piece(64 << 10, '\0');
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    int code = inflate(&stream, Z_NO_FLUSH);
    output.append(piece, 0, piece.size() - stream.avail_out);
    if (code == Z_STREAM_END) return true;
    if (code != Z_OK) return false;
  }
}

}  // namespace

std::string Gzip(absl::string_view bytes, int level) {
  z_stream stream = {};
  deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  std::string output(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = In(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  deflate(&stream, Z_FINISH);
  output.resize(stream.total_out);
  deflateEnd(&stream);
  return output;
}

std::string GzipUnder(absl::string_view header, absl::string_view bytes) {
  return absl::StrCat(header, Gzip(bytes).substr(kGzipHeaderBytes));
}

std::string Zstd(absl::string_view bytes, int level, int window_log) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  // A frame that states its content's size needs no larger window than that.
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, window_log == 0);
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  }
  std::string output(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
  ZSTD_outBuffer out = {output.data(), output.size(), 0};
  // In two steps, so that the size is not known when the frame is opened.
  if (window_log != 0) {
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
  }
  ZSTD_compressStream2(context, &out, &in, ZSTD_e_end);
  ZSTD_freeCCtx(context);
  output.resize(out.pos);
  return output;
}

std::string ZstdSkippable(absl::string_view content) {
  std::string frame("\x50\x2a\x4d\x18", 4);
  for (int shift = 0; shift < 32; shift += 8) {
    frame.push_back(static_cast<char>(content.size() >> shift & 0xff));
  }
  return absl::StrCat(frame, content);
}

std::optional<std::string> ZlibGunzip(absl::string_view bytes) {
  z_stream stream = {};
  inflateInit2(&stream, kGzipWindow);
  stream.next_in = In(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string output;
  bool good = true;
  do {
    good = inflateReset(&stream) == Z_OK && GunzipMember(stream, output);
  } while (good && stream.avail_in > 0);
  inflateEnd(&stream);
  if (!good) return std::nullopt;
  return output;
}

std::string Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  std::generate(bytes.begin(), bytes.end(),
                [&random] { return static_cast<char>(random()); });
  return bytes;
}

}  // namespace plimsoll
