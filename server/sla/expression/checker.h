#ifndef CHARTER_SERVER_SLA_EXPRESSION_CHECKER_H_
#define CHARTER_SERVER_SLA_EXPRESSION_CHECKER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/ast.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace charter::sla {

// A piece of an expression on the way to a condition: what stands between two
// operators, before it is known what is done with it.
struct Term {
  enum class What { kCondition, kField, kLiteral };
  What what = What::kCondition;
  size_t offset = 0;        // where it begins, for errors
  Node condition;           // kCondition
  FieldRef field;           // kField
  std::string name;         // kField, as written
  Type type = Type::kBool;  // kField, kLiteral
  Value literal;            // kLiteral
};

// What the parser asks of names and types: it turns names and terms into
// checked nodes, or says what is wrong with them and where (X2).
class Checker {
 public:
  // All three outlive the checker; `text` is for positions.
  Checker(absl::string_view text, const Schema& schema, Usage usage)
      : text_(text), schema_(schema), usage_(usage) {}

  // The field of a dotted name.
  absl::StatusOr<Term> Field(absl::string_view name, size_t offset) const;
  // timestamp("…"), duration("…") or date("…").
  absl::StatusOr<Term> TimeLiteral(absl::string_view function, size_t offset,
                                   const Term& argument) const;

  // A term that stands alone as a condition.
  absl::StatusOr<Node> Condition(Term term);
  absl::StatusOr<Node> Compare(Term left, absl::string_view op,
                               size_t op_offset, Term right);
  absl::StatusOr<Node> In(const Term& field, std::vector<Term> values);
  // has(field), changed(field).
  absl::StatusOr<Node> Function(absl::string_view function, size_t offset,
                                const Term& field);
  // field.method("…").
  absl::StatusOr<Node> Method(const Term& field, absl::string_view method,
                              size_t method_offset, const Term& argument);

  // Whether `name` is a function of one argument and of which sort.
  static bool IsTimeFunction(absl::string_view name);
  static bool IsFieldFunction(absl::string_view name);
  absl::Status UnknownFunction(absl::string_view name, size_t offset) const;
  absl::Status Error(size_t offset, absl::string_view message) const;

 private:
  absl::StatusOr<Node> Count(Node node, size_t offset);
  absl::Status EventTermRefused(absl::string_view term, size_t offset) const;
  absl::Status CheckLiteral(const Term& field, const Term& literal) const;
  const sla::Field& Definition(const FieldRef& field) const;

  const absl::string_view text_;
  const Schema& schema_;
  const Usage usage_;
  int terms_ = 0;
  int program_ = 0;  // instructions of the patterns so far
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_CHECKER_H_
