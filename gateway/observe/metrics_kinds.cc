#include "gateway/observe/metrics_kinds.h"

#include <sched.h>

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

// The number is of the last processor that it ran on: right, or almost.
size_t Shard() { return static_cast<size_t>(::sched_getcpu()) % kShards; }

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
  if (at < series()) cells_.Mine()[at].fetch_add(count, kRelaxed);
}

int64_t Counter::Get(Values values) const {
  const size_t at = Find(values);
  return at < series() ? Sum(at) : 0;
}

int64_t Counter::Sum(size_t series) const {
  return cells_.Sum(
      [series](const auto& cells) { return cells[series].load(kRelaxed); });
}

void Counter::RenderSeries(std::string& out, size_t series) const {
  Line(out, series, "", "", static_cast<double>(Sum(series)));
}

void Gauge::Set(double value, Values values) {
  const size_t at = Find(values);
  if (at >= series()) return;
  cells_.At(0)[at].store(value, kRelaxed);
  // Nothing, unless it was added to before.
  for (size_t i = 1; i < kShards; ++i) cells_.At(i)[at].store(0, kRelaxed);
}

void Gauge::Add(double value, Values values) {
  const size_t at = Find(values);
  if (at < series()) cells_.Mine()[at].fetch_add(value, kRelaxed);
}

double Gauge::Get(Values values) const {
  const size_t at = Find(values);
  return at < series() ? Sum(at) : 0;
}

double Gauge::Sum(size_t series) const {
  return cells_.Sum(
      [series](const auto& cells) { return cells[series].load(kRelaxed); });
}

void Gauge::RenderSeries(std::string& out, size_t series) const {
  Line(out, series, "", "", Sum(series));
}

void Histogram::Observe(double value, Values values) {
  const size_t at = Find(values);
  if (at >= series()) return;
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  const size_t bucket = static_cast<size_t>(bound - bounds_.begin());
  Cells& cells = cells_.Mine()[at];
  cells.buckets[bucket].fetch_add(1, kRelaxed);
  cells.sum.fetch_add(value, kRelaxed);
}

int64_t Histogram::Count(Values values) const {
  const size_t at = Find(values);
  if (at >= series()) return 0;
  int64_t count = 0;
  for (size_t i = 0; i <= bounds_.size(); ++i) count += InBucket(at, i);
  return count;
}

int64_t Histogram::InBucket(size_t series, size_t bucket) const {
  return cells_.Sum([series, bucket](const auto& cells) {
    return cells[series].buckets[bucket].load(kRelaxed);
  });
}

void Histogram::RenderSeries(std::string& out, size_t series) const {
  double below = 0;
  for (size_t i = 0; i <= bounds_.size(); ++i) {
    below += static_cast<double>(InBucket(series, i));
    const std::string bound =
        i < bounds_.size() ? Number(bounds_[i]) : std::string("+Inf");
    Line(out, series, "_bucket", absl::StrCat("le=\"", bound, "\""), below);
  }
  const double sum = cells_.Sum(
      [series](const auto& cells) { return cells[series].sum.load(kRelaxed); });
  Line(out, series, "_sum", "", sum);
  Line(out, series, "_count", "", below);
}

}  // namespace plimsoll::metrics
