#include "gateway/admission/admission.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/admission/decision.h"
#include "gateway/instant.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

StatusOr<v1::Decision> StartDecision(const AdmissionRequest& request,
                                     const Snapshot& snapshot, absl::Time now) {
  ASSIGN_OR_RETURN(std::string id, NewDecisionId(now));
  v1::Decision decision;
  decision.set_schema(1);
  decision.set_id(std::move(id));
  decision.set_time(FormatInstant(now));
  decision.set_door(std::string(DoorName(request.door)));
  decision.set_stage(request.stage == Stage::kStaged ? "staged" : "judged");
  decision.set_mode(
      std::string(ModeName(snapshot.modes.For(request.repository))));
  decision.set_upstream(request.upstream);
  decision.set_repository(request.repository);
  decision.set_reference(request.reference);
  for (const std::string& tag : request.tags) decision.add_tags(tag);
  decision.set_digest(request.manifest.digest.ToString());
  decision.set_media_type(request.manifest.media_type);
  v1::Client* client = decision.mutable_client();
  client->set_name(request.client.name);
  client->set_proof(request.client.proof);
  client->set_address(request.client.address);
  client->set_user_agent(request.client.user_agent);
  decision.set_policy_revision(snapshot.policies.revision);
  return decision;
}

GatherRequest ToGather(AdmissionRequest& request, const Snapshot& snapshot) {
  Subject subject{.repository = request.repository,
                  .tags = request.tags,
                  .digest = request.manifest.digest,
                  .media_type = request.manifest.media_type,
                  .size = static_cast<int64_t>(request.manifest.bytes.size())};
  return GatherRequest{
      .subject = std::move(subject),
      .manifest = std::move(request.manifest.bytes),
      .registry = request.registry,
      .client_key = request.credential_key,
      .deadline = request.evidence_deadline,
      .catalog = snapshot.catalog,
      .is_build_cache = snapshot.IsBuildCache(request.repository)};
}

void CountDecision(const v1::Decision& decision) {
  metrics::decisions.Add({decision.door(), decision.outcome(),
                          decision.enforced() ? "true" : "false"});
}

}  // namespace

Task<StatusOr<Judgement>> Admission::Decide(AdmissionRequest request) {
  const std::shared_ptr<const Snapshot> snapshot = parts_.snapshots.Get();
  const absl::Time started = parts_.clock();
  GatherRequest to_gather = ToGather(request, *snapshot);
  CO_ASSIGN_OR_RETURN(Gathered gathered,
                      co_await parts_.gatherer.Gather(std::move(to_gather)));
  const absl::Time now = parts_.clock();
  const EvaluateContext context{request.door, request.stage, now};
  Judgement judgement;
  judgement.verdict = Evaluate(snapshot->policies, gathered.evidence, context);

  CO_ASSIGN_OR_RETURN(judgement.decision,
                      StartDecision(request, *snapshot, now));
  FillDecision(judgement.verdict, gathered.evidence, judgement.decision);
  judgement.decision.set_evidence(
      Digest::Sha256(gathered.record.bytes).ToString());
  (*judgement.decision.mutable_phases())["gather"] =
      absl::ToDoubleSeconds(now - started);
  const bool enforces =
      snapshot->modes.For(request.repository) == Mode::kEnforce;
  const bool denied = judgement.verdict.outcome == Outcome::kDeny;
  judgement.refused = denied && enforces;
  judgement.decision.set_enforced(!denied || enforces);
  KeepText(judgement.decision);

  judgement.charge = std::move(gathered.charge);
  const Status recorded =
      co_await Record(request, judgement, std::move(gathered.record));
  if (!recorded.ok()) {
    co_return Annotate(StoreFailed(recorded),
                       "the decision cannot be recorded");
  }
  if (judgement.documents.empty()) judgement.charge.reset();
  parts_.log.Write(judgement.decision);
  CountDecision(judgement.decision);
  co_return judgement;
}

// Waits for the store only where the subject is let through.
Task<Status> Admission::Record(const AdmissionRequest& request,
                               Judgement& judgement, EvidenceRecord evidence) {
  if (judgement.refused) {
    const auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(
        executor,
        parts_.store.RecordDecision(judgement.decision, std::move(evidence)),
        [count = lost_refusals_, charge = judgement.charge](
            std::exception_ptr, const Status& kept) {
          if (kept.ok()) return;
          const int64_t lost = count->fetch_add(1) + 1;
          LogError("refusal is not recorded",
                   {{"error", kept.message()}, {"lost", absl::StrCat(lost)}});
        });
    co_return absl::OkStatus();
  }
  if (request.forwards) {
    judgement.documents = evidence.documents;
    co_return co_await parts_.store.RecordIntent(judgement.decision,
                                                 std::move(evidence));
  }
  co_return co_await parts_.store.RecordDecision(judgement.decision,
                                                 std::move(evidence));
}

void Admission::KeepDelivered(const Judgement& judgement,
                              const asio::any_io_executor& executor) {
  if (judgement.documents.empty()) return;
  asio::co_spawn(
      executor, parts_.store.PutDocuments(judgement.documents),
      [charge = judgement.charge](std::exception_ptr, const Status& kept) {
        if (kept.ok()) return;
        LogError(
            "documents are not kept",
            {{"error", kept.message()}, {"effect", "the upstream has them"}});
      });
}

Task<Status> Admission::RecordOutcome(std::string id, ForwardResult result) {
  co_return co_await parts_.store.RecordOutcome(std::move(id),
                                                std::move(result));
}

}  // namespace plimsoll
