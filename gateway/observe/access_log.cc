#include "gateway/observe/access_log.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/instant.h"
#include "gateway/observe/log_file.h"
#include "policy/oci/json.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxMethod = 32;
constexpr size_t kMaxPath = 1024;
constexpr size_t kMaxName = 256;  // of a repository, a user agent, a client
constexpr size_t kMaxRequestId = 128;
constexpr size_t kUsualLine = 640;

bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

// One JSON object on its way. Names need no quoting.
class Line {
 public:
  Line() { out_.reserve(kUsualLine); }

  // Nothing where it is empty; cut at `max_bytes`.
  void Text(absl::string_view name, absl::string_view value,
            size_t max_bytes = kMaxName) {
    if (value.empty()) return;
    Name(name);
    if (value.size() <= max_bytes && IsPlain(value)) {
      absl::StrAppend(&out_, "\"", value, "\"");
      return;
    }
    // What is cut off need not be read.
    const std::string shown = Printable(value.substr(0, max_bytes + 4));
    out_ += QuoteJson(CutShort(shown, max_bytes));
  }
  void Number(absl::string_view name, uint64_t value) {
    Name(name);
    absl::StrAppend(&out_, value);
  }
  void Seconds(absl::string_view name, std::chrono::nanoseconds value) {
    const int64_t micros = std::max<int64_t>(0, value.count() / 1000);
    Name(name);
    absl::StrAppend(&out_, micros / 1'000'000, ".",
                    absl::Dec(micros % 1'000'000, absl::kZeroPad6));
  }
  std::string Take() {
    out_ += '}';
    return std::move(out_);
  }

 private:
  void Name(absl::string_view name) {
    absl::StrAppend(&out_, out_.empty() ? "{\"" : ",\"", name, "\":");
  }
  std::string out_;
};

// What the request's fields say of it, in one pass.
struct Fields {
  explicit Fields(const Headers& headers) {
    for (const HeaderField& field : headers) {
      if (IsSameName(field.name, "User-Agent")) {
        user_agent = field.value;
      } else if (IsSameName(field.name, "X-Request-Id")) {
        if (IsRequestId(field.value)) request_id = field.value;
      } else if (IsSameName(field.name, "Traceparent")) {
        trace_id = TraceIdOf(field.value);
      }
    }
  }
  absl::string_view user_agent;
  absl::string_view request_id;
  absl::string_view trace_id;
};

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           (c >= 'a' && c <= 'f');
  });
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

class FileAccessLog : public AccessLog {
 public:
  explicit FileAccessLog(LogFile file) : file_(std::move(file)) {}
  void Write(const Exchange& exchange, absl::string_view listener) override {
    file_.Write(AccessLine(exchange, listener, absl::Now()));
  }

 private:
  LogFile file_;
};

}  // namespace

bool IsRequestId(absl::string_view text) {
  constexpr absl::string_view kMarks = "-._~:/+=@";
  return !text.empty() && text.size() <= kMaxRequestId &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::StrContains(kMarks, c);
         });
}

// "00-<32 hex: trace>-<16 hex: parent>-<2 hex: flags>" (W3C Trace Context).
absl::string_view TraceIdOf(absl::string_view traceparent) {
  if (traceparent.size() != 55 || traceparent.substr(0, 3) != "00-") return "";
  const absl::string_view trace = traceparent.substr(3, 32);
  const absl::string_view parent = traceparent.substr(36, 16);
  const bool well_formed = traceparent[35] == '-' && traceparent[52] == '-' &&
                           IsLowerHex(trace) && IsLowerHex(parent) &&
                           IsLowerHex(traceparent.substr(53)) &&
                           !IsZero(trace) && !IsZero(parent);
  return well_formed ? trace : "";
}

std::string AccessLine(const Exchange& exchange, absl::string_view listener,
                       absl::Time now) {
  const ExchangeNotes& notes = exchange.notes;
  const absl::string_view target = exchange.head.target;
  const Fields fields(exchange.head.headers);
  Line line;
  line.Text("time", FormatInstant(now));
  line.Text("event", "access");
  line.Text("listener", listener);
  line.Text("client", exchange.peer);
  line.Text("clientName",
            notes.client.empty() ? exchange.client_name : notes.client);
  line.Text("proxy", exchange.proxy);
  line.Text("method", exchange.head.method, kMaxMethod);
  line.Text("path", target.substr(0, target.find('?')), kMaxPath);
  line.Number("status", static_cast<uint64_t>(exchange.status()));
  line.Number("requestBytes", exchange.reader().body_bytes());
  line.Number("answerBytes", exchange.answer_bytes());
  line.Seconds("seconds", std::chrono::steady_clock::now() - exchange.began());
  line.Text("route", notes.route);
  line.Text("upstream", notes.upstream);
  line.Text("repository", notes.repository);
  line.Text("reference", notes.reference);
  line.Text("digest", notes.digest);
  line.Text("userAgent", fields.user_agent);
  if (notes.upstream_status != 0) {
    line.Number("upstreamStatus", static_cast<uint64_t>(notes.upstream_status));
  }
  line.Text("endedBy", EndedByName(notes.ended_by));
  line.Text("decision", notes.decision);
  line.Text("tls", exchange.stream().TlsVersion());
  line.Text("requestId", fields.request_id);
  line.Text("traceId", fields.trace_id);
  return line.Take();
}

StatusOr<std::unique_ptr<AccessLog>> OpenAccessLog(const std::string& where) {
  if (where.empty()) return nullptr;
  const LogName name{"access log", "access", "lines are lost"};
  ASSIGN_OR_RETURN(LogFile file, LogFile::Open(where, name));
  return std::make_unique<FileAccessLog>(std::move(file));
}

}  // namespace plimsoll
