#include "policy/oci/json.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "simdjson.h"

namespace plimsoll {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kMaxShownName = 64;  // bytes of a name in a message

absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// A member name as it stands in a path. Names come from the pusher: what could
// break a line of a log or a header is quoted.
std::string ShowName(absl::string_view name) {
  const absl::string_view shown = name.substr(0, kMaxShownName);
  const bool plain = !shown.empty() && absl::c_all_of(shown, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("_-./$", c);
  });
  return absl::StrCat(plain ? std::string(shown) : QuoteJson(shown),
                      shown.size() < name.size() ? "..." : "");
}

bool IsNumberByte(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
         absl::StrContains("+-.eE", c);
}

// The ordinals, among all numbers of the well-formed document `bytes`, of those
// written "-0". simdjson reads them as the integer 0 and forgets the sign.
std::vector<size_t> FindNegativeZeros(absl::string_view bytes) {
  std::vector<size_t> found;
  if (!absl::StrContains(bytes, "-0")) return found;
  size_t numbers = 0;
  bool in_string = false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (in_string && bytes[i] == '\\') {
      ++i;
    } else if (bytes[i] == '"') {
      in_string = !in_string;
    } else if (!in_string &&
               (bytes[i] == '-' ||
                absl::ascii_isdigit(static_cast<unsigned char>(bytes[i])))) {
      const size_t start = i;
      while (i + 1 < bytes.size() && IsNumberByte(bytes[i + 1])) ++i;
      if (bytes.substr(start, i + 1 - start) == "-0") found.push_back(numbers);
      ++numbers;
    }
  }
  return found;
}

// Turns simdjson's document into ours, refusing on the way what the header
// says. Recursion is bounded by JsonLimits::max_depth.
class Walker {
 public:
  Walker(const JsonLimits& limits, absl::string_view bytes)
      : limits_(limits), negative_zeros_(FindNegativeZeros(bytes)) {}

  StatusOr<JsonValue> Read(const dom::element& element) {
    if (++values_ > limits_.max_values) {
      return Exhausted(absl::StrCat("more than ", limits_.max_values,
                                    " values in the document"));
    }
    switch (element.type()) {
      case dom::element_type::ARRAY:
        return ReadArray(element.get_array().value_unsafe());
      case dom::element_type::OBJECT:
        return ReadObject(element.get_object().value_unsafe());
      case dom::element_type::STRING:
        return ReadString(ToAbsl(element.get_string().value_unsafe()));
      case dom::element_type::BOOL:
        return JsonValue(element.get_bool().value_unsafe());
      case dom::element_type::NULL_VALUE:
        return JsonValue();
      default:
        return ReadNumber(element);
    }
  }

 private:
  // One step of the path to the value that is being read.
  struct Step {
    bool is_index;
    size_t index;
    absl::string_view name;
  };

  StatusOr<JsonValue> ReadNumber(const dom::element& element) {
    const bool negative_zero =
        absl::c_binary_search(negative_zeros_, numbers_++);
    if (negative_zero) return JsonValue(JsonReal{-0.0});
    if (element.type() == dom::element_type::INT64) {
      return JsonValue(element.get_int64().value_unsafe());
    }
    return JsonValue(JsonReal{element.get_double().value_unsafe()});
  }

  StatusOr<JsonValue> ReadString(absl::string_view text) {
    if (text.size() > limits_.max_string_bytes) {
      return Exhausted(absl::StrCat("string of more than ",
                                    limits_.max_string_bytes, " bytes"));
    }
    RETURN_IF_ERROR(CheckText(text));
    return JsonValue(std::string(text));
  }

  StatusOr<JsonValue> ReadArray(const dom::array& array) {
    RETURN_IF_ERROR(Enter());
    JsonArray values;
    path_.push_back(Step{true, 0, ""});
    for (const dom::element element : array) {
      path_.back().index = values.size();
      ASSIGN_OR_RETURN(JsonValue value, Read(element));
      values.push_back(std::move(value));
    }
    path_.pop_back();
    --depth_;
    return JsonValue(std::move(values));
  }

  StatusOr<JsonValue> ReadObject(const dom::object& object) {
    RETURN_IF_ERROR(Enter());
    JsonObject members;
    path_.push_back(Step{false, 0, ""});
    for (const auto [key, element] : object) {
      path_.back().name = ToAbsl(key);
      RETURN_IF_ERROR(CheckName(path_.back().name));
      ASSIGN_OR_RETURN(JsonValue value, Read(element));
      members.push_back(JsonMember{std::string(key), std::move(value)});
    }
    RETURN_IF_ERROR(CheckUnique(members));
    path_.pop_back();
    --depth_;
    return JsonValue(std::move(members));
  }

