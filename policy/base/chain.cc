#include "policy/base/chain.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// sha256 of 0, 512, 1024 and 10240 zero bytes: nothing, an unfinished end
// marker, the end marker, and the end marker in a record of GNU tar.
constexpr std::array<absl::string_view, 4> kEmptyDiffIds = {
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha256:076a27c79e5ace2a3d47f9dd2e83e4ff6ea8872b3c2218f66c92b89b55f36560",
    "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "sha256:84ff92691f909a05b224e1c56abb4864f01b4f8e3c854e4bb4c7baf1d3f6d652",
};

}  // namespace

std::vector<Digest> ChainIds(absl::Span<const Digest> diff_ids) {
  std::vector<Digest> chains;
  chains.reserve(diff_ids.size());
  for (const Digest& diff_id : diff_ids) {
    if (chains.empty()) {
      chains.push_back(diff_id);
    } else {
      chains.push_back(Digest::Sha256(
          absl::StrCat(chains.back().ToString(), " ", diff_id.ToString())));
    }
  }
  return chains;
}

bool IsEmptyLayer(const Digest& diff_id) {
  return std::find(kEmptyDiffIds.begin(), kEmptyDiffIds.end(),
                   diff_id.ToString()) != kEmptyDiffIds.end();
}

}  // namespace plimsoll
