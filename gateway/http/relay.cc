#include "gateway/http/relay.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/chunked.h"

namespace plimsoll {
namespace {

Task<Status> WriteChunk(Stream& to, absl::string_view block, bool first) {
  const std::string lead =
      absl::StrCat(first ? "" : kChunkEnd, EncodeChunkHeader(block.size()));
  CO_RETURN_IF_ERROR(co_await to.Write(lead));
  co_return co_await to.Write(block);
}

Task<Status> WriteLastChunk(Stream& to, bool first) {
  const std::string last = absl::StrCat(first ? "" : kChunkEnd, kLastChunk);
  co_return co_await to.Write(last);
}

}  // namespace

Task<RelayEnd> RelayBody(Stream& source, MessageReader& from, Stream& to,
                         const RelayOptions& options) {
  const bool chunked = options.framing.kind == BodyKind::kChunked;
  RelayEnd end;
  bool first = true;
  for (;;) {
    source.ExpireAfter(options.idle);
    const StatusOr<absl::string_view> block = co_await from.ReadBody();
    if (!block.ok()) {
      end.read = block.status();
      co_return end;
    }
    if (block->empty()) break;
    if (options.tap) co_await options.tap(*block);
    to.ExpireAfter(options.idle);
    if (chunked) {
      end.write = co_await WriteChunk(to, *block, first);
    } else {
      end.write = co_await to.Write(*block);
    }
    if (!end.write.ok()) co_return end;
    first = false;
  }
  if (chunked) end.write = co_await WriteLastChunk(to, first);
  co_return end;
}

}  // namespace plimsoll
