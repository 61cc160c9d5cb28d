// What the tests of broken connections share: the registry door, and a look at
// what is left of a request once both of its sides are gone.
#ifndef PLIMSOLL_TESTS_GATEWAY_REGISTRY_FAULT_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_REGISTRY_FAULT_FIXTURE_H_

#include <string>
#include <thread>

#include "gateway/observe/metrics.h"
#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {

inline ScriptReply Scripted(
    std::string bytes, ScriptReply::Then then = ScriptReply::Then::kKeepOpen,
    size_t read_first = ScriptReply::kWholeBody) {
  ScriptReply reply;
  reply.read_first = read_first;
  reply.bytes = std::move(bytes);
  reply.then = then;
  return reply;
}

// What an answer is once it is released; until then there is none.
inline ScriptReply Late(std::string bytes) {
  ScriptReply reply;
  reply.after_release = std::move(bytes);
  return reply;
}

class FaultTest : public DoorTest {
 protected:
  // No connection of either leg is in use, nothing is under way or held.
  void ExpectNothingLeft() const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (!Left().empty() && absl::Now() < end) std::this_thread::yield();
    EXPECT_EQ(Left(), "");
  }
  // Answers the PUT so; the upstream has the manifest afterwards, or not.
  void AnswerPush(ScriptReply reply, const StoredImage& image, bool kept) {
    SetOverride([reply, kept, digest = image.digest().ToString()](
                    const RequestHead& head) -> std::optional<ScriptReply> {
      if (head.method == "PUT") return reply;
      const bool asks = kept && head.method == "HEAD" &&
                        absl::StrContains(head.target, "/manifests/");
      if (!asks) return std::nullopt;
      return Scripted(absl::StrCat("HTTP/1.1 200 OK\r\nDocker-Content-Digest: ",
                                   digest, "\r\nContent-Length: 5\r\n\r\n"));
    });
  }
  // A blob's upload that passes through, of `size` bytes, with its body.
  static std::string Upload(absl::string_view method, size_t size) {
    return absl::StrCat(method, " /v2/team/app/blobs/uploads/1",
                        method == "PUT" ? "?digest=" : "",
                        method == "PUT" ? Digest::Sha256("x").ToString() : "",
                        " HTTP/1.1\r\nHost: r\r\nContent-Length: ", size,
                        "\r\n\r\n", std::string(size, 'x'));
  }
  static std::string GetBlob() {
    return absl::StrCat("GET /v2/team/app/blobs/",
                        Digest::Sha256("x").ToString(),
                        " HTTP/1.1\r\nHost: r\r\n\r\n");
  }
  using DoorTest::Upload;

 private:
  std::string Left() const {
    std::string left;
    const std::pair<absl::string_view, double> counts[] = {
        {"connections", metrics::connections.Get({"registry"})},
        {"requests", metrics::requests_under_way.Get()},
        {"upstream", metrics::upstream_connections.Get({"busy"})},
        {"holds", metrics::holds.Get()},
        {"held", static_cast<double>(held_.held())},
        {"running", metrics::decision_turns.Get({"running"})},
        {"waiting", metrics::decision_turns.Get({"waiting"})}};
    for (const auto& [name, count] : counts) {
      if (count != 0) absl::StrAppend(&left, name, "=", count, " ");
    }
    return left;
  }
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_REGISTRY_FAULT_FIXTURE_H_
