// Bends thousands of documents and asks Go, which nearly every registry and
// runtime is written in, how it reads each: what we accept Go must accept and
// read as the same values, and where Go sees diff IDs we must see them.
//
//   policy_oci_go_differential GO FOLDER_OF_THE_COMPARING_PROGRAM
//
// Exits with 77 (skipped) where there is no Go.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"
#include "tests/policy/oci/documents.h"
#include "tests/policy/oci/model_text.h"
#include "tests/policy/oci/mutate.h"
#include "tests/policy/oci/samples.h"

namespace plimsoll {
namespace {

constexpr int kSkipped = 77;
constexpr size_t kVariants = 14'000;  // of all documents together
constexpr unsigned kSeed = 20240501;

// What is compared: the same bytes are read as each.
enum class Kind { kManifest, kIndex, kConfig };

struct Document {
  Kind kind;
  std::string bytes;
};

std::vector<Document> Documents() {
  std::vector<Document> documents = {
      {Kind::kManifest,
       OciManifestJson(absl::StrCat(
           R"(,"artifactType":"application/x","annotations":{"a":"1"},)",
           R"("subject":)", DescriptorJson("application/x")))},
      {Kind::kIndex, OciIndexJson(R"(,"annotations":{"a":"1"})")},
      {Kind::kConfig,
       ConfigJson(R"(,"created":"2024-05-01T12:00:00Z","author":"me",)"
                  R"("history":[{"created_by":"x","empty_layer":true}],)"
                  R"("config":{"User":"1","Env":["A=1"],"Cmd":["a"],)"
                  R"("Labels":{"a":"1"},"ExposedPorts":{"80":{}}})")}};
  for (const Sample& sample : ReadSamples("manifest.json")) {
    documents.push_back({Kind::kManifest, sample.bytes});
  }
  for (const Sample& sample : ReadSamples("index.json")) {
    documents.push_back({Kind::kIndex, sample.bytes});
  }
  for (const Sample& sample : ReadSamples("config.json")) {
    documents.push_back({Kind::kConfig, sample.bytes});
  }
  return documents;
}

// The text of what we read; nullopt where we refuse.
std::optional<std::string> ReadAs(Kind kind, const std::string& bytes) {
  if (kind == Kind::kConfig) {
    const StatusOr<ImageConfig> config = ParseImageConfig(bytes);
    if (!config.ok()) return std::nullopt;
    return ModelText(*config);
  }
  const bool docker = absl::StrContains(bytes, "docker.distribution");
  const ManifestKind manifest_kind =
      kind == Kind::kIndex
          ? (docker ? ManifestKind::kDockerList : ManifestKind::kOciIndex)
          : (docker ? ManifestKind::kDockerManifest
                    : ManifestKind::kOciManifest);
  const StatusOr<Manifest> manifest =
      ParseManifest(bytes, MediaTypeOf(manifest_kind));
  if (!manifest.ok()) return std::nullopt;
  return ModelText(*manifest);
}

absl::string_view KindWord(Kind kind) {
  switch (kind) {
    case Kind::kManifest:
      return "manifest";
    case Kind::kIndex:
      return "index";
    default:
      return "config";
  }
}

// One line: kind, document, whether we see diff IDs, and what we read or "-".
bool Send(std::FILE* pipe, const Document& document) {
  const std::optional<std::string> model =
      ReadAs(document.kind, document.bytes);
  const std::string line = absl::StrCat(
      KindWord(document.kind), " ", absl::Base64Escape(document.bytes), " ",
      HasDiffIds(document.bytes) ? "diff_ids" : "none", " ",
      model ? absl::StrCat("+", absl::Base64Escape(*model)) : "-", "\n");
  return std::fwrite(line.data(), 1, line.size(), pipe) == line.size();
}

bool SendAll(std::FILE* pipe) {
  Mutator mutator(kSeed);
  const std::vector<Document> documents = Documents();
  for (const Document& document : documents) {
    if (!Send(pipe, document)) return false;
    for (size_t i = 0; i < kVariants / documents.size(); ++i) {
      const Document variant{document.kind, mutator.Mutate(document.bytes)};
      if (!Send(pipe, variant)) return false;
    }
  }
  return true;
}

int Run(const std::string& go, const std::string& folder) {
  if (!std::filesystem::exists(go)) {
    std::puts("SKIP: no go program was found when the build was configured");
    return kSkipped;
  }
  setenv("GO111MODULE", "off", 1);
  setenv("GOTOOLCHAIN", "local", 1);
  std::FILE* pipe =
      popen(absl::StrCat("cd '", folder, "' && '", go, "' run .").c_str(), "w");
  if (pipe == nullptr) return EXIT_FAILURE;
  const bool sent = SendAll(pipe);
  const int status = pclose(pipe);
  return sent && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace plimsoll

int main(int argc, char** argv) {
  if (argc != 3) return EXIT_FAILURE;
  return plimsoll::Run(argv[1], argv[2]);
}
