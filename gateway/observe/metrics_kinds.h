// Counters, gauges and histograms: families of series with fixed labels, whose
// values come from closed sets, so that the number of series is bounded and
// known when it is compiled. A series is a few relaxed atomics, of which each
// processor has one to itself, summed when they are read: counting takes no
// lock and no memory, and no two loops wait for one cache line. A value that is
// not of its label's set counts nowhere. Made constant-initialised; safe for
// concurrent use.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_METRICS_KINDS_H_
#define PLIMSOLL_GATEWAY_OBSERVE_METRICS_KINDS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace plimsoll::metrics {

inline constexpr size_t kMaxLabels = 3;
inline constexpr size_t kMaxSeries = 160;
inline constexpr size_t kMaxBuckets = 16;
inline constexpr size_t kMaxTimedSeries = 16;
inline constexpr size_t kShards = 8;  // more processors than that share them

// The shard of the processor that the caller runs on.
size_t Shard();

// One `T` for each shard, no two in a cache line.
template <typename T>
class Sharded {
 public:
  constexpr Sharded() = default;
  T& Mine() { return shards_[Shard()].value; }
  T& At(size_t shard) { return shards_[shard].value; }
  // The sum of what `read` finds in each.
  template <typename Read>
  auto Sum(Read read) const {
    auto sum = read(shards_[0].value);
    for (size_t i = 1; i < kShards; ++i) sum += read(shards_[i].value);
    return sum;
  }

 private:
  struct alignas(64) Padded {
    T value{};
  };
  std::array<Padded, kShards> shards_{};
};

// One dimension of a family and every value that it takes.
struct Label {
  absl::string_view name;
  absl::Span<const absl::string_view> values;
};

// A value of each label, in their order.
using Values = std::initializer_list<absl::string_view>;

// Aligned so that families do not share a cache line.
class alignas(64) Family {
 public:
  absl::string_view name() const { return name_; }
  // Appends HELP, TYPE and every series, in Prometheus text format 0.0.4.
  void Render(std::string& out) const;

 protected:
  struct Text {
    absl::string_view name;
    absl::string_view type;
    absl::string_view help;
  };
  constexpr Family(Text text, std::initializer_list<Label> labels,
                   size_t max_series)
      : name_(text.name), type_(text.type), help_(text.help) {
    // Does not compile where there are too many.
    for (const Label& label : labels) {
      if (label_count_ == kMaxLabels) std::abort();
      labels_[label_count_++] = label;
      series_ *= label.values.size();
    }
    if (series_ > max_series) std::abort();
  }
  ~Family() = default;

  // The number of the series with these values; series() where there is none.
  size_t Find(Values values) const;
  size_t series() const { return series_; }
  // `name{label="value",...} value`, where `more` is a label of its own.
  void Line(std::string& out, size_t series, absl::string_view suffix,
            absl::string_view more, double value) const;

 private:
  virtual void RenderSeries(std::string& out, size_t series) const = 0;

  absl::string_view name_;
  absl::string_view type_;
  absl::string_view help_;
  std::array<Label, kMaxLabels> labels_{};
  size_t label_count_ = 0;
  size_t series_ = 1;
};

// Only grows. Its name ends in _total.
class Counter final : public Family {
 public:
  constexpr Counter(absl::string_view name, absl::string_view help,
                    std::initializer_list<Label> labels = {})
      : Family({name, "counter", help}, labels, kMaxSeries) {}

  void Add(Values values, int64_t count = 1);
  int64_t Get(Values values) const;

 private:
  int64_t Sum(size_t series) const;
  void RenderSeries(std::string& out, size_t series) const override;
  Sharded<std::array<std::atomic<int64_t>, kMaxSeries>> cells_{};
};

// Either set or added to, never both at once.
class Gauge final : public Family {
 public:
  constexpr Gauge(absl::string_view name, absl::string_view help,
                  std::initializer_list<Label> labels = {})
      : Family({name, "gauge", help}, labels, kMaxSeries) {}

  void Set(double value, Values values = {});
  void Add(double value, Values values = {});
  double Get(Values values = {}) const;

 private:
  double Sum(size_t series) const;
  void RenderSeries(std::string& out, size_t series) const override;
  Sharded<std::array<std::atomic<double>, kMaxSeries>> cells_{};
};

// Counts what was observed at or below each of its bounds, which ascend.
class Histogram final : public Family {
 public:
  constexpr Histogram(absl::string_view name, absl::string_view help,
                      absl::Span<const double> bounds,
                      std::initializer_list<Label> labels = {})
      : Family({name, "histogram", help}, labels, kMaxTimedSeries),
        bounds_(bounds) {
    if (bounds.size() > kMaxBuckets) std::abort();
  }

  void Observe(double value, Values values = {});
  int64_t Count(Values values = {}) const;

 private:
  struct Cells {
    std::array<std::atomic<int64_t>, kMaxBuckets + 1> buckets{};
    std::atomic<double> sum{};
  };
  int64_t InBucket(size_t series, size_t bucket) const;
  void RenderSeries(std::string& out, size_t series) const override;

  absl::Span<const double> bounds_;
  Sharded<std::array<Cells, kMaxTimedSeries>> cells_{};
};

// One in a series of a gauge with one label, for as long as this lives; so must
// `value`.
class Counted {
 public:
  Counted(Gauge& gauge, absl::string_view value)
      : gauge_(gauge), value_(value) {
    gauge_.Add(1, {value_});
  }
  ~Counted() { gauge_.Add(-1, {value_}); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

  // From its series to that of another value.
  void MoveTo(absl::string_view value) {
    gauge_.Add(-1, {value_});
    value_ = value;
    gauge_.Add(1, {value_});
  }

 private:
  Gauge& gauge_;
  absl::string_view value_;
};

// What is under way for as long as this lives: one more in `running`, and its
// seconds in `seconds` when it ends.
class Timed {
 public:
  Timed(Gauge& running, Histogram& seconds)
      : running_(running), seconds_(seconds) {
    running_.Add(1);
  }
  ~Timed() {
    running_.Add(-1);
    const std::chrono::duration<double> lasted =
        std::chrono::steady_clock::now() - began_;
    seconds_.Observe(lasted.count());
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Gauge& running_;
  Histogram& seconds_;
  const std::chrono::steady_clock::time_point began_ =
      std::chrono::steady_clock::now();
};

}  // namespace plimsoll::metrics

#endif  // PLIMSOLL_GATEWAY_OBSERVE_METRICS_KINDS_H_
