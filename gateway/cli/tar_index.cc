#include "gateway/cli/tar_index.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/cli/pax.h"
#include "gateway/layers/tar_header.h"

namespace plimsoll {
namespace {

constexpr int kMaxLinks = 8;  // one after another
constexpr int64_t kBlock = static_cast<int64_t>(kTarBlockBytes);

// Type flags (POSIX ustar, pax and GNU).
constexpr char kFile = '0';
constexpr char kHardlink = '1';
constexpr char kSymlink = '2';
constexpr char kContiguous = '7';
constexpr char kPax = 'x';
constexpr char kGlobalPax = 'g';
constexpr char kGnuName = 'L';
constexpr char kGnuLink = 'K';
constexpr char kGnuSparse = 'S';

int64_t Padded(int64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

absl::string_view Folder(absl::string_view name) {
  size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? "" : name.substr(0, slash);
}

}  // namespace

// Reads the headers one after another.
class TarScan {
 public:
  explicit TarScan(TarIndex& index) : index_(index) {}

  Status Run() {
    for (;;) {
      ASSIGN_OR_RETURN(std::string block,
                       index_.archive_.Read(at_, kTarBlockBytes));
      if (block.size() < kTarBlockBytes) {
        return absl::InvalidArgumentError("the archive ends early");
      }
      if (IsZeroBlock(block)) return CheckEnd();
      RETURN_IF_ERROR(TakeHeader(block), absl::StrCat("at byte ", at_));
    }
  }

 private:
  Status CheckEnd() const {
    if (overrides_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError("a pax header stands for no entry");
  }

  Status TakeHeader(absl::string_view block) {
    ASSIGN_OR_RETURN(TarHeader header, ParseTarHeader(block));
    RETURN_IF_ERROR(CheckSize(header.size));
    switch (header.type) {
      case kPax:
      case kGlobalPax:
      case kGnuName:
      case kGnuLink:
        RETURN_IF_ERROR(TakeExtension(header));
        break;
      default:
        overrides_.Apply(header);
        overrides_ = {};
        RETURN_IF_ERROR(CheckSize(header.size));
        RETURN_IF_ERROR(TakeEntry(header));
    }
    at_ += kBlock + Padded(header.size);
    return absl::OkStatus();
  }

  Status CheckSize(int64_t size) const {
    if (size > index_.archive_.size() - at_ - kBlock) {
      return absl::InvalidArgumentError("the archive ends early");
    }
    return absl::OkStatus();
  }

  // A header about the entry that follows it.
  Status TakeExtension(const TarHeader& header) {
    FileRange range = index_.archive_.Slice(at_ + kBlock, header.size);
    ASSIGN_OR_RETURN(std::string bytes, range.ReadAll(kMaxPaxBytes));
    if (header.type == kPax) return overrides_.ReadPax(bytes);
    if (header.type == kGnuName) return overrides_.ReadGnuName(bytes);
    if (header.type == kGnuLink) return overrides_.ReadGnuLink(bytes);
    TarOverrides global;
    RETURN_IF_ERROR(global.ReadPax(bytes));
    if (global.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        "a global pax header names or sizes entries");
  }

  Status TakeEntry(const TarHeader& header) {
    switch (header.type) {
      case kFile:
      case kContiguous:
        // Before ustar, a directory was a file with a slash at its end.
        if (absl::EndsWith(header.name, "/")) return absl::OkStatus();
        return Add(header.name, {false, "", at_ + kBlock, header.size});
      case kSymlink:
        return AddLink(header, Folder(header.name));
      case kHardlink:
        return AddLink(header, "");
      case kGnuSparse:
        return absl::InvalidArgumentError("sparse files are not supported");
      default:  // directories, devices: nothing that can be looked up
        return absl::OkStatus();
    }
  }

  Status AddLink(const TarHeader& header, absl::string_view folder) {
    ASSIGN_OR_RETURN(std::string target, ResolveTarName(folder, header.link));
    return Add(header.name, {true, std::move(target), 0, 0});
  }

  Status Add(absl::string_view name, TarIndex::Entry entry) {
    ASSIGN_OR_RETURN(std::string resolved, ResolveTarName("", name));
    if (index_.entries_.size() >= kMaxTarEntries) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", kMaxTarEntries, " entries"));
    }
    if (!index_.entries_.emplace(resolved, std::move(entry)).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", resolved, "` is there twice"));
    }
    return absl::OkStatus();
  }

  TarIndex& index_;
  int64_t at_ = 0;
  TarOverrides overrides_;
};

StatusOr<std::string> ResolveTarName(absl::string_view folder,
                                     absl::string_view name) {
  const auto refused = [name] {
    return absl::InvalidArgumentError(
        absl::StrCat("name `", name, "` is no path within the archive"));
  };
  if (name.size() > kMaxTarNameBytes || absl::StartsWith(name, "/")) {
    return refused();
  }
  std::vector<absl::string_view> parts;
  for (absl::string_view path : {folder, name}) {
    for (absl::string_view part : absl::StrSplit(path, '/')) {
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return refused();
      } else {
        parts.pop_back();
      }
    }
  }
  if (parts.empty()) return refused();
  return absl::StrJoin(parts, "/");
}

StatusOr<TarIndex> TarIndex::Read(FileRange archive) {
  TarIndex index(std::move(archive));
  RETURN_IF_ERROR(TarScan(index).Run());
  return index;
}

StatusOr<FileRange> TarIndex::Find(absl::string_view name) const {
  ASSIGN_OR_RETURN(std::string at, ResolveTarName("", name));
  for (int links = 0; links <= kMaxLinks; ++links) {
    auto found = entries_.find(at);
    if (found == entries_.end()) {
      return absl::NotFoundError(
          absl::StrCat("`", at, "` is not in the archive"));
    }
    const Entry& entry = found->second;
    if (!entry.is_link) return archive_.Slice(entry.offset, entry.size);
    at = entry.target;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("`", name, "` is a link to links without an end"));
}

}  // namespace plimsoll
