// What the configuration says of TLS: the PEM files of a listener and of a
// client, and what each demands of its peer. Values; no file is touched.
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_SETTINGS_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_SETTINGS_H_

#include <string>

namespace plimsoll {

// Whether clients show a certificate. Where they may, one that is shown must be
// good all the same.
enum class ClientAuth { kNone, kOptional, kRequired };

struct ServerTlsSettings {
  std::string certificate_file;  // its own first, then what leads to the root
  std::string key_file;
  std::string client_ca_file;  // who vouches for clients; "" with kNone alone
  ClientAuth client_auth = ClientAuth::kNone;
};

struct ClientTlsSettings {
  std::string ca_file;  // instead of the system's authorities, or ""
  bool trusts_system_too = false;
  std::string certificate_file;  // shown where the server asks for it, or ""
  std::string key_file;
  std::string server_name;  // expected instead of the address's host, or ""
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_SETTINGS_H_
