#include "tests/policy/oci/mutate.h"

#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace plimsoll {
namespace {

// Names that a reader of manifests or configs knows.
constexpr absl::string_view kNames[] = {"schemaVersion",
                                        "mediaType",
                                        "config",
                                        "layers",
                                        "manifests",
                                        "fsLayers",
                                        "subject",
                                        "annotations",
                                        "artifactType",
                                        "digest",
                                        "size",
                                        "urls",
                                        "data",
                                        "platform",
                                        "architecture",
                                        "os",
                                        "os.version",
                                        "os.features",
                                        "variant",
                                        "features",
                                        "created",
                                        "author",
                                        "rootfs",
                                        "type",
                                        "diff_ids",
                                        "history",
                                        "created_by",
                                        "comment",
                                        "empty_layer",
                                        "User",
                                        "ExposedPorts",
                                        "Env",
                                        "Entrypoint",
                                        "Cmd",
                                        "Volumes",
                                        "Labels",
                                        "labels",
                                        "WorkingDir",
                                        "ArgsEscaped",
                                        "Image",
                                        "StopSignal",
                                        "unknown",
                                        ""};

constexpr absl::string_view kValues[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "2",
    "2.0",
    "2e0",
    "7",
    "9007199254740991",
    "9007199254740992",
    "9223372036854775808",
    "18446744073709551616",
    "1e400",
    "\"\"",
    "\"x\"",
    "\"layers\"",
    "\"linux\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u2028<&>\"",
    "\"\xc3\xa9\"",
    "\"\xff\"",
    "[]",
    "{}",
    "[null]",
    "[\"a\"]",
    "[{}]",
    "[7]",
    "{\"a\":\"b\"}",
    "{\"a\":{}}",
    "{\"a\":null}",
    "{\"a\":\"1\",\"A\":\"2\"}",
    "\"2024-05-01T12:00:00Z\"",
    "\"2024-05-01T12:00:00.123456789+02:00\"",
    "\"2024-02-30T12:00:00Z\"",
    "\"2024-05-01T12:00:60Z\"",
    "\"2024-05-01T12:00:00,5Z\"",
    "\"2024-05-01T12:00:00+24:00\"",
    "\"0001-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59.999999999-23:59\"",
    "\"e30=\"",
    "\"e30\"",
    "\"e3\\n0=\"",
    "{\"digest\":\"sha256:"
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\","
    "\"mediaType\":\"application/x\",\"size\":2,\"data\":\"e30=\"}",
    "{\"type\":\"layers\",\"diff_ids\":[]}",
    "{\"diff_ids\":null}",
    "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\"}",
    "{\"80/tcp\":{},\"81\":null}"};

constexpr absl::string_view kBytes(
    "\0\t\n \"\\{}[],:0-.eE+/\x7f\x80\xc5\xed\xff", 23);

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

size_t SkipBlanks(absl::string_view text, size_t at) {
  while (at < text.size() && IsBlank(text[at])) ++at;
  return at;
}

// The end of the string that starts at `at`.
size_t StringEnd(absl::string_view text, size_t at) {
  ++at;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

size_t WordEnd(absl::string_view text, size_t at) {
  while (at < text.size() && !IsBlank(text[at]) &&
         absl::string_view(",:[]{}\"").find(text[at]) ==
             absl::string_view::npos) {
    ++at;
  }
  return at;
}

}  // namespace

Mutator::Layout Mutator::Scan(absl::string_view document) {
  Layout layout;
  size_t at = 0;
  while ((at = SkipBlanks(document, at)) < document.size()) {
    const size_t begin = at;
    if (document[at] == '"') {
      at = StringEnd(document, at);
      const size_t next = SkipBlanks(document, at);
      const bool name = next < document.size() && document[next] == ':';
      (name ? layout.names : layout.scalars).push_back(Span{begin, at});
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(document[at])) ||
               document[at] == '-') {
      at = WordEnd(document, at);
      layout.scalars.push_back(Span{begin, at});
    } else {
      if (document[at] == '{') layout.openings.push_back(at + 1);
      ++at;
    }
  }
  return layout;
}

