#include "gateway/registry/manifest_push.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/admission/decision.h"
#include "gateway/http/address_range.h"
#include "gateway/http/advice.h"
#include "gateway/http/forward.h"
#include "gateway/http/forwarder.h"
#include "gateway/http/url.h"
#include "gateway/observe/metrics.h"
#include "gateway/registry/location.h"
#include "gateway/registry/push_right.h"
#include "gateway/registry/reconcile.h"
#include "gateway/registry/refusal.h"
#include "gateway/registry/upstream_registry.h"

namespace plimsoll {
namespace {

constexpr size_t kSummaryBytes = 1024;
constexpr absl::Duration kAskFor = absl::Seconds(3);

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

std::string HeaderOr(const RequestHead& head, absl::string_view name) {
  const std::string* value = head.headers.Find(name);
  return value == nullptr ? std::string() : *value;
}

// A token that may only pull was asked for by a read of ours; the client needs
// one that may push as well.
std::string WidenScope(absl::string_view challenge,
                       absl::string_view repository) {
  const std::string pull = absl::StrCat("\"repository:", repository, ":pull\"");
  const std::string both =
      absl::StrCat("\"repository:", repository, ":pull,push\"");
  return absl::StrReplaceAll(challenge, {{pull, both}});
}

// Where an admitted manifest goes: as the client said, but for a stray
// attestation, which goes by digest and moves no tag.
std::string UpstreamTarget(const Route& route, const v1::Decision& decision) {
  const std::string path =
      absl::StrCat("/v2/", route.repository, "/manifests/");
  if (IsStrayAttestation(decision)) {
    return absl::StrCat(path, decision.digest());
  }
  std::string target = absl::StrCat(path, decision.reference());
  absl::string_view separator = "?";
  for (const std::string& tag : route.tags) {
    absl::StrAppend(&target, separator, "tag=", tag);
    separator = "&";
  }
  return target;
}

// Where an answer leads, without the path: that may hold a secret.
std::string LeadsTo(const ResponseHead& answer) {
  const std::string* location = answer.headers.Find("Location");
  if (location == nullptr) return "elsewhere";
  const StatusOr<HttpUrl> url = HttpUrl::Parse(*location);
  if (!url.ok()) return "elsewhere";
  const UpstreamAddress& origin = url->origin;
  return absl::StrCat("to http", origin.tls ? "s://" : "://",
                      origin.Authority());
}

// A client that follows a redirect sends the manifest around the gateway.
Status LeadsNowhere(const ResponseHead& answer) {
  if (answer.status / 100 != 3) return absl::OkStatus();
  const Status elsewhere = absl::UnavailableError(absl::StrCat(
      "it answered ", answer.status, " to the manifest, which leads ",
      LeadsTo(answer),
      "; a push goes nowhere but through this gateway: have its operator look "
      "at the upstream's URL, then push again"));
  return WithAdvice(elsewhere,
                    "let upstream.url name the registry itself: what answers "
                    "there sends pushes elsewhere");
}

// The upstream says by it that it has done nothing (RFC 9110, section 15.4);
// what it has done before it answers another redirect it does not say.
bool WasSentAway(int answer) {
  return answer == 301 || answer == 302 || answer == 307 || answer == 308;
}

}  // namespace

struct ManifestPush::Push {
  Exchange& exchange;
  Upstream& upstream;
  const Route& route;
  std::vector<std::string> tags;  // in the path and in the query
  std::string authorization;
  FetchedManifest manifest;
  std::shared_ptr<UpstreamRegistry> registry;
  absl::Time held_at;
  HeldBytes::Charge charge;
  DecisionTurns::Turn turn;
};

Task<> ManifestPush::Handle(Exchange& exchange, Upstream& upstream,
                            const Route& route) {
  const metrics::Timed hold(metrics::holds, metrics::hold_seconds);
  const bool anonymous = !exchange.head.headers.Has("Authorization");
  const std::string share = ShareKey(exchange.peer);
  Push push{.exchange = exchange,
            .upstream = upstream,
            .route = route,
            .tags = route.tags,
            .authorization = HeaderOr(exchange.head, "Authorization"),
            .manifest = {"", "", Digest::Sha256("")},
            .registry = nullptr,
            .held_at = {},
            .charge = {parts_.held, share, anonymous},
            .turn = {parts_.turns, share, anonymous}};
  if (!route.tag.empty()) push.tags.push_back(route.tag);
  StatusOr<FetchedManifest> held = co_await Hold(push);
  if (!held.ok()) co_return co_await RefuseStatus(push, held.status());
  push.manifest = *std::move(held);
  push.held_at = parts_.clock();
  exchange.notes.digest = push.manifest.digest.ToString();
  const Status turn = co_await push.turn.Wait(push.held_at + parts_.times.turn);
  if (!turn.ok()) co_return co_await RefuseStatus(push, turn);
  const Status authorised = co_await Authorise(push);
  if (!authorised.ok()) {
    push.turn.End();  // a client may take long to read its answer
    co_return co_await RefuseAsked(push, authorised);
  }
  co_await Judge(push);
}

Task<StatusOr<FetchedManifest>> ManifestPush::Hold(Push& push) {
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
Task<Status> ManifestPush::Authorise(Push& push) {
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
Task<Status> ManifestPush::ReadForPusher(Push& push, absl::Time deadline) {
  const std::string& repository = push.route.repository;
  CO_RETURN_IF_ERROR(co_await ShowPushRight(push.upstream.clients(), repository,
                                            push.authorization, deadline));
  push.registry = std::make_shared<UpstreamRegistry>(
      push.upstream.reads(), repository, push.upstream.read_authorization());
  co_return absl::OkStatus();
}

Task<> ManifestPush::Judge(Push& push) {
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
    co_return co_await RefuseAsked(push, judgement.status());
  }
  push.exchange.notes.decision = judgement->decision.id();
  co_await ForwardOrRefuse(push, *std::move(judgement));
}

Task<> ManifestPush::ForwardOrRefuse(Push& push, Judgement judgement) {
  if (judgement.refused) {
    OciError error = RefusalOf(judgement.verdict, judgement.decision.id());
    co_return co_await Refuse(push, std::move(error));
  }
  std::vector<std::string> keys;
  for (const std::string& tag : push.tags) {
    keys.push_back(absl::StrCat(push.upstream.name(), " ",
                                push.route.repository, ":", tag));
  }
  const TagLocks::Held held = co_await parts_.tags.Take(std::move(keys));
  if (parts_.clock() > push.held_at + parts_.times.forward) {
    co_return co_await GiveUp(push, judgement);
  }
  co_await SendUpstream(push, judgement);
}

// Too late to be answered in the client's time: nothing is sent.
Task<> ManifestPush::GiveUp(Push& push, const Judgement& judgement) {
  ForwardResult late;
  late.state = ForwardState::kAbsent;
  late.detail = "not forwarded: other pushes to the tag took too long";
  (void)co_await parts_.admission.RecordOutcome(judgement.decision.id(),
                                                std::move(late));
  const Status status = absl::InternalError(
      "other pushes to the same tag take too long, push again");
  co_await RefuseStatus(push, status);
}

Task<> ManifestPush::SendUpstream(Push& push, const Judgement& judgement) {
  const UpstreamAddress& address = push.upstream.address();
  const std::string& host = push.exchange.authority();
  const ClientView view{push.exchange.secure ? "https" : "http", host};
  ForwardOptions options;
  options.framing = {BodyKind::kLength, push.manifest.bytes.size()};
  const ForwardedBy by{address.tls ? address.Authority() : host, view.scheme,
                       host, push.exchange.peer};
  options.head = ForwardedRequest(push.exchange.head, options.framing, by);
  options.head.target = UpstreamTarget(push.route, judgement.decision);
  options.held = &push.manifest.bytes;
  options.credential_class = CredentialClass(push.authorization);
  options.answer_wait = std::chrono::seconds(absl::ToInt64Seconds(std::max(
      push.held_at + parts_.times.answer - parts_.clock(), absl::Seconds(1))));
  const std::string warning =
      SummarizeVerdict(judgement.verdict, kSummaryBytes);
  options.edit = [&address, &view, &warning](ResponseHead& head) {
    RewriteLocations(address, view, head);
    if (!warning.empty()) head.headers.Add("Warning", FormatWarning(warning));
  };
  options.accept = LeadsNowhere;
  const UpstreamPools& pools = push.upstream.clients();
  UpstreamPool& pool = pools.For(push.exchange.loop().executor());
  const ForwardEnd end =
      co_await Forward(push.exchange, pool, std::move(options));
  push.upstream.health().Answered(end.answer);
  co_await RecordEnd(push, judgement, end.answer, end.sent_any);
  if (!push.exchange.answered()) co_await RefuseAsked(push, end.status);
}

// A definite answer of the upstream says what became of the push: only 201 that
// it is stored (distribution spec, "Pushing Manifests"). Where there was none
// (a proxy's 502 is none), it is asked with the client's credential; what it
// does not have yet it may still be storing, so that intent stays open and is
// looked into later.
Task<> ManifestPush::RecordEnd(Push& push, const Judgement& judgement,
                               int answer, bool sent_any) {
  ForwardResult result;
  if (answer == 201) {
    result.state = ForwardState::kForwarded;
  } else if (answer / 100 == 4 || !sent_any) {
    result.state = ForwardState::kAbsent;
  } else {
    result = co_await AskWhatBecameOf(*push.registry, judgement.decision,
                                      parts_.clock() + kAskFor);
    if (result.state != ForwardState::kForwarded) {
      const bool not_there = result.state == ForwardState::kAbsent ||
                             result.state == ForwardState::kSuperseded;
      if (!not_there || !WasSentAway(answer)) co_return;
      result.state = ForwardState::kAbsent;
      result.detail = "the upstream sent it elsewhere, which is not followed";
    }
  }
  result.status = answer;
  if (result.state == ForwardState::kForwarded) {
    parts_.admission.KeepDelivered(judgement, push.exchange.loop().executor());
  }
  (void)co_await parts_.admission.RecordOutcome(judgement.decision.id(),
                                                std::move(result));
}

Task<> ManifestPush::Refuse(Push& push, OciError error) {
  (void)co_await push.exchange.Answer(AnswerHead(error), AnswerBody(error));
}

Task<> ManifestPush::RefuseAsked(Push& push, const Status& status) {
  push.upstream.health().Failed(status);
  co_await RefuseStatus(push, status);
}

Task<> ManifestPush::RefuseStatus(Push& push, const Status& status) {
  if (absl::IsCancelled(status)) {
    push.exchange.keep_alive = false;
    co_return;
  }
  OciError error = ErrorOf(status);
  ResponseHead head = AnswerHead(error);
  const std::string challenge = Challenge(status);
  if (!challenge.empty()) {
    head.headers.Set("WWW-Authenticate",
                     WidenScope(challenge, push.route.repository));
  }
  std::string body = AnswerBody(error);
  (void)co_await push.exchange.Answer(std::move(head), std::move(body));
}

}  // namespace plimsoll
