#include "server/sla/expression/checker.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "server/sla/expression/lexer.h"
#include "server/sla/expression/literals.h"
#include "server/sla/expression/wording.h"

namespace charter::sla {
namespace {

constexpr int64_t kPatternMemory = 256 << 10;

std::vector<std::string> Names(const Schema& schema, absl::string_view prefix) {
  std::vector<std::string> names;
  names.reserve(schema.size());
  for (int slot = 0; slot < schema.size(); ++slot) {
    names.push_back(absl::StrCat(prefix, schema.field(slot).name));
  }
  return names;
}

CompareOp ParseOp(absl::string_view op) {
  if (op == "==") return CompareOp::kEqual;
  if (op == "!=") return CompareOp::kNotEqual;
  if (op == "<") return CompareOp::kLess;
  if (op == "<=") return CompareOp::kLessEqual;
  if (op == ">") return CompareOp::kGreater;
  return CompareOp::kGreaterEqual;
}

// The operator that says the same with its sides exchanged.
CompareOp Mirror(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEqual:
      return CompareOp::kGreaterEqual;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLessEqual;
    default:
      return op;
  }
}

bool IsOrdering(CompareOp op) {
  return op != CompareOp::kEqual && op != CompareOp::kNotEqual;
}

Node Leaf(Node::Kind kind, const Term& field) {
  Node node;
  node.kind = kind;
  node.field = field.field;
  node.type = field.type;
  return node;
}

}  // namespace

absl::Status Checker::Error(size_t offset, absl::string_view message) const {
  return ErrorAt(text_, offset, message);
}

const Field& Checker::Definition(const FieldRef& field) const {
  return field.source == Source::kEvent ? EventSchema().field(field.slot)
                                        : schema_.field(field.slot);
}

absl::Status Checker::EventTermRefused(absl::string_view term,
                                       size_t offset) const {
  return Error(offset,
               absl::StrCat(term,
                            " is about one event, but this expression is a "
                            "state that lasts: old.*, event.* and changed() "
                            "are for completion criteria and criteria marked "
                            "on_event"));
}

absl::StatusOr<Term> Checker::Field(absl::string_view name,
                                    size_t offset) const {
  Term term;
  term.what = Term::What::kField;
  term.offset = offset;
  term.name = std::string(name);
  absl::string_view rest = name;
  if (absl::ConsumePrefix(&rest, "old.")) {
    term.field.source = Source::kOld;
  } else if (absl::ConsumePrefix(&rest, "event.")) {
    term.field.source = Source::kEvent;
  }
  const bool about_event = term.field.source != Source::kRecord;
  if (about_event && usage_ != Usage::kEvent) {
    return EventTermRefused(Quoted(name), offset);
  }
  const Schema& schema =
      term.field.source == Source::kEvent ? EventSchema() : schema_;
  const std::optional<int> slot = schema.Find(rest);
  if (!slot) {
    if (name == "null") {
      return Error(offset, "there is no null: use has(field) or !has(field)");
    }
    if (absl::EqualsIgnoreCase(name, "not")) {
      return Error(offset, absl::StrCat("unknown field ", Quoted(name),
                                        ": did you mean \"!\"?"));
    }
    const absl::string_view prefix = name.substr(0, name.size() - rest.size());
    std::vector<std::string> candidates = Names(schema, prefix);
    if (usage_ == Usage::kEvent && !about_event) {
      for (std::string& event_name : Names(EventSchema(), "event.")) {
        candidates.push_back(std::move(event_name));
      }
    }
    const std::string nearest = Nearest(name, candidates);
    return Error(offset, absl::StrCat("unknown field ", Quoted(name),
                                      nearest.empty() ? ThereAre(candidates)
                                                      : DidYouMean(nearest)));
  }
  term.field.slot = *slot;
  term.type = schema.field(*slot).type;
  return term;
}

bool Checker::IsTimeFunction(absl::string_view name) {
  return name == "timestamp" || name == "duration" || name == "date";
}

bool Checker::IsFieldFunction(absl::string_view name) {
  return name == "has" || name == "changed";
}

absl::Status Checker::UnknownFunction(absl::string_view name,
                                      size_t offset) const {
  static const auto& kNames = *new std::vector<std::string>{
      "has",        "changed",  "timestamp", "duration", "date",
      "startsWith", "endsWith", "contains",  "matches"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) {
    return Error(offset, absl::StrCat(name,
                                      " is called on a field, as in "
                                      "subject.",
                                      name, "(\"text\")"));
  }
  return Error(offset, absl::StrCat("unknown function ", Quoted(name),
                                    DidYouMean(Nearest(name, kNames))));
}

