#include "gateway/policy_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/read_file.h"
#include "policy/language/load.h"
#include "policy/language/yaml.h"

namespace plimsoll {
namespace {

namespace fs = std::filesystem;

// Hidden files are left out: editors keep locks and copies in them, and a
// mounted ConfigMap its versions.
bool IsYaml(const fs::path& path) {
  return path.filename().string().front() != '.' &&
         (path.extension() == ".yaml" || path.extension() == ".yml");
}

// The files that `path` stands for.
StatusOr<std::vector<std::string>> Expand(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;  // reading it tells
    if (IsYaml(entry->path()) && !entry->is_directory(ignored)) {
      files.push_back(entry->path().string());
    }
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(path, ": ", error.message()));
  }
  // An empty set would be as silent as it is strict.
  if (files.empty()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": no *.yaml or *.yml in this directory"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

StatusOr<PolicySet> LoadPolicyFiles(const std::vector<std::string>& paths,
                                    Action no_match) {
  if (paths.empty()) return Baseline(no_match);
  std::vector<PolicyFile> files;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::vector<std::string> names, Expand(path));
    for (const std::string& name : names) {
      ASSIGN_OR_RETURN(std::string bytes, ReadFile(name, kMaxYamlBytes));
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
