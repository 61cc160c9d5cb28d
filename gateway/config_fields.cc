#include "gateway/config_fields.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {

void ReadHostPort(YamlFields& fields, absl::string_view key, HostPort& to) {
  const std::optional<std::string> text = fields.Text(key);
  if (!text) return;
  StatusOr<HostPort> address = HostPort::Parse(*text);
  if (address.ok()) {
    to = *std::move(address);
  } else {
    fields.Complain(key, absl::StrCat("`", key, "`: ", Quoted(*text), ": ",
                                      address.status().message()));
  }
}

void ReadText(YamlFields& fields, absl::string_view key, std::string& to) {
  if (auto text = fields.Text(key)) to = *std::move(text);
}

std::vector<std::string> ReadTexts(YamlFields& fields, absl::string_view key,
                                   bool (*good)(absl::string_view),
                                   absl::string_view advice) {
  std::vector<std::string> texts;
  for (const YamlValue* item : fields.TextItems(key)) {
    if (good(item->text)) {
      texts.push_back(item->text);
    } else {
      fields.Complain(
          item->place,
          absl::StrCat("`", key, "`: ", Quoted(item->text), ": ", advice));
    }
  }
  return texts;
}

}  // namespace plimsoll
