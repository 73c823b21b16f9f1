#ifndef CHARTER_SERVER_SLA_EXPRESSION_UTF8_H_
#define CHARTER_SERVER_SLA_EXPRESSION_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace charter::sla {

// The length of the longest prefix of `text` that is valid UTF-8: no overlong
// forms, no surrogates, nothing beyond U+10FFFF.
size_t ValidUtf8Prefix(absl::string_view text);

// Appends a code point that is valid.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_UTF8_H_
