// A self-signed certificate with its key, as PEM files, for tests of TLS: it
// names "localhost" and 127.0.0.1. Ends the test program where OpenSSL fails.
#ifndef PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_
#define PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {

class TestCertificate {
 public:
  // `names` as OpenSSL's subjectAltName has them.
  explicit TestCertificate(
      absl::string_view names = "DNS:localhost,IP:127.0.0.1");

  const std::string& certificate_file() const { return certificate_; }
  const std::string& key_file() const { return key_; }

 private:
  ScratchDir directory_;
  std::string certificate_;
  std::string key_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_
