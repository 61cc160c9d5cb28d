#include "policy/evidence.h"

namespace plimsoll {

absl::string_view GapKindName(Gap::Kind kind) {
  switch (kind) {
    case Gap::Kind::kConfig:
      return "config";
    case Gap::Kind::kLayer:
      return "layer";
    case Gap::Kind::kChild:
      return "child";
    case Gap::Kind::kReport:
      return "report";
    case Gap::Kind::kBlob:
      return "blob";
  }
  return "blob";
}

}  // namespace plimsoll
