#include "server/sla/expression/expression.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "re2/re2.h"
#include "server/sla/expression/parser.h"

namespace charter::sla {
namespace {

const Value kUnset;
const Value kEmptyText{std::string()};

// The records that the fields of a tree are read from; none: nothing is set.
struct View {
  const Record* record = nullptr;
  const Record* old_record = nullptr;
  const Record* event = nullptr;

  const Value& Read(const FieldRef& field) const {
    const Record* from = field.source == Source::kRecord ? record
                         : field.source == Source::kOld  ? old_record
                                                         : event;
    if (from == nullptr || field.slot >= static_cast<int>(from->size())) {
      return kUnset;
    }
    return (*from)[field.slot];
  }

  // A string that is not set is "".
  const std::string& ReadText(const FieldRef& field) const {
    const auto* text = std::get_if<std::string>(&Read(field));
    return text != nullptr ? *text : std::get<std::string>(kEmptyText);
  }
};

template <typename T>
bool Holds(CompareOp op, const T& a, const T& b) {
  switch (op) {
    case CompareOp::kEqual:
      return a == b;
    case CompareOp::kNotEqual:
      return !(a == b);
    case CompareOp::kLess:
      return a < b;
    case CompareOp::kLessEqual:
      return a <= b;
    case CompareOp::kGreater:
      return a > b;
    case CompareOp::kGreaterEqual:
      return a >= b;
  }
  return false;
}

// Of two values of one type other than string; one that is not set equals
// nothing.
template <typename T>
bool Holds(CompareOp op, const Value& a, const Value& b) {
  const T* left = std::get_if<T>(&a);
  const T* right = std::get_if<T>(&b);
  if (left == nullptr || right == nullptr) return op == CompareOp::kNotEqual;
  return Holds(op, *left, *right);
}

bool Compare(const Node& node, const View& view) {
  if (node.type == Type::kString) {
    return Holds(node.op, view.ReadText(node.field),
                 node.other ? view.ReadText(*node.other)
                            : std::get<std::string>(node.literal));
  }
  const Value& left = view.Read(node.field);
  const Value& right = node.other ? view.Read(*node.other) : node.literal;
  switch (node.type) {
    case Type::kNumber:
      return Holds<double>(node.op, left, right);
    case Type::kBool:
      return Holds<bool>(node.op, left, right);
    case Type::kDate:
      return Holds<Date>(node.op, left, right);
    case Type::kInstant:
      return Holds<Instant>(node.op, left, right);
    case Type::kDuration:
      return Holds<Duration>(node.op, left, right);
    case Type::kString:
      break;
  }
  return false;
}

// What a value counts as, when it is looked for or compared with another one
// of its field: nothing that is no string of a string field, and so on.
const Value& Normal(const Value& value, Type type) {
  // The alternatives of Value are "not set" and then the types in order.
  if (value.index() == static_cast<size_t>(type) + 1) return value;
  return type == Type::kString ? kEmptyText : kUnset;
}

bool In(const Node& node, const View& view) {
  const Value& value = Normal(view.Read(node.field), node.type);
  const auto it = std::lower_bound(node.list.begin(), node.list.end(), value);
  return it != node.list.end() && *it == value;
}

bool Has(const Node& node, const View& view) {
  if (node.type == Type::kString) return !view.ReadText(node.field).empty();
  return IsSet(Normal(view.Read(node.field), node.type));
}

bool Changed(const Node& node, const View& view) {
  return Normal(view.Read(node.field), node.type) !=
         Normal(view.Read({Source::kOld, node.field.slot}), node.type);
}

bool Eval(const Node& node, const View& view) {
  const auto argument = [&node]() -> const std::string& {
    return std::get<std::string>(node.literal);
  };
  switch (node.kind) {
    case Node::Kind::kConstant:
      return node.constant;
    case Node::Kind::kField: {
      const bool* value = std::get_if<bool>(&view.Read(node.field));
      return value != nullptr && *value;
    }
    case Node::Kind::kHas:
      return Has(node, view);
    case Node::Kind::kChanged:
      return Changed(node, view);
    case Node::Kind::kCompare:
      return Compare(node, view);
    case Node::Kind::kIn:
      return In(node, view);
    case Node::Kind::kStartsWith:
      return absl::StartsWith(view.ReadText(node.field), argument());
    case Node::Kind::kEndsWith:
      return absl::EndsWith(view.ReadText(node.field), argument());
    case Node::Kind::kContains:
      return view.ReadText(node.field).find(argument()) != std::string::npos;
    case Node::Kind::kMatches:
      return RE2::PartialMatch(view.ReadText(node.field), *node.pattern);
    case Node::Kind::kNot:
      return !Eval(node.children[0], view);
    case Node::Kind::kAnd:
      for (const Node& child : node.children) {
        if (!Eval(child, view)) return false;
      }
      return true;
    case Node::Kind::kOr:
      for (const Node& child : node.children) {
        if (Eval(child, view)) return true;
      }
      return false;
  }
  return false;
}

Schema MakeEventSchema() {
  Schema schema;
  schema.Add({"kind",
              Type::kString,
              {"created", "fields_changed", "interaction",
               "milestone_completed", "stopped", "resumed",
               "entitlement_changed", "moved", "context_refreshed",
               "action_applied", "deleted", "work_logged", "merged"}});
  schema.Add({"direction", Type::kString, {"inbound", "outbound"}});
  schema.Add({"author", Type::kString, {"customer", "agent", "system"}});
  schema.Add({"channel", Type::kString, {}});
  schema.Add({"automatic", Type::kBool, {}});
  return schema;
}

}  // namespace

struct Expression::Compiled {
  std::string text;
  Node root;
  bool uses_event = false;
  std::vector<int> slots;
};

const Schema& EventSchema() {
  static const Schema& schema = *new Schema(MakeEventSchema());
  return schema;
}

absl::StatusOr<Expression> Expression::Parse(absl::string_view text,
                                             const Schema& schema,
                                             Usage usage) {
  absl::StatusOr<Node> root = ParseTree(text, schema, usage);
  if (!root.ok()) return root.status();
  auto compiled = std::make_shared<Compiled>();
  compiled->text = std::string(text);
  compiled->root = *std::move(root);
  const auto note = [&](const FieldRef& field) {
    if (field.source != Source::kRecord) compiled->uses_event = true;
    if (field.source != Source::kEvent) compiled->slots.push_back(field.slot);
  };
  Walk(compiled->root, [&](const Node& node) {
    switch (node.kind) {
      case Node::Kind::kConstant:
      case Node::Kind::kNot:
      case Node::Kind::kAnd:
      case Node::Kind::kOr:
        return;
      case Node::Kind::kChanged:
        compiled->uses_event = true;
        break;
      default:
        break;
    }
    note(node.field);
    if (node.other) note(*node.other);
  });
  std::sort(compiled->slots.begin(), compiled->slots.end());
  compiled->slots.erase(
      std::unique(compiled->slots.begin(), compiled->slots.end()),
      compiled->slots.end());
  return Expression(std::move(compiled));
}

bool Expression::Evaluate(const Record& record) const {
  return EvaluateNode(compiled_->root, record);
}

bool Expression::Evaluate(const Record& record, const EventView& event) const {
  const bool unchanged = event.creation || event.old_record == nullptr;
  return Eval(compiled_->root,
              {&record, unchanged ? &record : event.old_record, event.event});
}

bool EvaluateNode(const Node& node, const Record& record) {
  return Eval(node, {&record, &record, nullptr});
}

const std::string& Expression::text() const { return compiled_->text; }
const Node& Expression::root() const { return compiled_->root; }
bool Expression::uses_event() const { return compiled_->uses_event; }
const std::vector<int>& Expression::slots() const { return compiled_->slots; }

}  // namespace charter::sla
