// The documents of one gathering: each is counted before it is read. For one
// loop.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_HELD_DOCUMENTS_H_
#define PLIMSOLL_GATEWAY_ADMISSION_HELD_DOCUMENTS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/admission/held_bytes.h"

namespace plimsoll {

class HeldDocuments {
 public:
  static constexpr int64_t kMaxBytes = 32 << 20;

  // `client` is whose credential reads them.
  HeldDocuments(HeldBytes& held, const std::string& client)
      : charge_(std::make_shared<HeldBytes::Charge>(
            held, absl::StrCat("credential ", client), false)) {}

  // OutOfRange past kMaxBytes in all, which too_many() then says; Internal
  // where there is no room.
  Status Add(int64_t size) {
    if (too_many_ || size > kMaxBytes - bytes_) {
      too_many_ = true;
      return absl::OutOfRangeError("too many bytes of documents");
    }
    bytes_ += size;
    return charge_->Grow(size);
  }
  bool too_many() const { return too_many_; }
  const std::shared_ptr<HeldBytes::Charge>& charge() const { return charge_; }

 private:
  const std::shared_ptr<HeldBytes::Charge> charge_;
  int64_t bytes_ = 0;
  bool too_many_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_HELD_DOCUMENTS_H_
