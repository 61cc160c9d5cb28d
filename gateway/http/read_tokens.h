// Bearer tokens for the gateway's own reads of one upstream. An upstream that
// answers 401 names its token service, the realm; a token is bought there with
// the read credential, or with none for anonymous reads, and kept until shortly
// before it expires. Never with a client's Authorization: a client's 401 is the
// client's to answer.
//
// Where the credential goes: see token_service.h.
//
// Errors: PermissionDenied where the credential does not serve, Unavailable
// where the upstream's challenge or the token service cannot be used,
// DeadlineExceeded. None holds a token, a credential or a URL's query. Safe
// from any loop; must outlive the loops and be outlived by the pools.
#ifndef PLIMSOLL_GATEWAY_HTTP_READ_TOKENS_H_
#define PLIMSOLL_GATEWAY_HTTP_READ_TOKENS_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "gateway/http/headers.h"
#include "gateway/http/token_service.h"
#include "gateway/http/upstream.h"
#include "gateway/task.h"

namespace plimsoll {

class ReadTokens {
 public:
  static constexpr size_t kMaxKept = 256;

  // `credential` is the Basic Authorization that buys; "" for none.
  ReadTokens(const UpstreamPools& pools, std::string credential,
             std::function<absl::Time()> clock);
  ~ReadTokens();

  const std::string& credential() const { return credential_; }

  // The Authorization for a read under `scope` ("repository:NAME:pull"): a
  // token, or the credential itself while the upstream has asked for none.
  Task<StatusOr<std::string>> Authorization(std::string scope,
                                            absl::Time deadline);
  // The Authorization to try once more with, after a read with `used` was
  // answered 401 and `headers`.
  Task<StatusOr<std::string>> AfterChallenge(std::string scope,
                                             std::string used, Headers headers,
                                             absl::Time deadline);

 private:
  struct Purchase;
  struct Kept {
    std::string authorization;
    absl::Time until;
  };

  std::optional<std::string> Find(const std::string& scope)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Keep(const std::string& scope, Kept kept)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Buys, or waits for whoever is buying the same.
  Task<StatusOr<std::string>> Share(std::string scope, TokenService service,
                                    absl::Time deadline);
  void EndPurchase(const std::string& scope, StatusOr<Kept> bought,
                   Purchase& purchase);
  Task<StatusOr<Kept>> Buy(std::string scope, TokenService service);
  Status Refused() const;

  const UpstreamPools& pools_;
  const std::string credential_;
  const std::function<absl::Time()> clock_;
  std::mutex mutex_;  // guards what follows
  // As the upstream last said; absent while it takes the credential itself.
  std::optional<TokenService> service_;
  absl::flat_hash_map<std::string, Kept> kept_;
  absl::flat_hash_map<std::string, std::shared_ptr<Purchase>> under_way_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_READ_TOKENS_H_
