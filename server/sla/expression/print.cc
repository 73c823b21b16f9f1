#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sla/expression/ast.h"
#include "server/sla/expression/expression.h"
#include "server/sla/expression/literals.h"

namespace charter::sla {
namespace {

std::string Name(const FieldRef& field, const Schema& schema) {
  switch (field.source) {
    case Source::kOld:
      return absl::StrCat("old.", schema.field(field.slot).name);
    case Source::kEvent:
      return absl::StrCat("event.", EventSchema().field(field.slot).name);
    case Source::kRecord:
      break;
  }
  return schema.field(field.slot).name;
}

absl::string_view OperatorText(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return "==";
    case CompareOp::kNotEqual:
      return "!=";
    case CompareOp::kLess:
      return "<";
    case CompareOp::kLessEqual:
      return "<=";
    case CompareOp::kGreater:
      return ">";
    case CompareOp::kGreaterEqual:
      return ">=";
  }
  return "";
}

std::string Call(const Node& node, absl::string_view method,
                 const Schema& schema) {
  return absl::StrCat(Name(node.field, schema), ".", method, "(",
                      ToText(node.literal), ")");
}

std::string Print(const Node& node, const Schema& schema, bool parenthesize) {
  switch (node.kind) {
    case Node::Kind::kConstant:
      return node.constant ? "true" : "false";
    case Node::Kind::kField:
      return Name(node.field, schema);
    case Node::Kind::kHas:
      return absl::StrCat("has(", Name(node.field, schema), ")");
    case Node::Kind::kChanged:
      return absl::StrCat("changed(", Name(node.field, schema), ")");
    case Node::Kind::kCompare: {
      const std::string text = absl::StrCat(
          Name(node.field, schema), " ", OperatorText(node.op), " ",
          node.other ? Name(*node.other, schema) : ToText(node.literal));
      return parenthesize ? absl::StrCat("(", text, ")") : text;
    }
    case Node::Kind::kIn: {
      const std::string text =
          absl::StrCat(Name(node.field, schema), " in [",
                       absl::StrJoin(node.list, ", ",
                                     [](std::string* out, const Value& value) {
                                       out->append(ToText(value));
                                     }),
                       "]");
      return parenthesize ? absl::StrCat("(", text, ")") : text;
    }
    case Node::Kind::kStartsWith:
      return Call(node, "startsWith", schema);
    case Node::Kind::kEndsWith:
      return Call(node, "endsWith", schema);
    case Node::Kind::kContains:
      return Call(node, "contains", schema);
    case Node::Kind::kMatches:
      return Call(node, "matches", schema);
    case Node::Kind::kNot:
      return absl::StrCat("!", Print(node.children[0], schema, true));
    case Node::Kind::kAnd:
    case Node::Kind::kOr: {
      const bool all = node.kind == Node::Kind::kAnd;
      const std::string text = absl::StrJoin(
          node.children, all ? " && " : " || ",
          [&](std::string* out, const Node& child) {
            // || in && needs its parentheses; && in || does not, as it binds
            // tighter. Comparisons bind tighter than both.
            out->append(
                Print(child, schema, all && child.kind == Node::Kind::kOr));
          });
      return parenthesize ? absl::StrCat("(", text, ")") : text;
    }
  }
  return "";
}

}  // namespace

std::string ToText(const Node& node, const Schema& schema) {
  return Print(node, schema, /*parenthesize=*/false);
}

bool operator==(const Node& a, const Node& b) {
  return a.kind == b.kind && a.constant == b.constant && a.field == b.field &&
         a.type == b.type && a.op == b.op && a.other == b.other &&
         a.literal == b.literal && a.list == b.list && a.children == b.children;
}

}  // namespace charter::sla
