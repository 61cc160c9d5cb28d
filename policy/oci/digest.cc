#include "policy/oci/digest.h"

#include <openssl/evp.h>

#include <array>
#include <cstdlib>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

using Algorithm = Digest::Algorithm;

constexpr size_t kShortDigits = 12;

struct AlgorithmTraits {
  absl::string_view prefix;
  size_t hex_digits;
};

AlgorithmTraits TraitsOf(Algorithm algorithm) {
  return algorithm == Algorithm::kSha256 ? AlgorithmTraits{"sha256:", 64}
                                         : AlgorithmTraits{"sha512:", 128};
}

// Fetched once a process: a fetch costs more than hashing a small document.
const EVP_MD* Implementation(Algorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  return algorithm == Algorithm::kSha256 ? sha256 : sha512;
}

// Hashing fails only without memory or without a crypto provider. Nothing can
// be decided then, least of all that two digests are equal.
void Require(int openssl_result) {
  if (openssl_result != 1) std::abort();
}

bool IsLowerHex(absl::string_view text) {
  return absl::c_all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

struct Hasher::Context {
  Context() : evp(EVP_MD_CTX_new()) { Require(evp != nullptr); }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  EVP_MD_CTX* const evp;  // owned
};

StatusOr<Digest> Digest::Parse(absl::string_view text) {
  for (const Algorithm algorithm : {Algorithm::kSha256, Algorithm::kSha512}) {
    const AlgorithmTraits traits = TraitsOf(algorithm);
    absl::string_view hex = text;
    if (!absl::ConsumePrefix(&hex, traits.prefix)) continue;
    if (hex.size() == traits.hex_digits && IsLowerHex(hex)) {
      return Digest(algorithm, std::string(text));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("digest must have ", traits.hex_digits,
                     " lower-case hex digits after \"", traits.prefix, "\""));
  }
  return absl::InvalidArgumentError(
      "digest must start with \"sha256:\" or \"sha512:\"");
}

Digest Digest::Sha256(absl::string_view bytes) {
  return Compute(Algorithm::kSha256, bytes);
}

Digest Digest::Compute(Algorithm algorithm, absl::string_view bytes) {
  Hasher hasher(algorithm);
  hasher.Update(bytes);
  return hasher.Finish();
}

absl::string_view Digest::hex() const {
  return absl::string_view(text_).substr(TraitsOf(algorithm_).prefix.size());
}

std::string Digest::Short() const {
  return text_.substr(0, TraitsOf(algorithm_).prefix.size() + kShortDigits);
}

Hasher::Hasher(Digest::Algorithm algorithm)
    : algorithm_(algorithm), context_(std::make_unique<Context>()) {
  Require(EVP_DigestInit_ex(context_->evp, Implementation(algorithm), nullptr));
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::Update(absl::string_view bytes) {
  Require(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
}

Digest Hasher::Finish() {
  std::array<char, EVP_MAX_MD_SIZE> raw;
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(
      context_->evp, reinterpret_cast<unsigned char*>(raw.data()), &size));
  return Digest(algorithm_,
                absl::StrCat(TraitsOf(algorithm_).prefix,
                             absl::BytesToHexString(
                                 absl::string_view(raw.data(), size))));
}

}  // namespace plimsoll
