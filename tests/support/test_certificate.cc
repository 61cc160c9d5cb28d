#include "tests/support/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <utility>

#include "gateway/read_file.h"

namespace plimsoll {
namespace {

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* held) const {
    free(held);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

void Need(bool done) {
  if (!done) std::abort();
}

std::string TextOf(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

std::string Contents(const std::string& path) {
  StatusOr<std::string> bytes = ReadFile(path, 1 << 20);
  Need(bytes.ok());
  return *std::move(bytes);
}

void Extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  Need(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void Name(X509* certificate, const std::string& name) {
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  Need(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN",
                                  MBSTRING_UTF8, text,
                                  static_cast<int>(name.size()), -1, 0) == 1);
}

// Not signed yet.
Certificate Describe(const TestCertificate::Options& options) {
  Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  unsigned char serial[8];
  Need(RAND_bytes(serial, sizeof serial) == 1);
  serial[0] &= 0x7f;
  const BigNumber number(BN_bin2bn(serial, sizeof serial, nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made.get()));
  X509_gmtime_adj(X509_getm_notBefore(made.get()),
                  absl::ToInt64Seconds(options.begins));
  X509_gmtime_adj(X509_getm_notAfter(made.get()),
                  absl::ToInt64Seconds(options.ends));
  if (!options.common_name.empty()) Name(made.get(), options.common_name);
  if (!options.names.empty()) {
    Extend(made.get(), NID_subject_alt_name, options.names);
  }
  if (options.is_authority) {
    Extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
  }
  return made;
}

void Sign(X509* made, EVP_PKEY* own, const TestCertificate* issuer) {
  Need(X509_set_pubkey(made, own) == 1);
  if (issuer == nullptr) {
    X509_set_issuer_name(made, X509_get_subject_name(made));
    Need(X509_sign(made, own, EVP_sha256()) > 0);
    return;
  }
  const std::string chain = issuer->certificate();
  const std::string secret = issuer->key();
  const Bio of_chain(BIO_new_mem_buf(chain.data(), -1));
  const Bio of_secret(BIO_new_mem_buf(secret.data(), -1));
  const Certificate above(
      PEM_read_bio_X509(of_chain.get(), nullptr, nullptr, nullptr));
  const Key key(
      PEM_read_bio_PrivateKey(of_secret.get(), nullptr, nullptr, nullptr));
  Need(above != nullptr && key != nullptr);
  X509_set_issuer_name(made, X509_get_subject_name(above.get()));
  Need(X509_sign(made, key.get(), EVP_sha256()) > 0);
}

}  // namespace

TestCertificate::TestCertificate(const Options& options) {
  const Key key(EVP_EC_gen("P-256"));
  Need(key != nullptr);
  const Certificate certificate = Describe(options);
  Sign(certificate.get(), key.get(), options.issuer);
  const Bio chain(BIO_new(BIO_s_mem()));
  const Bio secret(BIO_new(BIO_s_mem()));
  Need(PEM_write_bio_X509(chain.get(), certificate.get()) == 1);
  Need(PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0,
                                nullptr, nullptr) == 1);
  const auto directory = std::make_shared<const ScratchDir>();
  certificate_ = directory->Write("certificate.pem", TextOf(chain));
  key_ = directory->Write("key.pem", TextOf(secret));
  directory_ = directory;
}

TestCertificate TestCertificate::Authority(std::string name) {
  Options options;
  options.names = "";
  options.common_name = std::move(name);
  options.is_authority = true;
  return TestCertificate(options);
}

std::string TestCertificate::certificate() const {
  return Contents(certificate_);
}

std::string TestCertificate::key() const { return Contents(key_); }

}  // namespace plimsoll
