// A strict, bounded reader of YAML that people write. yaml-cpp parses; what two
// readers could take differently, or what hides meaning, is an issue: a key
// twice in one mapping, anchors, aliases, merge keys, tags, directives, keys
// that are no plain text, a document that starts without "---", tabs that
// indent, bytes that are not UTF-8, characters that nobody sees.
// Pure; safe for concurrent use.
#ifndef PLIMSOLL_POLICY_LANGUAGE_YAML_H_
#define PLIMSOLL_POLICY_LANGUAGE_YAML_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/language/issue.h"

namespace plimsoll {

// Bounds of one file.
inline constexpr size_t kMaxYamlBytes = 1 << 20;
inline constexpr size_t kMaxYamlDepth = 16;
inline constexpr size_t kMaxYamlValues = 50'000;
inline constexpr size_t kMaxYamlDocuments = 256;

struct YamlEntry;

// One value of a document, with its place. Copies are deep.
struct YamlValue {
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Kind kind = Kind::kNull;
  Place place;
  std::string text;      // of a scalar
  bool quoted = false;   // the scalar is text whatever it looks like
  bool refused = false;  // stands for nothing, and has its issue already
  std::vector<YamlValue> items;
  std::vector<YamlEntry> entries;  // in document order, keys unique

  // "nothing", "text", "a list" or "a mapping".
  absl::string_view KindName() const;
  // The value under `key`; nullptr where this is no mapping or has none.
  const YamlValue* Find(absl::string_view key) const;
};

struct YamlEntry {
  std::string key;
  Place place;  // of the key
  YamlValue value;
};

// The documents of one file, empty ones left out. What is wrong goes to
// `issues`, and the documents read so far are returned all the same, so that
// more can be found in them: the caller asks `issues` whether to use them.
std::vector<YamlValue> ParseYaml(int file, absl::string_view bytes,
                                 Issues& issues);

// The meaning of a document without its layout: comments, quotes and the order
// of keys change nothing. For digests.
std::string CanonicalYaml(const YamlValue& value);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_YAML_H_
