// Gathers scan reports from the store: about an image, about its base, and
// about an index of which they mean one child. A report that names an index and
// could be about several of its children, or about none, is used for none and
// becomes a gap that says so. Internal where the store fails.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_GATHER_REPORTS_H_
#define PLIMSOLL_GATEWAY_ADMISSION_GATHER_REPORTS_H_

#include <vector>

#include "gateway/store/store.h"
#include "gateway/task.h"
#include "policy/base/catalog.h"
#include "policy/evidence.h"

namespace plimsoll {

Task<Status> ReadImageReports(Store& store, ImageEvidence& image);
// About any candidate of the image's base, the indexes that list it included.
// A gap only where no report is about the base.
Task<Status> ReadBaseReports(Store& store, const BaseCatalog& catalog,
                             ImageEvidence& image);
// About a pushed index: `images` are all its runnable children.
Task<Status> ReadIndexReports(Store& store, const Digest& index,
                              std::vector<ImageEvidence>& images);

// Why a report that names an index is used for none of its `children`, of which
// it can be about `fitting`. For people.
std::string UnclearChild(const ScanReport& report, const Digest& index,
                         size_t fitting, size_t children);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_GATHER_REPORTS_H_
