#include "gateway/http/challenge.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsToken68Byte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
}

bool IsTokenByte(char c) { return IsToken(absl::string_view(&c, 1)); }

// Reads one field's value from left to right.
class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  StatusOr<std::vector<AuthChallenge>> Read();

 private:
  bool done() const { return at_ == text_.size(); }
  char next() const { return text_[at_]; }
  // The byte after blanks from `at`; 0 at the end.
  char AfterBlanks(size_t at) const;
  void SkipBlanks();
  absl::string_view Take(bool (*belongs)(char));
  // Where a token is followed by "=", it names a parameter.
  bool AtParameter() const;

  Status ReadElement();
  Status StartChallenge();
  bool TakeToken68();
  Status ReadParameter();
  StatusOr<std::string> ReadValue();
  StatusOr<std::string> ReadQuoted();
  Status Wrong(absl::string_view what) const;

  const absl::string_view text_;
  size_t at_ = 0;
  std::vector<AuthChallenge> challenges_;
};

// #element: separated by commas with blanks around them; empty elements are to
// be ignored.
StatusOr<std::vector<AuthChallenge>> Reader::Read() {
  for (;;) {
    SkipBlanks();
    if (done()) return std::move(challenges_);
    if (next() != ',') {
      RETURN_IF_ERROR(ReadElement());
      SkipBlanks();
      if (done()) return std::move(challenges_);
      if (next() != ',') return Wrong("a comma is missing");
    }
    ++at_;
  }
}

Status Reader::ReadElement() {
  if (!IsTokenByte(next())) return Wrong("neither scheme nor parameter");
  return AtParameter() ? ReadParameter() : StartChallenge();
}

Status Reader::StartChallenge() {
  if (challenges_.size() == kMaxChallenges) return Wrong("too many challenges");
  AuthChallenge& challenge = challenges_.emplace_back();
  challenge.scheme = absl::AsciiStrToLower(Take(IsTokenByte));
  if (done() || next() == ',') return absl::OkStatus();
  const size_t blanks = at_;
  while (!done() && next() == ' ') ++at_;
  if (at_ == blanks)
    return Wrong("a scheme is followed by neither blank nor comma");
  if (done() || next() == ',' || TakeToken68()) return absl::OkStatus();
  if (!IsTokenByte(next()) || !AtParameter()) {
    return Wrong("neither token68 nor parameter");
  }
  return ReadParameter();
}

// "abc==" up to a comma or the end; `abc="d"` is a parameter and stays.
bool Reader::TakeToken68() {
  const size_t begin = at_;
  Take(IsToken68Byte);
  if (at_ > begin) Take([](char c) { return c == '='; });
  const char after = AfterBlanks(at_);
  if (at_ > begin && (after == 0 || after == ',')) {
    challenges_.back().token68 = std::string(text_.substr(begin, at_ - begin));
    return true;
  }
  at_ = begin;
  return false;
}

bool Reader::AtParameter() const {
  size_t end = at_;
  while (end < text_.size() && IsTokenByte(text_[end])) ++end;
  return AfterBlanks(end) == '=';
}

Status Reader::ReadParameter() {
  if (challenges_.empty()) return Wrong("a parameter before any scheme");
  AuthChallenge& challenge = challenges_.back();
  if (!challenge.token68.empty()) return Wrong("a parameter after a token68");
  if (challenge.parameters.size() == kMaxChallengeParameters) {
    return Wrong("too many parameters");
  }
  ChallengeParameter parameter;
  parameter.name = absl::AsciiStrToLower(Take(IsTokenByte));
  if (challenge.Find(parameter.name) != nullptr) {
    return Wrong("a parameter comes twice");
  }
  SkipBlanks();
  ++at_;  // "="
  SkipBlanks();
  ASSIGN_OR_RETURN(parameter.value, ReadValue());
  challenge.parameters.push_back(std::move(parameter));
  return absl::OkStatus();
}

StatusOr<std::string> Reader::ReadValue() {
  if (!done() && next() == '"') return ReadQuoted();
  std::string token(Take(IsTokenByte));
  if (token.empty()) return Wrong("a parameter without a value");
  return token;
}

StatusOr<std::string> Reader::ReadQuoted() {
  std::string value;
  for (++at_; !done() && next() != '"'; ++at_) {
    if (next() == '\\' && ++at_ == text_.size()) break;
    value.push_back(next());
  }
  if (done()) return Wrong("a quoted string does not end");
  ++at_;
  return value;
}

char Reader::AfterBlanks(size_t at) const {
  while (at < text_.size() && IsBlank(text_[at])) ++at;
  return at < text_.size() ? text_[at] : '\0';
}

void Reader::SkipBlanks() {
  while (!done() && IsBlank(next())) ++at_;
}

absl::string_view Reader::Take(bool (*belongs)(char)) {
  const size_t begin = at_;
  while (!done() && belongs(next())) ++at_;
  return text_.substr(begin, at_ - begin);
}

Status Reader::Wrong(absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat("WWW-Authenticate: byte ", at_, ": ", what));
}

}  // namespace

const std::string* AuthChallenge::Find(absl::string_view name) const {
  for (const ChallengeParameter& parameter : parameters) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

StatusOr<std::vector<AuthChallenge>> ParseChallenges(absl::string_view value) {
  if (value.size() > kMaxChallengeBytes) {
    return absl::InvalidArgumentError("WWW-Authenticate: too long");
  }
  if (!IsLineText(value)) {
    return absl::InvalidArgumentError(
        "WWW-Authenticate: holds a control character");
  }
  return Reader(value).Read();
}

StatusOr<std::vector<AuthChallenge>> ParseChallenges(const Headers& headers) {
  std::vector<AuthChallenge> all;
  for (const absl::string_view value : headers.FindAll("WWW-Authenticate")) {
    ASSIGN_OR_RETURN(std::vector<AuthChallenge> some, ParseChallenges(value));
    std::move(some.begin(), some.end(), std::back_inserter(all));
    if (all.size() > kMaxChallenges) {
      return absl::InvalidArgumentError(
          "WWW-Authenticate: too many challenges");
    }
  }
  return all;
}

}  // namespace plimsoll
