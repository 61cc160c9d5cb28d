#include "gateway/http/tls_failure.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/certificate.h"

namespace plimsoll {
namespace {

using Kind = CertificateFault::Kind;

std::string Instant(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", time, absl::UTCTimeZone());
}

// "" for the peer's own certificate, or which one above it.
std::string Which(const X509& certificate, int depth) {
  if (depth == 0) return "";
  return absl::StrCat("its authority ", SubjectOf(certificate), ": ");
}

CertificateFault Explain(int code, const X509& certificate, int depth) {
  const std::string which = Which(certificate, depth);
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {Kind::kExpired, absl::StrCat(which, "expired at ",
                                           Instant(ExpiryOf(certificate)))};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {Kind::kExpired, absl::StrCat(which, "not valid before ",
                                           Instant(BeginOf(certificate)))};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {Kind::kName,
              absl::StrCat("name mismatch: it is for ", HostsOf(certificate))};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return {Kind::kUntrusted, "self-signed, and not trusted here"};
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return {Kind::kUntrusted,
              absl::StrCat("its authority is not trusted here: ",
                           IssuerOf(certificate))};
    default:
      return {Kind::kOther,
              absl::StrCat(which, X509_verify_cert_error_string(code))};
  }
}

bool IsAlert(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL &&
         ERR_GET_REASON(error) >= SSL_AD_REASON_OFFSET;
}

}  // namespace

int KeepFault(int good, x509_store_ctx_st* chain) {
  if (good == 1) return good;
  auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* fault = static_cast<CertificateFault*>(SSL_get_app_data(ssl));
  const X509* certificate = X509_STORE_CTX_get_current_cert(chain);
  if (fault == nullptr || certificate == nullptr) return good;
  if (fault->kind == Kind::kNone) {
    *fault = Explain(X509_STORE_CTX_get_error(chain), *certificate,
                     X509_STORE_CTX_get_error_depth(chain));
  }
  return good;
}

std::string OpenSslReason() {
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (error == 0) return "no reason given";
  const char* known = ERR_reason_error_string(error);
  const absl::string_view reason = known == nullptr ? "unknown" : known;
  if (IsAlert(error)) {  // "tlsv1 alert unknown ca"
    constexpr absl::string_view kWord = "alert ";
    const size_t at = reason.find(kWord);
    return absl::StrCat("the other side sends the TLS alert \"",
                        at == absl::string_view::npos
                            ? reason
                            : reason.substr(at + kWord.size()),
                        "\"");
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    switch (ERR_GET_REASON(error)) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_HTTP_REQUEST:
        return "the other side does not speak TLS";
      case SSL_R_UNEXPECTED_EOF_WHILE_READING:
        return "connection lost";
      case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return "the other side shows no certificate";
      default:
        break;
    }
  }
  return std::string(reason);
}

bool PeerRefusesCertificate() {
  const unsigned long error = ERR_peek_last_error();
  if (!IsAlert(error)) return false;
  switch (ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
    case SSL_AD_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

}  // namespace plimsoll
