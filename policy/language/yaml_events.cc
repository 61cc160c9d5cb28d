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
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// Builds the values of documents bottom up. Once over a bound it ignores what
// follows; the parse itself is bounded by the size of the bytes.
class ValueBuilder final : public YAML::EventHandler {
 public:
  ValueBuilder(int file, absl::string_view bytes, Issues& issues)
      : file_(file), bytes_(bytes), issues_(issues) {}

  std::vector<YamlValue> Take() { return std::move(documents_); }
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
  bool Begin(const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor);
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
  if (started_ > 0 && bytes_.substr(offset, 3) != "---") {
    return Stop(At(mark), "another document starts here without `---`");
  }
  if (++started_ > kMaxYamlDocuments) {
    Stop(At(mark), absl::StrCat("more than ", kMaxYamlDocuments,
                                " documents in one file"));
  }
}

// What holds for every value. False where it is to be left out.
bool ValueBuilder::Begin(const YAML::Mark& mark, const std::string& tag,
                         YAML::anchor_t anchor) {
  if (stopped_) return false;
  if (++values_ > kMaxYamlValues) {
    Stop(At(mark),
         absl::StrCat("more than ", kMaxYamlValues, " values in one file"));
    return false;
  }
  if (anchor != YAML::NullAnchor) {
    issues_.Add(At(mark), "anchors are not used here; write the value out");
  }
  // "?" is no tag, and "!" is what a quoted scalar carries without having one.
  const auto offset = static_cast<size_t>(mark.pos);
  const bool written = offset < bytes_.size() && bytes_[offset] == '!';
  if (written || (!tag.empty() && tag != "?" && tag != "!")) {
    issues_.Add(At(mark), "tags are not used here; remove the `!` word");
  }
  return true;
}

void ValueBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (!Begin(mark, "", anchor)) return;
  YamlValue value;
  value.place = At(mark);
  // yaml-cpp places an absent value at whatever comes next.
  if (!open_.empty() && open_.back().key) value.place = open_.back().key->place;
  Attach(std::move(value));
}

void ValueBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  if (!Begin(mark, "", YAML::NullAnchor)) return;
  issues_.Add(At(mark), "aliases are not used here; write the value out");
  YamlValue value;
  value.place = At(mark);
  Attach(std::move(value));
}

void ValueBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag,
                            YAML::anchor_t anchor, const std::string& text) {
  if (!Begin(mark, tag, anchor)) return;
  YamlValue value;
  value.kind = YamlValue::Kind::kScalar;
  value.place = At(mark);
  value.text = text;
  value.quoted = tag == "!";
  Attach(std::move(value));
}

void ValueBuilder::OnSequenceStart(const YAML::Mark& mark,
                                   const std::string& tag,
                                   YAML::anchor_t anchor,
                                   YAML::EmitterStyle::value) {
  if (Begin(mark, tag, anchor)) OpenValue(mark, YamlValue::Kind::kSequence);
}

void ValueBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                              YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  if (Begin(mark, tag, anchor)) OpenValue(mark, YamlValue::Kind::kMapping);
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
  open.key = YamlEntry{key.text, key.place, {}};
  if (key.kind != YamlValue::Kind::kScalar || key.text.empty()) {
    return issues_.Add(key.place, "a key must be plain text");
  }
  if (key.text == "<<" && !key.quoted) {
    issues_.Add(key.place, "merge keys are not used here; write the keys out");
  }
  const auto [first, is_new] = open.lines.emplace(key.text, key.place.line);
  if (is_new) return;
  issues_.Add(key.place,
              absl::StrCat("key `", key.text, "` is there already, in line ",
                           first->second));
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
    const Place place{file, error.mark.line + 1, error.mark.column + 1};
    issues.Add(place, absl::StrCat("not YAML: ", error.msg));
  }
  return builder.Take();
}

}  // namespace plimsoll
