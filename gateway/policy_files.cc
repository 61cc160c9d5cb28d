#include "gateway/policy_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/language/load.h"

namespace plimsoll {
namespace {

namespace fs = std::filesystem;
constexpr size_t kMaxPolicyFileBytes = 1 << 20;
constexpr size_t kReadBytes = 64 << 10;

bool IsYaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

// The files that `path` stands for.
StatusOr<std::vector<std::string>> Expand(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    // A mounted ConfigMap has hidden directories beside its links.
    if (IsYaml(entry.path()) && !fs::is_directory(entry.path(), error)) {
      files.push_back(entry.path().string());
    }
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  std::string bytes;
  std::array<char, kReadBytes> block;
  while (file && bytes.size() <= max_bytes) {
    file.read(block.data(), block.size());
    bytes.append(block.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.bad())
    return absl::NotFoundError(absl::StrCat(path, ": is no file"));
  if (bytes.size() > max_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is larger than ", max_bytes, " bytes"));
  }
  return bytes;
}

StatusOr<PolicySet> LoadPolicyFiles(const std::vector<std::string>& paths,
                                    Action no_match) {
  if (paths.empty()) return Baseline(no_match);
  std::vector<PolicyFile> files;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, Expand(path));
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(std::string bytes, ReadFile(name, kMaxPolicyFileBytes));
      files.push_back({name, std::move(bytes)});
    }
  }
  LoadedPolicies loaded = LoadPolicies(files, no_match);
  if (!loaded.policies) {
    return absl::InvalidArgumentError(
        absl::StrCat("policies:\n", FormatIssues(loaded.issues)));
  }
  return *std::move(loaded.policies);
}

}  // namespace plimsoll