absl::StatusOr<Term> Checker::TimeLiteral(absl::string_view function,
                                          size_t offset,
                                          const Term& argument) const {
  Term term;
  term.what = Term::What::kLiteral;
  term.offset = offset;
  term.type = function == "timestamp"  ? Type::kInstant
              : function == "duration" ? Type::kDuration
                                       : Type::kDate;
  const auto* text = std::get_if<std::string>(&argument.literal);
  if (text != nullptr) {
    if (term.type == Type::kInstant) {
      if (auto value = ParseInstant(*text)) term.literal = *value;
    } else if (term.type == Type::kDuration) {
      if (auto value = ParseDuration(*text)) term.literal = *value;
    } else {
      if (auto value = ParseDate(*text)) term.literal = *value;
    }
  }
  if (!IsSet(term.literal)) {
    return Error(argument.offset, absl::StrCat("expected ", TypeName(term.type),
                                               " as in ", Example(term.type)));
  }
  return term;
}

absl::StatusOr<Node> Checker::Count(Node node, size_t offset) {
  if (++terms_ > kMaxExpressionTerms) {
    return Error(offset, absl::StrCat("more than ", kMaxExpressionTerms,
                                      " conditions in one expression"));
  }
  return node;
}

absl::StatusOr<Node> Checker::Condition(Term term) {
  switch (term.what) {
    case Term::What::kCondition:
      return std::move(term.condition);
    case Term::What::kField:
      if (term.type != Type::kBool) {
        return Error(
            term.offset,
            absl::StrCat(Quoted(term.name), " is ", TypeName(term.type),
                         ", but a condition is expected here: compare "
                         "it, as in ",
                         term.name.size() > 64 ? "x" : term.name,
                         " == ", Example(term.type)));
      }
      return Count(Leaf(Node::Kind::kField, term), term.offset);
    case Term::What::kLiteral:
      break;
  }
  const bool* constant = std::get_if<bool>(&term.literal);
  if (constant == nullptr) {
    return Error(term.offset, absl::StrCat("a condition is expected here, not ",
                                           TypeName(term.type)));
  }
  Node node;
  node.kind = Node::Kind::kConstant;
  node.constant = *constant;
  return Count(std::move(node), term.offset);
}

absl::Status Checker::CheckLiteral(const Term& field,
                                   const Term& literal) const {
  if (literal.what != Term::What::kLiteral) {
    return Error(literal.offset, "a literal is expected here");
  }
  if (field.type != literal.type) {
    return Error(literal.offset,
                 absl::StrCat(Quoted(field.name), " is ", TypeName(field.type),
                              ", but is compared with ", TypeName(literal.type),
                              ": write ", Example(field.type)));
  }
  const std::vector<std::string>& known = Definition(field.field).values;
  const auto* text = std::get_if<std::string>(&literal.literal);
  if (text == nullptr || text->empty() || known.empty() ||
      std::find(known.begin(), known.end(), *text) != known.end()) {
    return absl::OkStatus();
  }
  constexpr size_t kListed = 12;
  std::string hint = DidYouMean(Nearest(*text, known));
  if (hint.empty()) {
    const size_t listed = std::min(known.size(), kListed);
    hint = absl::StrCat(
        ": there are ",
        absl::StrJoin(known.begin(), known.begin() + listed, ", ",
                      [](std::string* out, const std::string& value) {
                        out->append(Quoted(value));
                      }),
        listed < known.size() ? ", …" : "");
  }
  return Error(literal.offset,
               absl::StrCat(Quoted(*text), " is not a value of ",
                            Quoted(field.name), hint));
}

