#include "gateway/admission/reference_judge.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/oci/reference.h"

namespace plimsoll {

Task<StatusOr<Judgement>> ReferenceJudge::Judge(ReferenceRequest request) {
  if (!IsRepositoryName(request.repository)) {
    co_return absl::InvalidArgumentError(
        absl::StrCat("`", request.repository, "` is no repository's name"));
  }
  const bool by_digest = Digest::Parse(request.reference).ok();
  if (!by_digest && !IsTag(request.reference)) {
    co_return absl::InvalidArgumentError(absl::StrCat(
        "`", request.reference, "` is neither a tag nor a digest"));
  }
  AdmissionRequest judged;
  CO_ASSIGN_OR_RETURN(OpenedRepository opened,
                      open_(request.host, request.repository));
  judged.registry = std::move(opened.registry);
  if (request.manifest) {
    judged.manifest = *std::move(request.manifest);
  } else {
    CO_ASSIGN_OR_RETURN(judged.manifest,
                        co_await judged.registry->FetchManifest(
                            request.reference, request.deadline));
  }
  judged.door = request.door;
  judged.stage = request.stage;
  judged.credential_key = absl::StrCat(opened.upstream, " gateway");
  judged.upstream = std::move(opened.upstream);
  judged.repository = std::move(request.repository);
  if (!by_digest) judged.tags.push_back(request.reference);
  judged.reference = std::move(request.reference);
  judged.client = std::move(request.client);
  judged.evidence_deadline = request.deadline;
  co_return co_await admission_.Decide(std::move(judged));
}

}  // namespace plimsoll
