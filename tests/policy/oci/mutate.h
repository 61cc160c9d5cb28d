// Breaks and bends JSON documents, the same way for the same seed: names in
// other spellings, duplicates, other values, stray bytes.
#ifndef PLIMSOLL_TESTS_POLICY_OCI_MUTATE_H_
#define PLIMSOLL_TESTS_POLICY_OCI_MUTATE_H_

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace plimsoll {

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  // `document` with one or two changes. Most results are still JSON.
  std::string Mutate(std::string document);

 private:
  // A run of bytes of the document.
  struct Span {
    size_t begin;
    size_t end;
  };
  // Where names, other values and openings of objects stand.
  struct Layout {
    std::vector<Span> names;
    std::vector<Span> scalars;
    std::vector<size_t> openings;
  };
  static Layout Scan(absl::string_view document);

  size_t Below(size_t limit) { return random_() % limit; }
  template <typename T>
  const T& Pick(const T* items, size_t count) {
    return items[Below(count)];
  }

  void InsertMember(std::string* document);
  void CopyMember(std::string* document);
  void ReplaceScalar(std::string* document);
  void RespellName(std::string* document);
  void RenameMember(std::string* document);
  void ChangeByte(std::string* document);
  std::string AnyValue();
  std::string AnyName();

  std::mt19937 random_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_OCI_MUTATE_H_
