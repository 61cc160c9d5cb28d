#include "gateway/http/client.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/advice.h"
#include "gateway/http/answer.h"
#include "policy/oci/digest.h"

namespace plimsoll {
namespace {

constexpr std::chrono::seconds kAnswerWait{10};
constexpr size_t kMaxErrorBytes = 64 << 10;

// One read under way: the connection and the answer's head.
struct Opened {
  std::unique_ptr<UpstreamConnection> connection;
  ResponseHead head;
};

std::chrono::steady_clock::duration Until(
    absl::Time deadline, std::chrono::steady_clock::duration most) {
  if (deadline == absl::InfiniteFuture()) return most;
  const auto left = absl::ToChronoNanoseconds(deadline - absl::Now());
  return std::clamp<std::chrono::steady_clock::duration>(
      left, std::chrono::steady_clock::duration::zero(), most);
}

// Aborted where a reused connection was closed under the request.
Task<StatusOr<ResponseHead>> Converse(UpstreamConnection& connection,
                                      const ClientRequest& request,
                                      absl::string_view bytes) {
  Stream& stream = *connection.stream;
  stream.ExpireAfter(Until(request.deadline, kAnswerWait));
  // Where it cannot be written the answer cannot be read either, and says why.
  (void)co_await stream.Write(bytes);
  if (!request.body.empty()) (void)co_await stream.Write(request.body);
  CO_ASSIGN_OR_RETURN(ResponseHead head,
                      co_await ReadAnswerHead(connection.reader));
  HttpOr<Framing> framing = ResponseFraming(head, request.head.method);
  if (!framing.ok()) co_return absl::UnavailableError(framing.error().message);
  connection.reader.StartBody(*framing);
  co_return head;
}

Task<StatusOr<Opened>> Open(UpstreamPool& pool, ClientRequest& request) {
  const std::string where =
      absl::StrCat("upstream ", pool.address().Authority());
  const std::string& host = request.host;
  request.head.headers.Set("Host",
                           host.empty() ? pool.address().Authority() : host);
  const StatusOr<std::string> bytes = WriteRequestHead(request.head);
  if (!bytes.ok()) {  // a redirect of the upstream's led to no path
    co_return Annotate(absl::UnavailableError(bytes.status().message()), where);
  }
  Opened opened;
  if (!request.once) {
    opened.connection = pool.TakeIdle(request.credential_class);
  }
  if (opened.connection == nullptr) {
    CO_ASSIGN_OR_RETURN(opened.connection, co_await pool.Connect());
  }
  StatusOr<ResponseHead> head =
      co_await Converse(*opened.connection, request, *bytes);
  if (absl::IsAborted(head.status()) && opened.connection->reused) {
    CO_ASSIGN_OR_RETURN(opened.connection, co_await pool.Connect());
    head = co_await Converse(*opened.connection, request, *bytes);
  }
  // Slow, but within the caller's time: that is the upstream's failure.
  const bool slow =
      absl::IsDeadlineExceeded(head.status()) && absl::Now() < request.deadline;
  if (slow || absl::IsAborted(head.status())) {
    head = WithCode(absl::StatusCode::kUnavailable, head.status());
  }
  if (!head.ok()) co_return Annotate(head.status(), where);
  opened.head = *std::move(head);
  co_return opened;
}

void GiveBack(UpstreamPool& pool, const ClientRequest& request,
              Opened& opened) {
  MessageReader& reader = opened.connection->reader;
  if (reader.body_done() && reader.empty() && KeepsAlive(opened.head)) {
    pool.Release(request.credential_class, std::move(opened.connection));
  }
}

// Reads a body whole. OutOfRange at `max_bytes`, which are kept.
Task<Status> ReadUpTo(Opened& opened, const ClientRequest& request,
                      size_t max_bytes, std::string& body) {
  for (;;) {
    opened.connection->stream->ExpireAfter(
        Until(request.deadline, kAnswerWait));
    CO_ASSIGN_OR_RETURN(const absl::string_view block,
                        co_await opened.connection->reader.ReadBody());
    if (block.empty()) co_return absl::OkStatus();
    const size_t room = max_bytes - body.size();
    body.append(block.data(), std::min(room, block.size()));
    if (block.size() > room) {
      co_return absl::ResourceExhaustedError(
          absl::StrCat("the answer is larger than ", max_bytes, " bytes"));
    }
  }
}

}  // namespace

Task<StatusOr<HttpAnswer>> Fetch(UpstreamPool& pool, ClientRequest request,
                                 size_t max_bytes) {
  CO_ASSIGN_OR_RETURN(Opened opened, co_await Open(pool, request));
  HttpAnswer answer;
  const bool fine = opened.head.status / 100 == 2;
  const Status read = co_await ReadUpTo(
      opened, request, fine ? max_bytes : kMaxErrorBytes, answer.body);
  if (fine) CO_RETURN_IF_ERROR(read, pool.address().Authority());
  GiveBack(pool, request, opened);
  answer.head = std::move(opened.head);
  co_return answer;
}

Task<StatusOr<HttpAnswer>> FetchInto(UpstreamPool& pool, ClientRequest request,
                                     std::chrono::milliseconds idle,
                                     BodySink sink) {
  CO_ASSIGN_OR_RETURN(Opened opened, co_await Open(pool, request));
  HttpAnswer answer;
  if (opened.head.status / 100 == 2) {
    for (;;) {
      opened.connection->stream->ExpireAfter(idle);
      CO_ASSIGN_OR_RETURN(const absl::string_view block,
                          co_await opened.connection->reader.ReadBody(),
                          pool.address().Authority());
      if (block.empty()) break;
      opened.connection->stream->ExpireAt(SteadyTime::max());
      CO_RETURN_IF_ERROR(co_await sink(block));
    }
  } else {
    // What matters of a refusal is its status; a cut body does no harm.
    (void)co_await ReadUpTo(opened, request, kMaxErrorBytes, answer.body);
  }
  GiveBack(pool, request, opened);
  answer.head = std::move(opened.head);
  co_return answer;
}

std::string CredentialClass(absl::string_view authorization) {
  if (authorization.empty()) return "";
  return Digest::Sha256(authorization).ToString();
}

}  // namespace plimsoll
