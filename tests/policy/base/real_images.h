// Images that real builders wrote (tests/testdata/images), with facts that bear
// out their diff IDs.
#ifndef PLIMSOLL_TESTS_POLICY_BASE_REAL_IMAGES_H_
#define PLIMSOLL_TESTS_POLICY_BASE_REAL_IMAGES_H_

#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/base/catalog.h"
#include "tests/support/image_builder.h"

namespace plimsoll {

inline constexpr char kDebian[] = "127.0.0.1:5101/library/debian:12";

// The image "app-legacy", "buildkit/bk-tag", ...
TestImage RealImage(absl::string_view name);
// The base that most samples stand on, under kDebian.
BaseRecord RealDebian();
// The base of the BuildKit samples, whose manifest was not kept.
BaseRecord RealBuildkitBase();

// A catalog of `records`, which must be valid.
std::shared_ptr<const BaseCatalog> CatalogOf(std::vector<BaseRecord> records);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_BASE_REAL_IMAGES_H_
