#include "gateway/http/certificate.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/tls_failure.h"
#include "gateway/read_file.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxSubjectBytes = 256;
constexpr size_t kMaxClientName = 512;
constexpr size_t kHostsShown = 4;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using Names = std::unique_ptr<GENERAL_NAMES, FreeNames>;

// OpenSSL would ask on the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

bool AtEndOfPem() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM &&
         ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

absl::Time TimeOf(const ASN1_TIME* moment) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(moment, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string Text(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  const absl::string_view text(bytes, static_cast<size_t>(size));
  return CutShort(OneLine(text), kMaxSubjectBytes);
}

Names AlternativeNamesOf(const X509& certificate) {
  return Names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
}

std::string BytesOf(const ASN1_STRING& text) {
  return std::string(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
      static_cast<size_t>(ASN1_STRING_length(&text)));
}

// The first alternative name of that kind: GEN_URI or GEN_DNS.
std::optional<std::string> FirstOf(const Names& names, int kind) {
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == kind) return BytesOf(*name->d.ia5);
  }
  return std::nullopt;
}

std::optional<std::string> CommonNameOf(const X509& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return std::nullopt;
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(
      &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  if (size < 0) return std::nullopt;
  std::string name(reinterpret_cast<const char*>(utf8),
                   static_cast<size_t>(size));
  OPENSSL_free(utf8);
  return name;
}

bool CanBeShown(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxClientName && IsUtf8(name) &&
         FindUnsafe(name) == absl::string_view::npos;
}

std::string AddressText(const ASN1_STRING& octets) {
  const std::string bytes = BytesOf(octets);
  if (bytes.size() == 4) {
    boost::asio::ip::address_v4::bytes_type four;
    std::copy(bytes.begin(), bytes.end(), four.begin());
    return boost::asio::ip::address_v4(four).to_string();
  }
  if (bytes.size() != 16) return "?";
  boost::asio::ip::address_v6::bytes_type sixteen;
  std::copy(bytes.begin(), bytes.end(), sixteen.begin());
  return boost::asio::ip::address_v6(sixteen).to_string();
}

}  // namespace

void FreeCertificate::operator()(x509_st* certificate) const {
  X509_free(certificate);
}

void FreePrivateKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file, kMaxPemFileBytes));
  const Bio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  ERR_clear_error();
  std::vector<Certificate> all;
  for (;;) {
    Certificate one(
        PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
    if (one == nullptr) break;
    all.push_back(std::move(one));
  }
  const bool at_end = AtEndOfPem();
  const std::string reason = OpenSslReason();
  if (at_end && !all.empty()) return all;
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": ", at_end ? "holds no certificate in PEM" : reason));
}

StatusOr<PrivateKey> ReadPrivateKey(const std::string& file) {
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(file, kMaxPemFileBytes));
  ERR_clear_error();
  PrivateKey key;
  {
    const Bio bio(
        BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
    key.reset(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  }
  const bool encrypted = absl::StrContains(bytes, "ENCRYPTED");
  OPENSSL_cleanse(bytes.data(), bytes.size());
  const std::string reason = OpenSslReason();
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": ",
      encrypted ? "the key has a passphrase; write one that has none"
                : absl::StrCat("holds no private key in PEM (", reason, ")")));
}

absl::Time ExpiryOf(const x509_st& certificate) {
  return TimeOf(X509_get0_notAfter(&certificate));
}

absl::Time BeginOf(const x509_st& certificate) {
  return TimeOf(X509_get0_notBefore(&certificate));
}

std::string SubjectOf(const x509_st& certificate) {
  return Text(X509_get_subject_name(&certificate));
}

std::string IssuerOf(const x509_st& certificate) {
  return Text(X509_get_issuer_name(&certificate));
}

std::string HostsOf(const x509_st& certificate) {
  const Names names = AlternativeNamesOf(certificate);
  std::vector<std::string> hosts;
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) hosts.push_back(OneLine(BytesOf(*name->d.ia5)));
    if (name->type == GEN_IPADD) hosts.push_back(AddressText(*name->d.ip));
  }
  if (hosts.empty()) return "no host";
  return CutShort(ListShort(hosts, kHostsShown), kMaxSubjectBytes);
}

std::string FingerprintOf(const x509_st& certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  X509_digest(&certificate, EVP_sha256(), digest, &size);
  return absl::StrCat("sha256:",
                      absl::BytesToHexString(absl::string_view(
                          reinterpret_cast<const char*>(digest), size)));
}

std::string ClientNameOf(const x509_st& certificate) {
  const Names names = AlternativeNamesOf(certificate);
  std::optional<std::string> name = FirstOf(names, GEN_URI);
  if (!name) name = FirstOf(names, GEN_DNS);
  if (!name) name = CommonNameOf(certificate);
  return name && CanBeShown(*name) ? *std::move(name)
                                   : FingerprintOf(certificate);
}

}  // namespace plimsoll
