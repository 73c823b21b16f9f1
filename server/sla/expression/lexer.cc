#include "server/sla/expression/lexer.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/utf8.h"
#include "server/sla/expression/wording.h"

namespace charter::sla {
namespace {

// The largest whole number up to which every double is exact.
constexpr uint64_t kMaxWhole = uint64_t{1} << 53;

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

class Splitter {
 public:
  explicit Splitter(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
      Token token;
      token.offset = at_;
      if (at_ < text_.size()) {
        if (absl::Status status = Next(token); !status.ok()) return status;
        token.text = text_.substr(token.offset, at_ - token.offset);
      }
      const bool end = token.kind == TokenKind::kEnd;
      tokens.push_back(std::move(token));
      if (end) return tokens;
    }
  }

 private:
  absl::Status Next(Token& token) {
    const char c = text_[at_];
    if (c == '"' || c == '\'') return String(/*raw=*/false, token);
    if ((c == 'r' || c == 'R') && at_ + 1 < text_.size() &&
        (text_[at_ + 1] == '"' || text_[at_ + 1] == '\'')) {
      ++at_;
      return String(/*raw=*/true, token);
    }
    if (IsNameStart(c)) {
      token.kind = TokenKind::kIdentifier;
      while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
      return absl::OkStatus();
    }
    if (absl::ascii_isdigit(c)) return Number(token);
    return Operator(token);
  }

  absl::Status Number(Token& token) {
    const size_t start = at_;
    const auto digits = [this] {
      const size_t before = at_;
      while (at_ < text_.size() && absl::ascii_isdigit(text_[at_])) ++at_;
      return at_ > before;
    };
    bool whole = true;
    bool good = digits();
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      whole = false;
      good = digits();
    }
    if (good && at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      whole = false;
      good = digits();
    }
    if (!good || (at_ < text_.size() && IsNamePart(text_[at_]))) {
      return ErrorAt(text_, start, "not a number; write it as 3, 2.5 or 1e6");
    }
    token.kind = TokenKind::kNumber;
    const auto result =
        std::from_chars(text_.data() + start, text_.data() + at_, token.number);
    if (result.ec != std::errc()) {
      return ErrorAt(text_, start, "the number is out of range");
    }
    uint64_t exact = 0;
    if (whole &&
        (std::from_chars(text_.data() + start, text_.data() + at_, exact).ec !=
             std::errc() ||
         exact > kMaxWhole)) {
      return ErrorAt(
          text_, start,
          absl::StrCat("whole numbers are exact only up to ", kMaxWhole,
                       "; with a fraction, as in 1e20, "
                       "it is taken as near as it can be"));
    }
    return absl::OkStatus();
  }

  absl::Status String(bool raw, Token& token) {
    token.kind = TokenKind::kString;
    const char quote = text_[at_++];
    while (true) {
      if (at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r') {
        return ErrorAt(text_, token.offset,
                       "the text is not closed with its quote on its line");
      }
      const char c = text_[at_];
      if (c == quote) {
        ++at_;
        return absl::OkStatus();
      }
      if (c == '\0') {
        return ErrorAt(text_, at_, "text can't hold a NUL character");
      }
      if (c == '\\' && !raw) {
        if (absl::Status status = Escape(token.string); !status.ok()) {
          return status;
        }
      } else {
        token.string.push_back(c);
        ++at_;
      }
    }
  }

  // One escape of CEL's, beginning at the backslash.
  absl::Status Escape(std::string& out) {
    const size_t start = at_++;
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    static constexpr absl::string_view kPlain = "abfnrtv\\?\"'`";
    static constexpr absl::string_view kMeaning = "\a\b\f\n\r\t\v\\?\"'`";
    if (size_t i = kPlain.find(c); i != absl::string_view::npos) {
      out.push_back(kMeaning[i]);
      return absl::OkStatus();
    }
    int base = 16;
    size_t length = 0;
    if (c == 'x' || c == 'X') length = 2;
    if (c == 'u') length = 4;
    if (c == 'U') length = 8;
    if (c >= '0' && c <= '3') {
      base = 8;
      length = 3;
      --at_;
    }
    uint32_t code_point = 0;
    const char* first = text_.data() + at_;
    const char* last = first + std::min(length, text_.size() - at_);
    if (length == 0 ||
        std::from_chars(first, last, code_point, base).ptr != first + length) {
      return ErrorAt(text_, start,
                     "unknown escape; there are \\n \\t \\\\ \\\" \\' \\xHH "
                     "\\uHHHH \\UHHHHHHHH \\OOO, and r\"…\" takes none");
    }
    at_ += length;
    if (code_point == 0 || code_point > 0x10FFFF ||
        (code_point >= 0xD800 && code_point < 0xE000)) {
      return ErrorAt(text_, start,
                     "the escape is not a character that text can hold");
    }
    AppendUtf8(code_point, out);
    return absl::OkStatus();
  }

  absl::Status Operator(Token& token) {
    static constexpr absl::string_view kOperators[] = {
        "==", "!=", "<=", ">=", "&&", "||", "<", ">",
        "!",  "(",  ")",  "[",  "]",  ",",  ".", "-"};
    token.kind = TokenKind::kOperator;
    const absl::string_view rest = text_.substr(at_);
    for (absl::string_view op : kOperators) {
      if (absl::StartsWith(rest, op)) {
        at_ += op.size();
        return absl::OkStatus();
      }
    }
    switch (rest[0]) {
      case '=':
        return ErrorAt(text_, at_, "unexpected \"=\": did you mean \"==\"?");
      case '&':
        return ErrorAt(text_, at_, "unexpected \"&\": did you mean \"&&\"?");
      case '|':
        return ErrorAt(text_, at_, "unexpected \"|\": did you mean \"||\"?");
      case '+':
      case '*':
      case '/':
      case '%':
      case '?':
        return ErrorAt(text_, at_,
                       absl::StrCat("unexpected ", Quoted(rest.substr(0, 1)),
                                    ": the language has no arithmetic, "
                                    "choice or comments"));
      default:
        break;
    }
    size_t length = 1;  // the whole character, for the message
    while (length < rest.size() && (rest[length] & 0xC0) == 0x80) ++length;
    return ErrorAt(text_, at_,
                   absl::StrCat("unexpected ", Quoted(rest.substr(0, length))));
  }

  const absl::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::Status ErrorAt(absl::string_view text, size_t offset,
                     absl::string_view message) {
  int line = 1;
  int column = 1;
  for (char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((c & 0xC0) != 0x80) {
      ++column;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ", column ", column, ": ", message));
}

absl::StatusOr<std::vector<Token>> Split(absl::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    return ErrorAt(
        text, 0,
        absl::StrCat("the expression has ", text.size(), " bytes; at most ",
                     kMaxExpressionBytes, " are allowed"));
  }
  if (size_t valid = ValidUtf8Prefix(text); valid < text.size()) {
    return ErrorAt(text, valid, "the expression is not valid UTF-8");
  }
  return Splitter(text).Run();
}

}  // namespace charter::sla
