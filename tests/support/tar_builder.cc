#include "tests/support/tar_builder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace plimsoll {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameBytes = 100;

void Put(std::string& block, size_t offset, absl::string_view text) {
  std::copy(text.begin(), text.end(),
            block.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string Padded(absl::string_view content) {
  std::string padded(content);
  padded.resize((content.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return padded;
}

}  // namespace

std::string TarHeaderBlock(char type, absl::string_view name,
                           absl::string_view link, size_t size) {
  std::string block(kBlock, '\0');
  Put(block, 0, name.substr(0, kNameBytes));
  Put(block, 100, type == '5' ? "0000755" : "0000644");
  Put(block, 108, "0000000");
  Put(block, 116, "0000000");
  Put(block, 124, absl::StrFormat("%011o", size));
  Put(block, 136, "00000000000");
  Put(block, 148, "        ");
  block[156] = type;
  Put(block, 157, link.substr(0, kNameBytes));
  Put(block, 257,
      absl::string_view("ustar\0"
                        "00",
                        8));
  unsigned sum = 0;
  for (char byte : block) sum += static_cast<unsigned char>(byte);
  Put(block, 148, absl::StrFormat("%06o", sum));
  block[154] = '\0';
  return block;
}

std::string PaxRecord(absl::string_view key, absl::string_view value) {
  std::string rest = absl::StrCat(" ", key, "=", value, "\n");
  size_t length = rest.size() + 1;
  while (absl::StrCat(length).size() + rest.size() != length) ++length;
  return absl::StrCat(length, rest);
}

TarBuilder& TarBuilder::Entry(char type, absl::string_view name,
                              absl::string_view link,
                              absl::string_view content) {
  if (name.size() > kNameBytes) {
    std::string pax = PaxRecord("path", name);
    absl::StrAppend(&bytes_, TarHeaderBlock('x', "pax", "", pax.size()),
                    Padded(pax));
  }
  absl::StrAppend(&bytes_, TarHeaderBlock(type, name, link, content.size()),
                  Padded(content));
  return *this;
}

TarBuilder& TarBuilder::File(absl::string_view name,
                             absl::string_view content) {
  return Entry('0', name, "", content);
}

TarBuilder& TarBuilder::Directory(absl::string_view name) {
  return Entry('5', name, "", "");
}

TarBuilder& TarBuilder::Symlink(absl::string_view name,
                                absl::string_view target) {
  return Entry('2', name, target, "");
}

TarBuilder& TarBuilder::Hardlink(absl::string_view name,
                                 absl::string_view target) {
  return Entry('1', name, target, "");
}

TarBuilder& TarBuilder::Raw(absl::string_view bytes) {
  absl::StrAppend(&bytes_, bytes);
  return *this;
}

std::string TarBuilder::Build() const {
  return bytes_ + std::string(2 * kBlock, '\0');
}

}  // namespace plimsoll
