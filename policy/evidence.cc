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

absl::string_view FaultKindName(Fault::Kind kind) {
  switch (kind) {
    case Fault::Kind::kFormat:
      return "format";
    case Fault::Kind::kBound:
      return "bound";
    case Fault::Kind::kDocument:
      return "document";
    case Fault::Kind::kIndex:
      return "index";
    case Fault::Kind::kLayer:
      return "layer";
  }
  return "document";
}

}  // namespace plimsoll
