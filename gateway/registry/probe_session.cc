#include "gateway/registry/probe_session.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/url.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kBytes = "application/octet-stream";

Task<StatusOr<std::string>> OpenSession(ProbeClient& client,
                                        ProbeScratch& scratch,
                                        std::string& seen) {
  ProbeRequest opening = OpeningOf(client);
  const std::string target = opening.target;
  const StatusOr<HttpAnswer> opened = co_await client.Ask(std::move(opening));
  absl::StrAppend(&seen, "POST ", DescribeAnswer(opened));
  CO_RETURN_IF_ERROR(opened.status());
  if (!IsStatus(opened, 202)) co_return absl::UnavailableError("not opened");
  co_return TakeSession(client, target, opened->head, scratch);
}

// The PUT that finishes `session`.
ProbeRequest ClosingOf(absl::string_view session, const Digest& digest) {
  ProbeRequest request;
  request.method = "PUT";
  request.target =
      absl::StrCat(session, absl::StrContains(session, '?') ? "&" : "?",
                   "digest=", digest.ToString());
  return request;
}

// Sends `closing`; whether the upstream has the blob now.
Task<bool> Close(ProbeClient& client, ProbeRequest closing,
                 ScratchContent& content, StoredBlob& stored) {
  content.tried = true;
  const StatusOr<HttpAnswer> closed = co_await client.Ask(std::move(closing));
  absl::StrAppend(&stored.seen, ", PUT ", DescribeAnswer(closed));
  stored.answer = AnswerOf(closed, 201);
  content.stored = stored.answer == ProbeAnswer::kYes;
  co_return content.stored;
}

// Sends all of `content` by a PATCH; the target that the PUT goes to then.
Task<StatusOr<std::string>> Patch(ProbeClient& client, ProbeScratch& scratch,
                                  std::string session,
                                  const ScratchContent& content,
                                  StoredBlob& stored) {
  ProbeRequest patch;
  patch.method = "PATCH";
  patch.target = session;
  patch.headers.Add("Content-Type", kBytes);
  patch.body = content.bytes;
  patch.chunked = true;
  const StatusOr<HttpAnswer> patched = co_await client.Ask(std::move(patch));
  absl::StrAppend(&stored.seen, ", PATCH ", DescribeAnswer(patched));
  stored.answer = AnswerOf(patched, 202);
  if (stored.answer != ProbeAnswer::kYes) {
    co_return absl::UnavailableError("not taken");
  }
  const StatusOr<std::string> next =
      TakeSession(client, session, patched->head, scratch);
  if (next.ok()) {
    if (*next != session) std::erase(scratch.sessions, session);
    co_return next;
  }
  stored.answer = ProbeAnswer::kNo;
  absl::StrAppend(&stored.seen, ", Location ", next.status().message());
  co_return next;
}

}  // namespace

ProbeRequest OpeningOf(const ProbeClient& client) {
  ProbeRequest request;
  request.method = "POST";
  request.target = client.Path("blobs/uploads/");
  return request;
}

StatusOr<std::string> TakeSession(const ProbeClient& client,
                                  absl::string_view asked,
                                  const ResponseHead& head,
                                  ProbeScratch& scratch) {
  ASSIGN_OR_RETURN(
      const HttpUrl session,
      RedirectTarget({client.address(), std::string(asked)}, head));
  if (!IsSameOrigin(session.origin, client.address())) {
    return absl::FailedPreconditionError(
        absl::StrCat("on ", session.origin.Authority()));
  }
  std::erase(scratch.sessions, session.target);
  scratch.sessions.push_back(session.target);
  return session.target;
}

Task<StoredBlob> StoreWhole(ProbeClient& client, ProbeScratch& scratch,
                            ScratchContent& content) {
  StoredBlob stored;
  const StatusOr<std::string> session =
      co_await OpenSession(client, scratch, stored.seen);
  if (!session.ok()) co_return stored;
  ProbeRequest closing = ClosingOf(*session, content.digest);
  closing.headers.Add("Content-Type", kBytes);
  closing.body = content.bytes;
  const bool closed =
      co_await Close(client, std::move(closing), content, stored);
  if (closed) std::erase(scratch.sessions, *session);
  co_return stored;
}

Task<StoredBlob> StoreChunked(ProbeClient& client, ProbeScratch& scratch,
                              ScratchContent& content) {
  StoredBlob stored;
  const StatusOr<std::string> session =
      co_await OpenSession(client, scratch, stored.seen);
  if (!session.ok()) co_return stored;
  const StatusOr<std::string> next =
      co_await Patch(client, scratch, *session, content, stored);
  if (!next.ok()) co_return stored;
  ProbeRequest closing = ClosingOf(*next, content.digest);
  const bool closed =
      co_await Close(client, std::move(closing), content, stored);
  if (closed) std::erase(scratch.sessions, *next);
  co_return stored;
}

}  // namespace plimsoll
