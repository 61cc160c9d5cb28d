#include "gateway/registry/manifest_push.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/client.h"
#include "gateway/observe/metrics.h"
#include "gateway/registry/push_right.h"
#include "gateway/registry/refusal.h"

namespace plimsoll {
namespace {

// Who asks, for the record.
ClientIdentity ClientOf(const Exchange& exchange) {
  ClientIdentity client;
  client.address = exchange.peer;
  if (!exchange.client_name.empty()) {
    client.name = exchange.client_name;
    client.proof = "mtls";
  }
  if (const std::string* agent = exchange.head.headers.Find("User-Agent")) {
    client.user_agent = agent->substr(0, 256);
  }
  return client;
}

}  // namespace

Task<> ManifestPush::Handle(Exchange& exchange, Upstream& upstream,
                            const Route& route) {
  const metrics::Timed hold(metrics::holds, metrics::hold_seconds);
  HeldPush push(exchange, upstream, route, parts_.held, parts_.turns);
  StatusOr<FetchedManifest> held = co_await Hold(push);
  if (!held.ok()) co_return co_await push.RefuseStatus(held.status());
  push.manifest = *std::move(held);
  push.held_at = parts_.clock();
  exchange.notes.digest = push.manifest.digest.ToString();
  const Status turn = co_await push.turn.Wait(push.held_at + parts_.times.turn);
  if (!turn.ok()) co_return co_await push.RefuseStatus(turn);
  const Status authorised = co_await Authorise(push);
  if (!authorised.ok()) co_return co_await push.RefuseAsked(authorised);
  co_await Judge(push);
}

Task<StatusOr<FetchedManifest>> ManifestPush::Hold(HeldPush& push) {
  Headers& headers = push.exchange.head.headers;
  if (headers.Count("Content-Type") != 1) {
    co_return absl::InvalidArgumentError(
        "a manifest needs exactly one Content-Type");
  }
  // It would be judged as it is and, perhaps, stored decoded.
  const std::string* coding = headers.Find("Content-Encoding");
  if (coding != nullptr && !absl::EqualsIgnoreCase(*coding, "identity")) {
    co_return absl::InvalidArgumentError(
        "a manifest is sent as it is: leave out Content-Encoding");
  }
  CO_RETURN_IF_ERROR(push.turn.Enter());
  co_await parts_.held.AwaitRoom(parts_.clock() + parts_.times.room);
  // As they come: nobody holds room with a length that is only declared.
  const BodyMeter charge = [&push](size_t bytes) {
    return push.charge.Grow(static_cast<int64_t>(bytes));
  };
  CO_ASSIGN_OR_RETURN(std::string body, co_await push.exchange.ReadWholeBody(
                                            kMaxManifestBytes, &charge));
  const std::optional<Digest>& named = push.route.digest;
  Digest digest = Digest::Compute(
      named ? named->algorithm() : Digest::Algorithm::kSha256, body);
  if (named && *named != digest) {
    co_return absl::DataLossError(absl::StrCat("the manifest has digest ",
                                               digest.ToString(), ", not ",
                                               named->ToString()));
  }
  FetchedManifest held{std::move(body), *headers.Find("Content-Type"),
                       std::move(digest)};
  co_return held;
}

// Asks the upstream, with the request's own credential, for something that only
// a reader of this repository may know of. Whether it is there does not matter
// here.
Task<Status> ManifestPush::Authorise(HeldPush& push) {
  const std::string& repository = push.route.repository;
  push.registry = std::make_shared<UpstreamRegistry>(
      push.upstream.clients(), repository, push.authorization);
  const absl::Time deadline = push.held_at + parts_.times.evidence;
  const StatusOr<Manifest> manifest =
      ParseManifest(push.manifest.bytes, push.manifest.media_type);
  const auto* image =
      manifest.ok() ? std::get_if<ImageManifest>(&*manifest) : nullptr;
  Status asked;
  if (image != nullptr) {
    const Digest config = image->config.digest;
    asked = co_await push.registry->HeadBlob(config, deadline);
  } else {
    const std::string digest = push.manifest.digest.ToString();
    asked = (co_await push.registry->HeadManifest(digest, deadline)).status();
  }
  if (absl::IsNotFound(asked)) co_return absl::OkStatus();
  const bool reads_itself = !push.upstream.read_authorization().empty();
  if (absl::IsPermissionDenied(asked) && reads_itself) {
    co_return co_await ReadForPusher(push, deadline);
  }
  co_return asked;
}

// The client's credential cannot read. What ours reads is judged for a client
// that may push here, or a refusal would tell anyone about any config.
Task<Status> ManifestPush::ReadForPusher(HeldPush& push, absl::Time deadline) {
  const std::string& repository = push.route.repository;
  CO_RETURN_IF_ERROR(co_await ShowPushRight(push.upstream.clients(), repository,
                                            push.authorization, deadline));
  push.registry = std::make_shared<UpstreamRegistry>(
      push.upstream.reads(), repository, push.upstream.read_authorization());
  co_return absl::OkStatus();
}

Task<> ManifestPush::Judge(HeldPush& push) {
  AdmissionRequest request;
  request.door = Door::kPush;
  request.stage = push.tags.empty() ? Stage::kStaged : Stage::kJudged;
  request.upstream = push.upstream.name();
  request.repository = push.route.repository;
  request.reference =
      push.route.tag.empty() ? push.manifest.digest.ToString() : push.route.tag;
  request.tags = push.tags;
  request.manifest = push.manifest;
  request.registry = push.registry;
  request.credential_key =
      push.upstream.ClientKey(CredentialClass(push.authorization));
  request.client = ClientOf(push.exchange);
  request.evidence_deadline = push.held_at + parts_.times.evidence;
  request.forwards = true;
  StatusOr<Judgement> judgement =
      co_await parts_.admission.Decide(std::move(request));
  push.turn.End();
  if (!judgement.ok()) {
    co_return co_await push.RefuseAsked(judgement.status());
  }
  push.exchange.notes.decision = judgement->decision.id();
  if (judgement->refused) {
    OciError error = RefusalOf(judgement->verdict, judgement->decision.id());
    judgement->documents.clear();
    judgement->charge.reset();
    co_return co_await push.Refuse(std::move(error));
  }
  co_await forward_.Run(push, *std::move(judgement));
}

}  // namespace plimsoll
