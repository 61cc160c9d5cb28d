// Judges images by reference, for the doors that hold no bytes themselves: the
// manifest is fetched from the upstream with the gateway's own credential and
// then takes the one way through Admission. Does not own its collaborators;
// safe for concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_REFERENCE_JUDGE_H_
#define PLIMSOLL_GATEWAY_ADMISSION_REFERENCE_JUDGE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "gateway/admission/admission.h"
#include "gateway/registry/registry.h"
#include "gateway/task.h"

namespace plimsoll {

struct ReferenceRequest {
  Door door = Door::kGrpc;
  Stage stage = Stage::kJudged;
  std::string host;  // of the registry as clients call it; "" for any
  std::string repository;
  std::string reference;  // a tag or a digest
  // Judged in place of what the upstream has, where it is given.
  std::optional<FetchedManifest> manifest;
  ClientIdentity client;
  absl::Time deadline;
};

// A repository of an upstream, read with the gateway's credential.
struct OpenedRepository {
  std::string upstream;  // its name
  std::shared_ptr<Registry> registry;
};

class ReferenceJudge {
 public:
  // The repository that clients call so at `host`. NotFound where no upstream
  // serves it.
  using OpenRepository = std::function<StatusOr<OpenedRepository>(
      const std::string& host, const std::string& repository)>;

  ReferenceJudge(Admission& admission, OpenRepository open)
      : admission_(admission), open_(std::move(open)) {}

  // InvalidArgument for names that are none, NotFound where there is no such
  // upstream or it has no such manifest; else as Admission::Decide.
  Task<StatusOr<Judgement>> Judge(ReferenceRequest request);

 private:
  Admission& admission_;
  const OpenRepository open_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_REFERENCE_JUDGE_H_
