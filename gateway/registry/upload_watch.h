// UploadWatch: what the gateway looks at in the body of an upload as it passes.
// A small body is kept whole, by its digest; of a layer the facts are made. One
// for each upload; used by one coroutine at a time; borrows.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_UPLOAD_WATCH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_UPLOAD_WATCH_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/admission/blob_cache.h"
#include "gateway/http/exchange.h"
#include "gateway/layers/inspector.h"
#include "gateway/registry/route.h"
#include "gateway/task.h"

namespace plimsoll {

class UploadWatch {
 public:
  struct Parts {
    BlobCache& blobs;
    LayerInspector& inspector;
    const FactSink& keep_facts;
    // Bytes of small bodies that are being kept right now, over all uploads.
    std::atomic<int64_t>& keeping;
  };
  // `inspects`: whether to make the facts of layers.
  UploadWatch(Parts parts, const Exchange& exchange, const Route& route,
              bool inspects);
  ~UploadWatch();
  UploadWatch(const UploadWatch&) = delete;
  UploadWatch& operator=(const UploadWatch&) = delete;

  // Whether the next bytes are of any interest.
  bool interested() const { return may_be_small_ || may_be_layer_ || tee_; }
  // Sees the next bytes; waits where the inspection lags. Returns whether more
  // are of any interest.
  Task<bool> See(absl::string_view bytes);
  // The body has passed whole, and the upstream took it: keeps what was made of
  // it. To be called before the client knows, whose next request may need it.
  Task<> Keep();

 private:
  void Collect(absl::string_view bytes);
  void DropSmall();
  void StartTee(absl::string_view first_bytes);
  Task<> Inspect(absl::string_view bytes);

  const Parts parts_;
  const std::string client_;           // whose share of the inspection it is
  const Digest::Algorithm algorithm_;  // of the digest that it is stored under
  bool may_be_small_;
  bool may_be_layer_;
  int64_t charged_ = 0;  // of parts_.keeping
  std::string small_;
  std::unique_ptr<LayerTee> tee_;
  int64_t inspected_ = 0;  // bytes
  absl::Duration lagged_;  // that the upload was held back for them
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_UPLOAD_WATCH_H_