  Status Enter() {
    if (++depth_ <= limits_.max_depth) return absl::OkStatus();
    return Exhausted(
        absl::StrCat("nested deeper than ", limits_.max_depth, " levels"));
  }

  Status CheckName(absl::string_view name) {
    if (name.size() > limits_.max_name_bytes) {
      return Exhausted(
          absl::StrCat("name of more than ", limits_.max_name_bytes, " bytes"));
    }
    return CheckText(name);
  }

  Status CheckText(absl::string_view text) {
    if (absl::StrContains(text, '\0')) return Invalid("contains U+0000");
    // The raw bytes are valid UTF-8, so a surrogate can only come from a lone
    // \u escape.
    for (size_t i = text.find('\xED'); i != text.npos;
         i = text.find('\xED', i + 1)) {
      if (static_cast<unsigned char>(text[i + 1]) >= 0xA0) {
        return Invalid("contains a lone surrogate");
      }
    }
    return absl::OkStatus();
  }

  Status CheckUnique(const JsonObject& members) {
    std::vector<absl::string_view> names;
    names.reserve(members.size());
    for (const JsonMember& member : members) names.push_back(member.name);
    absl::c_sort(names);
    const auto twice = absl::c_adjacent_find(names);
    if (twice == names.end()) return absl::OkStatus();
    path_.back().name = *twice;
    return Invalid("duplicate name");
  }

  Status Invalid(absl::string_view message) const {
    return Annotate(absl::InvalidArgumentError(message), PathText());
  }
  Status Exhausted(absl::string_view message) const {
    return Annotate(absl::ResourceExhaustedError(message), PathText());
  }

  std::string PathText() const {
    std::string text;
    for (const Step& step : path_) {
      if (step.is_index) {
        absl::StrAppend(&text, "[", step.index, "]");
      } else {
        absl::StrAppend(&text, text.empty() ? "" : ".", ShowName(step.name));
      }
    }
    return text;
  }

  const JsonLimits& limits_;
  const std::vector<size_t> negative_zeros_;  // ascending
  std::vector<Step> path_;
  size_t depth_ = 0;
  size_t values_ = 0;
  size_t numbers_ = 0;
};

Status ToStatus(simdjson::error_code error, const JsonLimits& limits) {
  switch (error) {
    case simdjson::DEPTH_ERROR:
      return absl::ResourceExhaustedError(
          absl::StrCat("nested deeper than ", limits.max_depth, " levels"));
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return absl::ResourceExhaustedError("document too large");
    case simdjson::UTF8_ERROR:
      return absl::InvalidArgumentError("not valid UTF-8");
    case simdjson::STRING_ERROR:
    case simdjson::UNCLOSED_STRING:
    case simdjson::UNESCAPED_CHARS:
      return absl::InvalidArgumentError("not JSON: malformed string");
    case simdjson::NUMBER_ERROR:
      return absl::InvalidArgumentError(
          "not JSON: malformed number, or one out of range");
    case simdjson::EMPTY:
      return absl::InvalidArgumentError("not JSON: empty");
    default:
      return absl::InvalidArgumentError("not JSON: malformed structure");
  }
}

}  // namespace

StatusOr<JsonValue> ParseJson(absl::string_view bytes,
                              const JsonLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("document of ", bytes.size(),
                     " bytes is over the limit of ", limits.max_bytes));
  }
  if (absl::StartsWith(bytes, "\xEF\xBB\xBF")) {
    return absl::InvalidArgumentError(
        "not JSON: starts with a byte order mark");
  }
  dom::parser parser;
  // The walk counts depth exactly; simdjson only has to stop before its stack
  // of open scopes grows.
  simdjson::error_code error =
      parser.allocate(bytes.size() + 1, limits.max_depth + 2);
  if (error != simdjson::SUCCESS) return ToStatus(error, limits);
  dom::element root;
  error = parser.parse(bytes.data(), bytes.size()).get(root);
  if (error != simdjson::SUCCESS) return ToStatus(error, limits);
  return Walker(limits, bytes).Read(root);
}

}  // namespace plimsoll
