// The reason phrases of our own answers.
#ifndef PLIMSOLL_GATEWAY_HTTP_PHRASE_H_
#define PLIMSOLL_GATEWAY_HTTP_PHRASE_H_

#include "absl/strings/string_view.h"

namespace plimsoll {

// "Not Found"; "Refused" for a status that no answer of ours has. A 403 is a
// policy's, and says "Denied".
constexpr absl::string_view PhraseOf(int status) {
  struct Phrase {
    int status;
    absl::string_view phrase;
  };
  constexpr Phrase kPhrases[] = {
      {200, "OK"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Denied"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {417, "Expectation Failed"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
  };
  for (const Phrase& row : kPhrases) {
    if (row.status == status) return row.phrase;
  }
  return "Refused";
}

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_PHRASE_H_
