#include "gateway/registry/held_push.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/http/address_range.h"

namespace plimsoll {
namespace {

constexpr absl::Duration kLeastTime = absl::Seconds(1);

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

bool IsAnonymous(const RequestHead& head) {
  return !head.headers.Has("Authorization");
}

}  // namespace

absl::Time PushTimes::AnswerUntil(absl::Time held_at, absl::Time now) const {
  return std::max(held_at + answer - kLeastTime, now + kLeastTime);
}

absl::Time PushTimes::AskUntil(absl::Time held_at, absl::Time now,
                               bool answered) const {
  if (answered) return now + ask;
  return std::max(std::min(now + ask, held_at + answer), now + kLeastTime);
}

HeldPush::HeldPush(Exchange& asked, Upstream& to, const Route& routed,
                   HeldBytes& held, DecisionTurns& turns)
    : exchange(asked),
      upstream(to),
      route(routed),
      tags(routed.tags),
      authorization(HeaderOr(asked.head, "Authorization")),
      manifest{"", "", Digest::Sha256("")},
      charge(held, ShareKey(asked.peer), IsAnonymous(asked.head)),
      turn(turns, ShareKey(asked.peer), IsAnonymous(asked.head)) {
  if (!route.tag.empty()) tags.push_back(route.tag);
}

void HeldPush::GiveBack() {
  turn.End();
  std::string().swap(manifest.bytes);
  charge.GiveBack();
}

Task<> HeldPush::Refuse(OciError error) {
  GiveBack();
  (void)co_await exchange.Answer(AnswerHead(error), AnswerBody(error));
}

Task<> HeldPush::RefuseAsked(const Status& status) {
  upstream.health().Failed(status);
  co_await RefuseStatus(status);
}

Task<> HeldPush::RefuseStatus(const Status& status) {
  if (absl::IsCancelled(status)) {
    exchange.keep_alive = false;
    co_return;
  }
  GiveBack();
  OciError error = ErrorOf(status);
  ResponseHead head = AnswerHead(error);
  const std::string challenge = Challenge(status);
  if (!challenge.empty()) {
    head.headers.Set("WWW-Authenticate",
                     WidenScope(challenge, route.repository));
  }
  std::string body = AnswerBody(error);
  (void)co_await exchange.Answer(std::move(head), std::move(body));
}

}  // namespace plimsoll
