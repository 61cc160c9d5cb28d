// What every Registry does (gateway/registry/registry.h), whatever stands
// behind it: the fake of the tests, the upstream and an image on disk pass the
// same tests.
#ifndef PLIMSOLL_TESTS_CONTRACT_REGISTRY_CONTRACT_H_
#define PLIMSOLL_TESTS_CONTRACT_REGISTRY_CONTRACT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/registry/registry.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {

// A place where one repository's things are kept.
class RegistryPlace {
 public:
  virtual ~RegistryPlace() = default;
  virtual void PutBlob(const Digest& digest, const std::string& bytes) = 0;
  virtual void PutManifest(const std::string& bytes,
                           const std::string& media_type,
                           const std::string& tag) = 0;
  // Changes the last byte of everything that is there.
  virtual void Spoil() = 0;
  // A view of what is there now, used on the loop that the place was made on.
  virtual std::shared_ptr<Registry> Open() = 0;
};

using PlaceFactory = std::function<std::unique_ptr<RegistryPlace>(Loop&)>;

class RegistryContract : public testing::TestWithParam<PlaceFactory> {
 protected:
  RegistryContract() : place_(GetParam()(loop_.loop())) {}
  ~RegistryContract() override {
    loop_.Stop();
    place_.reset();
  }

  RegistryPlace& place() { return *place_; }
  Digest Put(const std::string& bytes);
  StatusOr<FetchedManifest> Manifest(std::string reference, absl::Time by);
  StatusOr<std::string> Blob(Digest digest, size_t max_bytes, absl::Time by);
  StatusOr<std::string> Start(Digest digest, size_t count, absl::Time by);
  Status Head(Digest digest, absl::Time by);
  Status Stream(Digest digest, BlobSink sink);

 private:
  LoopThread loop_;
  std::unique_ptr<RegistryPlace> place_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_CONTRACT_REGISTRY_CONTRACT_H_
