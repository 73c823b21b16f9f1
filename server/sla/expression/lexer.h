#ifndef CHARTER_SERVER_SLA_EXPRESSION_LEXER_H_
#define CHARTER_SERVER_SLA_EXPRESSION_LEXER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace charter::sla {

enum class TokenKind { kIdentifier, kString, kNumber, kOperator, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t offset = 0;       // of its first byte
  absl::string_view text;  // as written, in the text that was split
  std::string string;      // kString: its value
  double number = 0;       // kNumber
};

// INVALID_ARGUMENT "line L, column C: message" for a byte offset into `text`.
absl::Status ErrorAt(absl::string_view text, size_t offset,
                     absl::string_view message);

// The tokens of an expression; the last one is kEnd. Refuses text that is too
// long or not UTF-8. `text` must outlive the tokens.
absl::StatusOr<std::vector<Token>> Split(absl::string_view text);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_LEXER_H_
