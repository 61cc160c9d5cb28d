// KeptAccesses: an access log whose lines a test waits for and reads back. Safe
// from any thread.
#ifndef PLIMSOLL_TESTS_SUPPORT_KEPT_ACCESSES_H_
#define PLIMSOLL_TESTS_SUPPORT_KEPT_ACCESSES_H_

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/observe/access_log.h"
#include "policy/oci/json.h"

namespace plimsoll {

// The value of `field` as text, numbers included; "(none)" where it is absent.
inline std::string FieldOf(const std::string& line, absl::string_view field) {
  const StatusOr<JsonValue> parsed = ParseJson(line);
  EXPECT_TRUE(parsed.ok()) << parsed.status() << "\n" << line;
  const JsonValue* value = parsed.ok() ? parsed->Find(field) : nullptr;
  if (value == nullptr) return "(none)";
  if (value->AsInteger() != nullptr) return absl::StrCat(*value->AsInteger());
  return value->AsString() == nullptr ? "(other)" : *value->AsString();
}

class KeptAccesses : public AccessLog {
 public:
  void Write(const Exchange& exchange, absl::string_view listener) override {
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(AccessLine(exchange, listener, absl::Now()));
    }
    written_.notify_all();
  }
  // The next line, once it is there; "{}" where none comes.
  std::string Next() {
    std::unique_lock lock(mutex_);
    const bool there = written_.wait_for(lock, std::chrono::seconds(20),
                                         [this] { return !lines_.empty(); });
    EXPECT_TRUE(there) << "no line comes";
    if (!there) return "{}";
    std::string line = lines_.front();
    lines_.pop_front();
    return line;
  }
  // The next line's `fields`, as "field=value field=value".
  std::string NextFields(std::initializer_list<absl::string_view> fields) {
    const std::string line = Next();
    std::string shown;
    for (const absl::string_view field : fields) {
      absl::StrAppend(&shown, shown.empty() ? "" : " ", field, "=",
                      FieldOf(line, field));
    }
    return shown;
  }

 private:
  std::mutex mutex_;
  std::condition_variable written_;
  std::deque<std::string> lines_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_KEPT_ACCESSES_H_
