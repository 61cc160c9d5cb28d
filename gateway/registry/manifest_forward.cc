#include "gateway/registry/manifest_forward.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/admission/decision.h"
#include "gateway/http/advice.h"
#include "gateway/http/client.h"
#include "gateway/http/forward.h"
#include "gateway/http/forwarder.h"
#include "gateway/http/url.h"
#include "gateway/registry/location.h"
#include "gateway/registry/reconcile.h"

namespace plimsoll {
namespace {

constexpr size_t kSummaryBytes = 1024;

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

// Whether the push is stored or it is not: nothing comes of it any more.
bool IsDefinite(int answer) { return answer == 201 || answer / 100 == 4; }

// The upstream says by it that it has done nothing (RFC 9110, section 15.4);
// what it has done before it answers another redirect it does not say.
bool WasSentAway(int answer) {
  return answer == 301 || answer == 302 || answer == 307 || answer == 308;
}

}  // namespace

Task<> ManifestForward::Run(HeldPush& push, Judgement judgement) {
  const Status sent = co_await SendInTurn(push, std::move(judgement));
  if (!sent.ok()) co_await push.RefuseAsked(sent);
}

// The turn ends before anything is answered: the next push to the tag does not
// wait for who reads it.
Task<Status> ManifestForward::SendInTurn(HeldPush& push, Judgement judgement) {
  std::vector<std::string> keys;
  for (const std::string& tag : push.tags) {
    keys.push_back(absl::StrCat(push.upstream.name(), " ",
                                push.route.repository, ":", tag));
  }
  const absl::Time latest = push.held_at + parts_.times.forward;
  StatusOr<TagLocks::Held> turn =
      co_await parts_.tags.Take(std::move(keys), latest);
  if (!turn.ok() || parts_.clock() > latest) {
    turn = TagLocks::Held();
    co_return co_await GiveUp(judgement);
  }
  co_return co_await SendUpstream(push, judgement, *turn);
}

// Too late to be answered in the client's time: nothing is sent.
Task<Status> ManifestForward::GiveUp(const Judgement& judgement) {
  ForwardResult late;
  late.state = ForwardState::kAbsent;
  late.detail = "not forwarded: other pushes to the tag took too long";
  (void)co_await parts_.admission.RecordOutcome(judgement.decision.id(),
                                                std::move(late));
  co_return absl::InternalError(
      "other pushes to the same tag take too long, push again");
}

Task<Status> ManifestForward::SendUpstream(HeldPush& push,
                                           const Judgement& judgement,
                                           TagLocks::Held& turn) {
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
  const absl::Time now = parts_.clock();
  options.answer_wait = std::chrono::seconds(
      absl::ToInt64Seconds(parts_.times.AnswerUntil(push.held_at, now) - now));
  const std::string warning =
      SummarizeVerdict(judgement.verdict, kSummaryBytes);
  options.edit = [&](ResponseHead& head) {
    if (IsDefinite(head.status)) turn = TagLocks::Held();
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
  co_return push.exchange.answered() ? absl::OkStatus() : end.status;
}

// A definite answer of the upstream says what became of the push: only 201 that
// it is stored (distribution spec, "Pushing Manifests"). Where there was none
// (a proxy's 502 is none), it is asked with the client's credential; what it
// does not have yet it may still be storing, so that intent stays open and is
// looked into later.
Task<> ManifestForward::RecordEnd(HeldPush& push, const Judgement& judgement,
                                  int answer, bool sent_any) {
  ForwardResult result;
  if (answer == 201) {
    result.state = ForwardState::kForwarded;
  } else if (IsDefinite(answer) || !sent_any) {
    result.state = ForwardState::kAbsent;
  } else {
    const absl::Time until = parts_.times.AskUntil(push.held_at, parts_.clock(),
                                                   push.exchange.answered());
    result =
        co_await AskWhatBecameOf(*push.registry, judgement.decision, until);
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

}  // namespace plimsoll
