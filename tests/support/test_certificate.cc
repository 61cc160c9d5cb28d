#include "tests/support/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>

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
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

void Need(bool done) {
  if (!done) std::abort();
}

std::string TextOf(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

Certificate SignOwn(EVP_PKEY* key, const std::string& names) {
  Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 24 * 3600);
  X509_NAME* subject = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>("plimsoll test");
  Need(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1,
                                  0) == 1);
  X509_set_issuer_name(made.get(), subject);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(
      nullptr, nullptr, NID_subject_alt_name, names.c_str());
  Need(extension != nullptr);
  X509_add_ext(made.get(), extension, -1);
  X509_EXTENSION_free(extension);
  Need(X509_set_pubkey(made.get(), key) == 1);
  Need(X509_sign(made.get(), key, EVP_sha256()) > 0);
  return made;
}

}  // namespace

TestCertificate::TestCertificate(absl::string_view names) {
  const Key key(EVP_EC_gen("P-256"));
  Need(key != nullptr);
  const Certificate certificate = SignOwn(key.get(), std::string(names));
  const Bio chain(BIO_new(BIO_s_mem()));
  const Bio secret(BIO_new(BIO_s_mem()));
  Need(PEM_write_bio_X509(chain.get(), certificate.get()) == 1);
  Need(PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0,
                                nullptr, nullptr) == 1);
  certificate_ = directory_.Write("certificate.pem", TextOf(chain));
  key_ = directory_.Write("key.pem", TextOf(secret));
}

}  // namespace plimsoll
