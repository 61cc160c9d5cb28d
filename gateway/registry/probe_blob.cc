#include "gateway/registry/probe_blob.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/url.h"

namespace plimsoll {
namespace {

constexpr int kMaxRedirects = 3;  // as for the gateway's own reads
constexpr size_t kMagicBytes = 4;

constexpr absl::string_view kReadCredential =
    "upstream.readCredential: {file: FILE}, of somebody who may pull";

ProbeRequest BlobRequest(absl::string_view method, const ProbeClient& client,
                         const ProbeScratch& scratch) {
  ProbeRequest request;
  request.method = std::string(method);
  request.target =
      client.Path(absl::StrCat("blobs/", scratch.layer.digest.ToString()));
  return request;
}

// `answer` with its redirects followed by the rules of the gateway's reads.
Task<StatusOr<HttpAnswer>> FollowRedirects(ProbeClient& client,
                                           ProbeRequest request,
                                           StatusOr<HttpAnswer> answer) {
  HttpUrl at{client.address(), request.target};
  for (int hops = 0; answer.ok() && IsRedirect(answer->head.status); ++hops) {
    if (hops == kMaxRedirects) {
      co_return absl::UnavailableError("it redirects more than three times");
    }
    CO_ASSIGN_OR_RETURN(at, RedirectTarget(at, answer->head));
    answer = co_await client.AskElsewhere(at, request);
  }
  co_return answer;
}

void ExplainHidden(const StatusOr<HttpAnswer>& answer, ProbeResult& result) {
  if (IsRefusal(answer)) {
    result.means =
        "the credential may push, not read: the gateway judges what it reads "
        "with a credential of its own";
    result.configure = std::string(kReadCredential);
  } else if (IsStatus(answer, 404)) {
    result.means =
        "a blob counts as missing before its manifest is there, unless it "
        "passed through this gateway in the last 10 minutes";
  }
}

}  // namespace

Task<> ProbeBlobHead(ProbeClient& client, ProbeScratch& scratch,
                     ProbeResult& result) {
  ProbeRequest asking = BlobRequest("HEAD", client, scratch);
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(asking));
  result.answer = AnswerOf(answer, 200);
  result.seen = DescribeAnswer(answer);
  // A redirect says as much: it is there for this credential.
  if (answer.ok() && IsRedirect(answer->head.status)) {
    result.answer = ProbeAnswer::kYes;
  }
  if (result.answer == ProbeAnswer::kNo) ExplainHidden(answer, result);
}

Task<> ProbeBlobGet(ProbeClient& client, ProbeScratch& scratch,
                    ProbeResult& result) {
  const ProbeRequest request = BlobRequest("GET", client, scratch);
  const StatusOr<HttpAnswer> first = co_await client.Ask(request);
  if (first.ok()) scratch.blob = *first;
  const StatusOr<HttpAnswer> last =
      co_await FollowRedirects(client, request, first);
  result.seen = first.ok() && !last.ok()
                    ? absl::StrCat(DescribeAnswer(first),
                                   ", then: ", DescribeAnswer(last))
                    : DescribeAnswer(last);
  if (IsStatus(last, 200)) {
    const bool same = last->body == scratch.layer.bytes;
    result.answer = same ? ProbeAnswer::kYes : ProbeAnswer::kNo;
    if (!same) result.means = "its bytes are not those that were pushed";
    co_return;
  }
  const bool led_astray = first.ok() && IsRedirect(first->head.status);
  result.answer = led_astray ? ProbeAnswer::kNo : AnswerOf(first, 200);
  if (result.answer != ProbeAnswer::kNo) co_return;
  ExplainHidden(first, result);
  if (!IsRefusal(first)) {
    result.means =
        "layers cannot be read back before their manifest is pushed: rules on "
        "the base refuse images with layers that are new to the gateway. "
        "Configs of at most 4 MiB are kept as they stream past";
    result.configure =
        "policies: no rule of base.* for this upstream, or mode: observe";
  }
}

Task<> ProbeBlobDirect(ProbeClient& client, ProbeScratch& scratch,
                       ProbeResult& result) {
  if (!scratch.blob) co_return NotAsked("see blob.get", result);
  const ResponseHead& head = scratch.blob->head;
  result.seen = absl::StrCat(head.status);
  if (head.status == 200) result.answer = ProbeAnswer::kYes;
  if (!IsRedirect(head.status)) co_return;
  const std::string* location = head.headers.Find("Location");
  const HttpUrl at{client.address(), client.Path("")};
  const StatusOr<HttpUrl> to = RedirectTarget(at, head);
  result.answer = ProbeAnswer::kNo;
  absl::StrAppend(&result.seen, " to ",
                  to.ok()               ? to->origin.Authority()
                  : location != nullptr ? WithoutQuery(*location)
                                        : "nowhere");
  result.means = "clients and the gateway read blobs there: both must reach it";
}

Task<> ProbeBlobRange(ProbeClient& client, ProbeScratch& scratch,
                      ProbeResult& result) {
  ProbeRequest request = BlobRequest("GET", client, scratch);
  request.headers.Add("Range", absl::StrCat("bytes=0-", kMagicBytes - 1));
  StatusOr<HttpAnswer> first = co_await client.Ask(request);
  const StatusOr<HttpAnswer> answer =
      co_await FollowRedirects(client, request, std::move(first));
  result.seen = DescribeAnswer(answer);
  result.answer = AnswerOf(answer, 206);
  if (IsStatus(answer, 206) &&
      answer->body != scratch.layer.bytes.substr(0, kMagicBytes)) {
    result.answer = ProbeAnswer::kNo;
    absl::StrAppend(&result.seen, " with other bytes than asked for");
  }
  if (IsStatus(answer, 200)) {
    result.means =
        "clients cannot resume a pull; the gateway, which looks at the first "
        "bytes of unknown layers, breaks the read off";
  }
}

}  // namespace plimsoll