std::string Mutator::AnyValue() {
  return std::string(Pick(kValues, std::size(kValues)));
}

std::string Mutator::AnyName() {
  return std::string(Pick(kNames, std::size(kNames)));
}

void Mutator::InsertMember(std::string* document) {
  const Layout layout = Scan(*document);
  if (layout.openings.empty()) return;
  const size_t at = layout.openings[Below(layout.openings.size())];
  const size_t next = SkipBlanks(*document, at);
  const bool empty = next < document->size() && (*document)[next] == '}';
  document->insert(
      at, absl::StrCat("\"", AnyName(), "\":", AnyValue(), empty ? "" : ","));
}

// Writes a member a second time, in its own object or in another.
void Mutator::CopyMember(std::string* document) {
  const Layout layout = Scan(*document);
  if (layout.names.empty() || layout.scalars.empty()) return;
  const Span name = layout.names[Below(layout.names.size())];
  const Span value = layout.scalars[Below(layout.scalars.size())];
  const std::string member =
      absl::StrCat(document->substr(name.begin, name.end - name.begin), ":",
                   document->substr(value.begin, value.end - value.begin), ",");
  const bool beside = Below(2) == 0;
  document->insert(
      beside ? name.begin : layout.openings[Below(layout.openings.size())],
      member);
}

void Mutator::ReplaceScalar(std::string* document) {
  const Layout layout = Scan(*document);
  if (layout.scalars.empty()) return;
  const Span span = layout.scalars[Below(layout.scalars.size())];
  document->replace(span.begin, span.end - span.begin, AnyValue());
}

// Escapes one letter of a name, changes its case, or takes the letter that Go
// folds with it.
void Mutator::RespellName(std::string* document) {
  const Layout layout = Scan(*document);
  if (layout.names.empty()) return;
  const Span span = layout.names[Below(layout.names.size())];
  if (span.end - span.begin < 3) return;
  const size_t at = span.begin + 1 + Below(span.end - span.begin - 2);
  const auto c = static_cast<unsigned char>((*document)[at]);
  if (!absl::ascii_isalpha(c)) return;
  std::string letter = absl::StrFormat("\\u%04x", c);
  if (Below(2) == 0) {
    letter = std::string(1, static_cast<char>(c ^ 0x20));
    if (c == 's' && Below(2) == 0) letter = "\xc5\xbf";
    if (c == 'k' && Below(2) == 0) letter = "\\u212a";
  }
  document->replace(at, 1, letter);
}

void Mutator::RenameMember(std::string* document) {
  const Layout layout = Scan(*document);
  if (layout.names.empty()) return;
  const Span span = layout.names[Below(layout.names.size())];
  document->replace(span.begin, span.end - span.begin,
                    absl::StrCat("\"", AnyName(), "\""));
}

void Mutator::ChangeByte(std::string* document) {
  if (document->empty()) return;
  const size_t at = Below(document->size());
  const char byte = kBytes[Below(kBytes.size())];
  switch (Below(4)) {
    case 0:
      (*document)[at] = byte;
      return;
    case 1:
      document->insert(at, 1, byte);
      return;
    case 2:
      document->erase(at, 1);
      return;
    default:
      document->append(1, byte);
  }
}

std::string Mutator::Mutate(std::string document) {
  using Change = void (Mutator::*)(std::string*);
  constexpr Change kChanges[] = {&Mutator::InsertMember,  &Mutator::CopyMember,
                                 &Mutator::ReplaceScalar, &Mutator::RespellName,
                                 &Mutator::RenameMember,  &Mutator::ChangeByte};
  for (size_t changes = 1 + Below(2); changes > 0; --changes) {
    (this->*Pick(kChanges, std::size(kChanges)))(&document);
  }
  return document;
}

}  // namespace plimsoll