absl::StatusOr<Node> Checker::Compare(Term left, absl::string_view op_text,
                                      size_t op_offset, Term right) {
  CompareOp op = ParseOp(op_text);
  for (const Term* term : {&left, &right}) {
    if (term->what == Term::What::kCondition) {
      return Error(term->offset,
                   "a condition can't be compared: combine conditions with "
                   "&&, || and !");
    }
  }
  if (left.what == Term::What::kLiteral) {
    if (right.what == Term::What::kLiteral) {
      return Error(left.offset, "one side of a comparison must be a field");
    }
    std::swap(left, right);
    op = Mirror(op);
  }
  Node node = Leaf(Node::Kind::kCompare, left);
  node.op = op;
  if (right.what == Term::What::kField) {
    if (left.type != right.type) {
      return Error(
          op_offset,
          absl::StrCat(Quoted(left.name), " is ", TypeName(left.type), " and ",
                       Quoted(right.name), " is ", TypeName(right.type),
                       ": they can't be compared"));
    }
    node.other = right.field;
  } else {
    if (absl::Status s = CheckLiteral(left, right); !s.ok()) return s;
    node.literal = std::move(right.literal);
  }
  const bool unordered =
      left.type == Type::kBool || !Definition(left.field).values.empty() ||
      (node.other && !Definition(*node.other).values.empty());
  if (IsOrdering(op) && unordered) {
    return Error(op_offset, absl::StrCat("the values of ", Quoted(left.name),
                                         " have no order: use ==, != or in"));
  }
  return Count(std::move(node), left.offset);
}

absl::StatusOr<Node> Checker::In(const Term& field, std::vector<Term> values) {
  if (field.what != Term::What::kField) {
    return Error(field.offset, "the left side of \"in\" must be a field");
  }
  Node node = Leaf(Node::Kind::kIn, field);
  for (Term& value : values) {
    if (absl::Status s = CheckLiteral(field, value); !s.ok()) return s;
    node.list.push_back(std::move(value.literal));
  }
  std::sort(node.list.begin(), node.list.end());
  node.list.erase(std::unique(node.list.begin(), node.list.end()),
                  node.list.end());
  return Count(std::move(node), field.offset);
}

absl::StatusOr<Node> Checker::Function(absl::string_view function,
                                       size_t offset, const Term& field) {
  const bool changed = function == "changed";
  if (changed && usage_ != Usage::kEvent) {
    return EventTermRefused("changed()", offset);
  }
  if (field.what != Term::What::kField) {
    return Error(field.offset,
                 absl::StrCat(function, "() takes the name of a field"));
  }
  if (changed && field.field.source != Source::kRecord) {
    return Error(field.offset,
                 "changed() takes a field of the item, without old. or event.");
  }
  return Count(Leaf(changed ? Node::Kind::kChanged : Node::Kind::kHas, field),
               offset);
}

absl::StatusOr<Node> Checker::Method(const Term& field,
                                     absl::string_view method,
                                     size_t method_offset,
                                     const Term& argument) {
  Node node = Leaf(Node::Kind::kMatches, field);
  if (method == "startsWith") {
    node.kind = Node::Kind::kStartsWith;
  } else if (method == "endsWith") {
    node.kind = Node::Kind::kEndsWith;
  } else if (method == "contains") {
    node.kind = Node::Kind::kContains;
  } else if (method != "matches") {
    static const auto& kMethods = *new std::vector<std::string>{
        "startsWith", "endsWith", "contains", "matches"};
    return Error(method_offset,
                 absl::StrCat("unknown function ", Quoted(method),
                              DidYouMean(Nearest(method, kMethods))));
  }
  if (field.type != Type::kString) {
    return Error(method_offset, absl::StrCat(method, "() is of strings, but ",
                                             Quoted(field.name), " is ",
                                             TypeName(field.type)));
  }
  if (argument.what != Term::What::kLiteral || argument.type != Type::kString) {
    return Error(argument.offset,
                 absl::StrCat(method, "() takes a text in quotes"));
  }
  node.literal = argument.literal;
  if (node.kind == Node::Kind::kMatches) {
    RE2::Options options;
    options.set_log_errors(false);  // the pattern is a customer's
    options.set_max_mem(kPatternMemory);
    auto pattern = std::make_shared<const RE2>(
        std::get<std::string>(argument.literal), options);
    if (!pattern->ok()) {
      return Error(argument.offset, absl::StrCat("not a pattern of RE2: ",
                                                 Quoted(pattern->error())));
    }
    program_ += pattern->ProgramSize();
    if (program_ > kMaxPatternProgram) {
      return Error(argument.offset,
                   absl::StrCat("patterns too large: ", program_,
                                " instructions, at most ", kMaxPatternProgram));
    }
    node.pattern = std::move(pattern);
  }
  return Count(std::move(node), field.offset);
}

}  // namespace charter::sla
