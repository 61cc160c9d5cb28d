// Values that several parts of the gateway's configuration have. Each is left
// as it was where the key is absent, and where it is wrong, which is an issue.
#ifndef PLIMSOLL_GATEWAY_CONFIG_FIELDS_H_
#define PLIMSOLL_GATEWAY_CONFIG_FIELDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http/host_port.h"
#include "policy/language/fields.h"

namespace plimsoll {

void ReadText(YamlFields& fields, absl::string_view key, std::string& to);
void ReadHostPort(YamlFields& fields, absl::string_view key, HostPort& to);
// The texts of a list that are `good`; an issue that says `advice` for others.
std::vector<std::string> ReadTexts(YamlFields& fields, absl::string_view key,
                                   bool (*good)(absl::string_view),
                                   absl::string_view advice);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_FIELDS_H_
