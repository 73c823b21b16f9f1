#ifndef CHARTER_SERVER_SLA_EXPRESSION_PARSER_H_
#define CHARTER_SERVER_SLA_EXPRESSION_PARSER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/ast.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/schema.h"

namespace charter::sla {

// The checked tree of `text`; errors as Expression::Parse says.
absl::StatusOr<Node> ParseTree(absl::string_view text, const Schema& schema,
                               Usage usage);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_PARSER_H_
