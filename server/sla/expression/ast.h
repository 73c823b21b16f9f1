#ifndef CHARTER_SERVER_SLA_EXPRESSION_AST_H_
#define CHARTER_SERVER_SLA_EXPRESSION_AST_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace re2 {
class RE2;
}

// The checked tree of an expression, public so that others can translate it
// (X3). Every node is a condition: the values stand in the node that compares
// them, and the left side of a comparison is always a field (`2 < priority` is
// kept as `priority > 2`). There are no types left to check.
namespace charter::sla {

// Which record a field is read from.
enum class Source {
  kRecord,  // priority
  kOld,     // old.priority: the record before the event
  kEvent,   // event.kind: a slot of EventSchema()
};

struct FieldRef {
  Source source = Source::kRecord;
  int slot = 0;
  bool operator==(const FieldRef&) const = default;
};

enum class CompareOp {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

struct Node {
  enum class Kind {
    kConstant,    // true, false: `constant`
    kField,       // a bool field by itself: `field`
    kHas,         // has(field): set, and for a string not empty
    kChanged,     // changed(field): of the record, about one event
    kCompare,     // field op literal, or field op other
    kIn,          // field in list
    kStartsWith,  // field.startsWith(literal); these four are of strings
    kEndsWith,
    kContains,
    kMatches,  // RE2 finds literal somewhere in field
    kNot,      // one child
    kAnd,      // two children or more, none of them kAnd
    kOr,       // two children or more, none of them kOr
  };

  Kind kind = Kind::kConstant;
  bool constant = false;
  FieldRef field;
  Type type = Type::kBool;  // of the field
  CompareOp op = CompareOp::kEqual;
  std::optional<FieldRef> other;  // kCompare with a field of the same type
  Value literal;                  // set when the node has a literal
  std::vector<Value> list;        // kIn: sorted, each value once, never empty
  std::shared_ptr<const re2::RE2> pattern;  // kMatches: literal, compiled
  std::vector<Node> children;
};

// The same tree; patterns are compared by their text.
bool operator==(const Node& a, const Node& b);

// Calls visit(node) for `node` and everything under it, parents first.
template <typename Visitor>
void Walk(const Node& node, Visitor&& visit) {
  visit(node);
  for (const Node& child : node.children) Walk(child, visit);
}

// The tree as canonical text: parsing it gives an equal tree.
std::string ToText(const Node& node, const Schema& schema);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_AST_H_
