// A certificate with its key, as PEM files, for tests of TLS: self-signed for
// "localhost" and 127.0.0.1 unless it is told otherwise. Ends the test program
// where OpenSSL fails.
#ifndef PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_
#define PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {

class TestCertificate {
 public:
  struct Options {
    // As OpenSSL's subjectAltName has them; "" for none.
    std::string names = "DNS:localhost,IP:127.0.0.1";
    std::string common_name = "plimsoll test";  // "" for none
    absl::Duration begins = -absl::Hours(1);    // from now
    absl::Duration ends = absl::Hours(24);
    bool is_authority = false;
    const TestCertificate* issuer = nullptr;  // itself where it is null
  };
  explicit TestCertificate(const Options& options);
  TestCertificate() : TestCertificate(Options()) {}
  // Of an authority, which may be the issuer of others.
  static TestCertificate Authority(std::string name = "test authority");

  const std::string& certificate_file() const { return certificate_; }
  const std::string& key_file() const { return key_; }
  std::string certificate() const;  // what the files hold
  std::string key() const;

 private:
  std::shared_ptr<const ScratchDir> directory_;
  std::string certificate_;
  std::string key_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_TEST_CERTIFICATE_H_
