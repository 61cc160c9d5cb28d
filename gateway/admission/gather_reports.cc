#include "gateway/admission/gather_reports.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/admission/gather.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// Of all records with the bytes of a base.
constexpr size_t kMaxIndexes = 8;

bool Holds(const std::vector<MatchedReport>& reports, const Digest& document) {
  return std::any_of(reports.begin(), reports.end(),
                     [&document](const MatchedReport& matched) {
                       return matched.report.document == document;
                     });
}

void AddReportGap(std::string message, ImageEvidence& image) {
  Gap gap;
  gap.kind = Gap::Kind::kReport;
  gap.message = std::move(message);
  image.gaps.push_back(std::move(gap));
}

// The reports about a base by itself.
Task<Status> ReadByDigest(Store& store, ImageEvidence& image) {
  std::vector<Digest> of_base;
  for (const BaseCandidate& candidate : image.base.candidates) {
    of_base.push_back(candidate.manifest);
    of_base.push_back(candidate.config);
  }
  auto reports = co_await store.FindReports(of_base);
  if (!reports.ok()) co_return StoreFailed(reports.status());
  const auto first = image.config.diff_ids.begin();
  const std::vector<Digest> diff_ids(
      first, first + static_cast<ptrdiff_t>(image.base.layers));
  for (MatchedReport& matched : *reports) {
    const auto about = [&](const BaseCandidate& candidate) {
      const ReportImage base{candidate.manifest, candidate.config, diff_ids};
      return ReportIsAbout(matched.report, base);
    };
    if (std::any_of(image.base.candidates.begin(), image.base.candidates.end(),
                    about)) {
      image.base_reports.push_back(std::move(matched));
    }
  }
  co_return absl::OkStatus();
}

std::vector<Digest> IndexesOf(const BaseIdentity& base) {
  std::vector<Digest> indexes;
  for (const BaseCandidate& candidate : base.candidates) {
    if (!candidate.index || indexes.size() == kMaxIndexes) continue;
    if (std::count(indexes.begin(), indexes.end(), *candidate.index) == 0) {
      indexes.push_back(*candidate.index);
    }
  }
  return indexes;
}

bool IsCandidate(const BaseIdentity& base, const Digest& manifest) {
  return std::any_of(base.candidates.begin(), base.candidates.end(),
                     [&manifest](const BaseCandidate& candidate) {
                       return candidate.manifest == manifest;
                     });
}

// The children of `index`, all that the catalog knows.
std::vector<ReportChild> CataloguedChildren(const BaseCatalog& catalog,
                                            const Digest& index) {
  std::vector<ReportChild> children;
  for (const BaseRecord* record : catalog.FindByDigest(index)) {
    if (record->index != index) continue;
    const ReportImage image{record->manifest, record->config, record->diff_ids};
    children.push_back({image, record->platform});
  }
  return children;
}

// Adds `matched`, which names `index`, where it is about the image's base.
// Returns why it is not, where it might be.
std::string AddIfAbout(MatchedReport matched, const Digest& index,
                       const std::vector<ReportChild>& children,
                       ImageEvidence& image) {
  const std::vector<size_t> fitting =
      MatchChildren(matched.report, index, children);
  if (fitting.size() == 1) {
    if (IsCandidate(image.base, children[fitting[0]].image.manifest)) {
      image.base_reports.push_back(std::move(matched));
    }
    return "";
  }
  // A report of another platform is not missed here.
  const bool concerns = std::any_of(
      children.begin(), children.end(), [&](const ReportChild& child) {
        return IsCandidate(image.base, child.image.manifest) &&
               MayBeOf(matched.report, child.platform);
      });
  return concerns ? UnclearChild(matched.report, index, fitting.size(),
                                 children.size())
                  : "";
}

}  // namespace

std::string UnclearChild(const ScanReport& report, const Digest& index,
                         size_t fitting, size_t children) {
  return absl::StrCat(
      "the ", OneLine(report.scanner), " report names the index ",
      index.Short(), " and can be about ",
      fitting == 0 ? "none" : absl::StrCat(fitting), " of its ",
      children == 1 ? "one child" : absl::StrCat(children, " children"),
      ": scan the child by its own digest");
}

Task<Status> ReadImageReports(Store& store, ImageEvidence& image) {
  const std::vector<Digest> own{image.digest, image.config_digest};
  auto reports = co_await store.FindReports(own);
  if (!reports.ok()) co_return StoreFailed(reports.status());
  const ReportImage self{image.digest, image.config_digest,
                         image.config.diff_ids};
  for (MatchedReport& matched : *reports) {
    if (ReportIsAbout(matched.report, self)) {
      image.reports.push_back(std::move(matched));
    }
  }
  co_return absl::OkStatus();
}

Task<Status> ReadBaseReports(Store& store, const BaseCatalog& catalog,
                             ImageEvidence& image) {
  if (image.base.candidates.empty()) co_return absl::OkStatus();
  CO_RETURN_IF_ERROR(co_await ReadByDigest(store, image));
  std::string unclear;
  for (const Digest& index : IndexesOf(image.base)) {
    // By itself: the many reports of an index would hide those of the child.
    const std::vector<Digest> subjects{index};
    auto reports = co_await store.FindReports(subjects);
    if (!reports.ok()) co_return StoreFailed(reports.status());
    const std::vector<ReportChild> children =
        CataloguedChildren(catalog, index);
    for (MatchedReport& matched : *reports) {
      if (Holds(image.base_reports, matched.report.document)) continue;
      std::string why = AddIfAbout(std::move(matched), index, children, image);
      if (unclear.empty()) unclear = std::move(why);
    }
  }
  if (image.base_reports.empty() && !unclear.empty()) {
    AddReportGap(std::move(unclear), image);
  }
  co_return absl::OkStatus();
}

Task<Status> ReadIndexReports(Store& store, const Digest& index,
                              std::vector<ImageEvidence>& images) {
  const std::vector<Digest> subjects{index};
  auto reports = co_await store.FindReports(subjects);
  if (!reports.ok()) co_return StoreFailed(reports.status());
  std::vector<ReportChild> children;
  for (const ImageEvidence& image : images) {
    const ReportImage self{image.digest, image.config_digest,
                           image.config.diff_ids};
    children.push_back({self, image.config.platform});
  }
  for (MatchedReport& matched : *reports) {
    const std::vector<size_t> fitting =
        MatchChildren(matched.report, index, children);
    if (fitting.size() == 1) {
      ImageEvidence& image = images[fitting[0]];
      if (!Holds(image.reports, matched.report.document)) {
        image.reports.push_back(std::move(matched));
      }
      continue;
    }
    for (const size_t child : fitting) {
      AddReportGap(
          UnclearChild(matched.report, index, fitting.size(), children.size()),
          images[child]);
    }
  }
  co_return absl::OkStatus();
}

}  // namespace plimsoll
