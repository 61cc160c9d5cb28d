// A strict, bounded JSON reader for documents whose bytes a registry, a runtime
// and we must all read alike. simdjson parses; our own walk then refuses what
// two parsers could read differently. Pure; safe for concurrent use.
//
// Refused, with the place in the message ("layers[3].digest: ..."): a member
// name twice in one object (compared after unescaping), invalid UTF-8, lone
// surrogates, U+0000, a BOM, bytes after the value, and anything over a limit.
// Case-fold variants of known member names are refused by JsonFields, since
// only the reader of a record knows which names are known; in a map
// ("annotations", "Labels") `Foo` beside `foo` is legal.
#ifndef PLIMSOLL_POLICY_OCI_JSON_H_
#define PLIMSOLL_POLICY_OCI_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/status.h"

namespace plimsoll {

// Bounds checked while reading (facts: security, section 5).
struct JsonLimits {
  size_t max_bytes = 4 << 20;
  size_t max_depth = 32;
  size_t max_values = 200'000;
  size_t max_name_bytes = 1 << 10;
  size_t max_string_bytes = 1 << 20;
};

class JsonValue;
struct JsonMember;
using JsonArray = std::vector<JsonValue>;
using JsonObject = std::vector<JsonMember>;  // in document order, names unique

// A number that Go would not decode into an int64: 2.0, 1e3, 2^63.
struct JsonReal {
  double value;
};

// One JSON value. Immutable once parsed; copies are deep.
class JsonValue {
 public:
  using Storage = std::variant<std::monostate, bool, int64_t, JsonReal,
                               std::string, JsonArray, JsonObject>;
  JsonValue() = default;
  explicit JsonValue(Storage storage);

  bool is_null() const {
    return std::holds_alternative<std::monostate>(storage_);
  }
  // Each returns nullptr where the value is of another kind.
  const bool* AsBool() const { return std::get_if<bool>(&storage_); }
  const int64_t* AsInteger() const { return std::get_if<int64_t>(&storage_); }
  const JsonReal* AsReal() const { return std::get_if<JsonReal>(&storage_); }
  const std::string* AsString() const {
    return std::get_if<std::string>(&storage_);
  }
  const JsonArray* AsArray() const { return std::get_if<JsonArray>(&storage_); }
  const JsonObject* AsObject() const {
    return std::get_if<JsonObject>(&storage_);
  }
  // The member called `name`; nullptr where this is no object or has none.
  const JsonValue* Find(absl::string_view name) const;
  // "null", "boolean", "integer", "number", "string", "array" or "object".
  absl::string_view KindName() const;

 private:
  Storage storage_;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Here, since a member must be complete before a vector of it is moved.
inline JsonValue::JsonValue(Storage storage) : storage_(std::move(storage)) {}

// Reads one whole document. InvalidArgument where it is not strict JSON,
// ResourceExhausted where it is over a limit.
StatusOr<JsonValue> ParseJson(absl::string_view bytes,
                              const JsonLimits& limits = {});

// Reads an object as a record: a fixed set of member names, as Go's
// encoding/json would decode it into a struct. Construction refuses names that
// equal a known one under Go's case folding without being it ("Config",
// "layer\u017f"). Unknown names are kept out of the way and never an error.
// Getters: absent or null gives the empty value unless Required*; another kind
// is InvalidArgument naming the member. Borrows `object`.
class JsonFields {
 public:
  static StatusOr<JsonFields> New(const JsonValue& value,
                                  absl::Span<const absl::string_view> known);

  bool Has(absl::string_view name) const;  // present, even as null
  // nullptr where absent or null.
  const JsonValue* Get(absl::string_view name) const;
  StatusOr<std::string> String(absl::string_view name) const;
  StatusOr<std::string> RequiredString(absl::string_view name) const;
  StatusOr<int64_t> Integer(absl::string_view name) const;
  StatusOr<int64_t> RequiredInteger(absl::string_view name) const;
  StatusOr<bool> Bool(absl::string_view name) const;
  StatusOr<std::vector<std::string>> Strings(absl::string_view name) const;
  // A map of strings, in document order.
  StatusOr<std::vector<std::pair<std::string, std::string>>> StringMap(
      absl::string_view name) const;
  // nullptr where absent or null; an error where not an array.
  StatusOr<const JsonArray*> Array(absl::string_view name) const;

 private:
  explicit JsonFields(const JsonObject* object) : object_(object) {}
  const JsonObject* object_;
};

// Go's simple case folding as encoding/json applies it: ASCII letters, U+017F
// as s and U+212A as k.
std::string FoldJsonName(absl::string_view name);

// `text` as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD.
std::string QuoteJson(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_JSON_H_
