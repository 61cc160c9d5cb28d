#include "gateway/observe/metrics_kinds.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace plimsoll::metrics {
namespace {

constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

std::string Number(double value) {
  std::array<char, 32> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return std::string(text.data(), end);
}

std::string EscapeHelp(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\n", "\\n"}});
}

std::string EscapeValue(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"\\", "\\\\"}, {"\n", "\\n"}, {"\"", "\\\""}});
}

}  // namespace

void Family::Render(std::string& out) const {
  absl::StrAppend(&out, "# HELP ", name_, " ", EscapeHelp(help_), "\n# TYPE ",
                  name_, " ", type_, "\n");
  for (size_t i = 0; i < series_; ++i) RenderSeries(out, i);
}

size_t Family::Find(Values values) const {
  if (values.size() != label_count_) return series_;
  size_t found = 0;
  const Label* label = labels_.data();
  for (const absl::string_view value : values) {
    const auto known = label->values;
    const auto at = std::find(known.begin(), known.end(), value);
    if (at == known.end()) return series_;
    found = found * known.size() + static_cast<size_t>(at - known.begin());
    ++label;
  }
  return found;
}

void Family::Line(std::string& out, size_t series, absl::string_view suffix,
                  absl::string_view more, double value) const {
  std::string labels;
  for (size_t i = label_count_; i > 0; --i) {
    const Label& label = labels_[i - 1];
    const size_t at = series % label.values.size();
    series /= label.values.size();
    labels = absl::StrCat(label.name, "=\"", EscapeValue(label.values[at]),
                          labels.empty() ? "\"" : "\",", labels);
  }
  if (!more.empty()) absl::StrAppend(&labels, labels.empty() ? "" : ",", more);
  if (!labels.empty()) labels = absl::StrCat("{", labels, "}");
  absl::StrAppend(&out, name_, suffix, labels, " ", Number(value), "\n");
}

void Counter::Add(Values values, int64_t count) {
  const size_t at = Find(values);
  if (at < series()) cells_[at].fetch_add(count, kRelaxed);
}

int64_t Counter::Get(Values values) const {
  const size_t at = Find(values);
  return at < series() ? cells_[at].load(kRelaxed) : 0;
}

void Counter::RenderSeries(std::string& out, size_t series) const {
  Line(out, series, "", "", static_cast<double>(cells_[series].load(kRelaxed)));
}

void Gauge::Set(double value, Values values) {
  const size_t at = Find(values);
  if (at < series()) cells_[at].store(value, kRelaxed);
}

void Gauge::Add(double value, Values values) {
  const size_t at = Find(values);
  if (at < series()) cells_[at].fetch_add(value, kRelaxed);
}

double Gauge::Get(Values values) const {
  const size_t at = Find(values);
  return at < series() ? cells_[at].load(kRelaxed) : 0;
}

void Gauge::RenderSeries(std::string& out, size_t series) const {
  Line(out, series, "", "", cells_[series].load(kRelaxed));
}

void Histogram::Observe(double value, Values values) {
  const size_t at = Find(values);
  if (at >= series()) return;
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  const size_t bucket = static_cast<size_t>(bound - bounds_.begin());
  cells_[at].buckets[bucket].fetch_add(1, kRelaxed);
  cells_[at].sum.fetch_add(value, kRelaxed);
}

int64_t Histogram::Count(Values values) const {
  const size_t at = Find(values);
  if (at >= series()) return 0;
  int64_t count = 0;
  for (const auto& bucket : cells_[at].buckets) count += bucket.load(kRelaxed);
  return count;
}

void Histogram::RenderSeries(std::string& out, size_t series) const {
  const Cells& cells = cells_[series];
  double below = 0;
  for (size_t i = 0; i <= bounds_.size(); ++i) {
    below += static_cast<double>(cells.buckets[i].load(kRelaxed));
    const std::string bound =
        i < bounds_.size() ? Number(bounds_[i]) : std::string("+Inf");
    Line(out, series, "_bucket", absl::StrCat("le=\"", bound, "\""), below);
  }
  Line(out, series, "_sum", "", cells.sum.load(kRelaxed));
  Line(out, series, "_count", "", below);
}

}  // namespace plimsoll::metrics
