#include "policy/language/yaml_events.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "policy/language/yaml_advice.h"
#include "policy/language/yaml_text.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// "---", and no text that starts so.
bool StartsWithMarker(absl::string_view text) {
  return absl::ConsumePrefix(&text, "---") &&
         (text.empty() ||
          absl::ascii_isspace(static_cast<unsigned char>(text.front())));
}

// Builds the values of documents bottom up. Once over a bound it ignores what
// follows; the parse itself is bounded by the size of the bytes.
class ValueBuilder final : public YAML::EventHandler {
 public:
  ValueBuilder(int file, absl::string_view bytes, Issues& issues)
      : file_(file), bytes_(bytes), issues_(issues) {}

  std::vector<YamlValue> Take() { return std::move(documents_); }
  // The line in which the innermost open value starts; 0 for none.
  int open_line() const {
    return open_.empty() ? 0 : open_.back().value.place.line;
  }
  bool stopped() const { return stopped_; }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { Close(); }

 private:
  struct Open {
    YamlValue value;
    std::optional<YamlEntry> key;  // of a mapping, waiting for its value
    absl::flat_hash_map<std::string, int> lines;  // of the keys so far
  };

  Place At(const YAML::Mark& mark) const {
    return {file_, mark.line + 1, mark.column + 1};
  }
  void Stop(const Place& place, absl::string_view message);
  bool Begin(const YAML::Mark& mark, YAML::anchor_t anchor);
  void RefuseTag(const YAML::Mark& mark);
  void CheckScalar(YamlValue& value);
  void OpenValue(const YAML::Mark& mark, YamlValue::Kind kind);
  void Close();
  void Attach(YamlValue value);
  void AttachKey(Open& open, YamlValue key);

  const int file_;
  const absl::string_view bytes_;
  Issues& issues_;
  std::vector<YamlValue> documents_;
  std::vector<Open> open_;
  size_t started_ = 0;  // documents
  size_t values_ = 0;
  bool stopped_ = false;
};

void ValueBuilder::Stop(const Place& place, absl::string_view message) {
  issues_.Add(place, message);
  stopped_ = true;
}

void ValueBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (stopped_) return;
  const auto offset = static_cast<size_t>(mark.pos);
  if (started_ > 0 && !StartsWithMarker(bytes_.substr(offset))) {
    return Stop(At(mark),
                "this is no part of what stands above: check the indentation, "
                "or start another document with `---`");
  }
  if (++started_ > kMaxYamlDocuments) {
    Stop(At(mark), absl::StrCat("more than ", kMaxYamlDocuments,
                                " documents in one file"));
  }
}

// What holds for every value. False where it is to be left out.
bool ValueBuilder::Begin(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (stopped_) return false;
  if (++values_ > kMaxYamlValues) {
    Stop(At(mark),
         absl::StrCat("more than ", kMaxYamlValues, " values in one file"));
    return false;
  }
  if (anchor != YAML::NullAnchor) {
    issues_.Add(At(mark), "anchors are not used here; write the value out");
  }
  return true;
}

void ValueBuilder::RefuseTag(const YAML::Mark& mark) {
  issues_.Add(At(mark), "tags are not used here; remove the `!` word");
}

void ValueBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (!Begin(mark, anchor)) return;
  YamlValue value;
  value.place = At(mark);
  // yaml-cpp places an absent value at whatever comes next.
  if (!open_.empty() && open_.back().key) value.place = open_.back().key->place;
  Attach(std::move(value));
}

void ValueBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (!Begin(mark, YAML::NullAnchor)) return;
  issues_.Add(At(mark), kNoYamlAliases);
  YamlValue value;
  value.place = At(mark);
  value.refused = true;
  Attach(std::move(value));
}

void ValueBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag,
                            YAML::anchor_t anchor, const std::string& text) {
  if (!Begin(mark, anchor)) return;
  // "?" is no tag, and "!" is what a quoted scalar carries without having one.
  const auto offset = static_cast<size_t>(mark.pos);
  const bool written = offset < bytes_.size() && bytes_[offset] == '!';
  if (written || (!tag.empty() && tag != "?" && tag != "!")) RefuseTag(mark);
  YamlValue value;
  value.kind = YamlValue::Kind::kScalar;
  value.place = At(mark);
  value.text = text;
  value.quoted = tag == "!";
  CheckScalar(value);
  Attach(std::move(value));
}

// Escapes can make what no line of the file holds. Line feeds are text.
void ValueBuilder::CheckScalar(YamlValue& value) {
  for (absl::string_view line : absl::StrSplit(value.text, '\n')) {
    if (!FindTextFault(line)) continue;
    issues_.Add(value.place,
                "an escape makes a control or invisible character; remove it");
    value.refused = true;
    return;
  }
}

void ValueBuilder::OnSequenceStart(const YAML::Mark& mark,
                                   const std::string& tag,
                                   YAML::anchor_t anchor,
                                   YAML::EmitterStyle::value) {
  if (!Begin(mark, anchor)) return;
  if (!tag.empty() && tag != "?") RefuseTag(mark);
  OpenValue(mark, YamlValue::Kind::kSequence);
}

void ValueBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                              YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  if (!Begin(mark, anchor)) return;
  if (!tag.empty() && tag != "?") RefuseTag(mark);
  OpenValue(mark, YamlValue::Kind::kMapping);
}

void ValueBuilder::OpenValue(const YAML::Mark& mark, YamlValue::Kind kind) {
  if (open_.size() == kMaxYamlDepth) {
    return Stop(At(mark),
                absl::StrCat("nested deeper than ", kMaxYamlDepth, " levels"));
  }
  Open open;
  open.value.kind = kind;
  open.value.place = At(mark);
  open_.push_back(std::move(open));
}

void ValueBuilder::Close() {
  if (stopped_) return;
  YamlValue value = std::move(open_.back().value);
  open_.pop_back();
  Attach(std::move(value));
}

void ValueBuilder::Attach(YamlValue value) {
  if (open_.empty()) {
    if (value.kind != YamlValue::Kind::kNull) {
      documents_.push_back(std::move(value));
    }
    return;
  }
  Open& open = open_.back();
  if (open.value.kind == YamlValue::Kind::kSequence) {
    open.value.items.push_back(std::move(value));
    return;
  }
  if (!open.key) return AttachKey(open, std::move(value));
  open.key->value = std::move(value);
  open.value.entries.push_back(*std::move(open.key));
  open.key.reset();
}

// A key that cannot be used stands under no name, so that its value is read.
void ValueBuilder::AttachKey(Open& open, YamlValue key) {
  open.key = YamlEntry{key.refused ? "" : key.text, key.place, {}};
  if (key.refused) return;
  if (key.kind != YamlValue::Kind::kScalar || key.text.empty()) {
    return issues_.Add(key.place, "a key must be plain text");
  }
  if (key.text == "<<" && !key.quoted) {
    issues_.Add(key.place, "merge keys are not used here; write the keys out");
  }
  const auto [first, is_new] = open.lines.emplace(key.text, key.place.line);
  if (is_new) return;
  issues_.Add(key.place,
              absl::StrCat("key ", Quoted(key.text),
                           " is there already, in line ", first->second));
}

}  // namespace

std::vector<YamlValue> ReadYamlEvents(int file, absl::string_view bytes,
                                      Issues& issues) {
  ValueBuilder builder(file, bytes, issues);
  try {
    std::istringstream stream{std::string(bytes)};
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    // Once stopped, what follows has not been looked at.
    const Place place{file, error.mark.line + 1, error.mark.column + 1};
    if (!builder.stopped())
      issues.Add(place, ExplainYaml(error.msg, builder.open_line()));
  }
  return builder.Take();
}

}  // namespace plimsoll
