// X.509 certificates and their keys: from PEM files, and what they say. Values
// and pure functions, but for the two that read a file; those block.
#ifndef PLIMSOLL_GATEWAY_HTTP_CERTIFICATE_H_
#define PLIMSOLL_GATEWAY_HTTP_CERTIFICATE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/status.h"

struct evp_pkey_st;
struct x509_st;

namespace plimsoll {

struct FreeCertificate {
  void operator()(x509_st* certificate) const;
};
using Certificate = std::unique_ptr<x509_st, FreeCertificate>;
struct FreePrivateKey {
  void operator()(evp_pkey_st* key) const;
};
using PrivateKey = std::unique_ptr<evp_pkey_st, FreePrivateKey>;

// More than any bundle of authorities needs.
inline constexpr size_t kMaxPemFileBytes = 4 << 20;

// Every certificate of a PEM file, in its order; at least one. NotFound or
// InvalidArgument name the file and the reason.
StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& file);
// The first private key of a PEM file. Errors as above, and never what the file
// holds; nobody is asked for a passphrase.
StatusOr<PrivateKey> ReadPrivateKey(const std::string& file);

// When it is good for the last time.
absl::Time ExpiryOf(const x509_st& certificate);
absl::Time BeginOf(const x509_st& certificate);
// On one line, at most 256 bytes: "CN=registry,O=Example".
std::string SubjectOf(const x509_st& certificate);
std::string IssuerOf(const x509_st& certificate);
// Hosts and addresses that it is for, a few of them: "a.example, b.example".
std::string HostsOf(const x509_st& certificate);

// "sha256:" and the digest of the whole certificate in hexadecimal digits.
std::string FingerprintOf(const x509_st& certificate);

// What a client that shows it is called: the first URI among its alternative
// names, else the first DNS name, else the subject's common name. Where it has
// none, or one that could not be shown as it is, its fingerprint.
std::string ClientNameOf(const x509_st& certificate);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CERTIFICATE_H_
