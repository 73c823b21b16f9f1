#include "server/sla/expression/parser.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/sla/expression/checker.h"
#include "server/sla/expression/lexer.h"
#include "server/sla/expression/wording.h"

namespace charter::sla {
namespace {

// Recursive descent over CEL's grammar, one function per level of precedence:
// || binds loosest, then &&, comparisons, ! and parentheses.
class Parser {
 public:
  Parser(std::vector<Token> tokens, Checker checker)
      : tokens_(std::move(tokens)), checker_(std::move(checker)) {}

  absl::StatusOr<Node> Run() {
    if (Peek().kind == TokenKind::kEnd) {
      return Error(Peek().offset, "the expression is empty");
    }
    absl::StatusOr<Term> term = Or();
    if (!term.ok()) return term.status();
    if (Peek().kind != TokenKind::kEnd) return Unexpected();
    return checker_.Condition(*std::move(term));
  }

 private:
  absl::StatusOr<Term> Or() {
    return Chain("||", Node::Kind::kOr, &Parser::And);
  }
  absl::StatusOr<Term> And() {
    return Chain("&&", Node::Kind::kAnd, &Parser::Relation);
  }

  // One or more terms of the next level between `op`; a chain is one node.
  absl::StatusOr<Term> Chain(absl::string_view op, Node::Kind kind,
                             absl::StatusOr<Term> (Parser::*next)()) {
    absl::StatusOr<Term> first = (this->*next)();
    if (!first.ok() || !IsOperator(op)) return first;
    Term result;
    result.offset = first->offset;
    result.condition.kind = kind;
    absl::StatusOr<Term> term = std::move(first);
    while (true) {
      absl::StatusOr<Node> child = checker_.Condition(*std::move(term));
      if (!child.ok()) return child.status();
      std::vector<Node>& children = result.condition.children;
      if (child->kind == kind) {  // (a && b) && c
        for (Node& grandchild : child->children) {
          children.push_back(std::move(grandchild));
        }
      } else {
        children.push_back(*std::move(child));
      }
      if (!Take(op)) return result;
      term = (this->*next)();
      if (!term.ok()) return term.status();
    }
  }

  absl::StatusOr<Term> Relation() {
    absl::StatusOr<Term> left = Unary();
    if (!left.ok()) return left;
    const Token op = Peek();
    absl::StatusOr<Node> node = absl::UnknownError("");
    if (IsComparison(op)) {
      ++at_;
      absl::StatusOr<Term> right = Unary();
      if (!right.ok()) return right;
      node = checker_.Compare(*left, op.text, op.offset, *std::move(right));
    } else if (IsIn(op)) {
      ++at_;
      absl::StatusOr<std::vector<Term>> values = List();
      if (!values.ok()) return values.status();
      node = checker_.In(*left, *std::move(values));
    } else {
      return left;
    }
    if (!node.ok()) return node.status();
    if (IsComparison(Peek()) || IsIn(Peek())) {
      return Error(Peek().offset,
                   "comparisons don't chain: combine them with && or ||");
    }
    return ConditionTerm(left->offset, *std::move(node));
  }

  // [literal, …]
  absl::StatusOr<std::vector<Term>> List() {
    if (absl::Status s = Expect("["); !s.ok()) return s;
    if (IsOperator("]")) {
      return Error(Peek().offset, "the list is empty, so nothing is in it");
    }
    std::vector<Term> values;
    do {
      absl::StatusOr<Term> value = Primary();
      if (!value.ok()) return value.status();
      values.push_back(*std::move(value));
    } while (Take(","));
    if (absl::Status s = Expect("]"); !s.ok()) return s;
    return values;
  }

  absl::StatusOr<Term> Unary() {
    const Token token = Peek();
    if (!IsOperator("!")) return Primary();
    if (absl::Status s = Enter(); !s.ok()) return s;
    ++at_;
    absl::StatusOr<Term> term = Unary();
    if (!term.ok()) return term;
    --depth_;
    absl::StatusOr<Node> child = checker_.Condition(*std::move(term));
    if (!child.ok()) return child.status();
    Node node;
    node.kind = Node::Kind::kNot;
    node.children.push_back(*std::move(child));
    return ConditionTerm(token.offset, std::move(node));
  }

  absl::StatusOr<Term> Primary() {
    const Token token = Peek();
    switch (token.kind) {
      case TokenKind::kString:
        ++at_;
        return Literal(token.offset, Type::kString, token.string);
      case TokenKind::kNumber:
        ++at_;
        return Literal(token.offset, Type::kNumber, token.number);
      case TokenKind::kIdentifier:
        return Name();
      default:
        break;
    }
    if (IsOperator("-") && tokens_[at_ + 1].kind == TokenKind::kNumber) {
      const double number = -tokens_[at_ + 1].number;
      at_ += 2;
      return Literal(token.offset, Type::kNumber, number == 0 ? 0.0 : number);
    }
    if (!IsOperator("(")) return Unexpected();
    if (absl::Status s = Enter(); !s.ok()) return s;
    ++at_;
    absl::StatusOr<Term> term = Or();
    if (!term.ok()) return term;
    if (absl::Status s = Expect(")"); !s.ok()) return s;
    --depth_;
    term->offset = token.offset;
    return term;
  }

  // true, a field, function(…) or field.method(…).
  absl::StatusOr<Term> Name() {
    const Token first = tokens_[at_++];
    if (first.text == "true" || first.text == "false") {
      return Literal(first.offset, Type::kBool, first.text == "true");
    }
    if (Take("(")) return Call(first);
    std::string name(first.text);
    while (Take(".")) {
      const Token part = Peek();
      if (part.kind != TokenKind::kIdentifier) {
        return Error(part.offset, "a name is expected after the dot");
      }
      ++at_;
      if (Take("(")) {
        absl::StatusOr<Term> field = checker_.Field(name, first.offset);
        if (!field.ok()) return field;
        absl::StatusOr<Term> argument = Argument();
        if (!argument.ok()) return argument;
        absl::StatusOr<Node> node =
            checker_.Method(*field, part.text, part.offset, *argument);
        if (!node.ok()) return node.status();
        return ConditionTerm(first.offset, *std::move(node));
      }
      absl::StrAppend(&name, ".", part.text);
    }
    return checker_.Field(name, first.offset);
  }

  // function(…), after the parenthesis.
  absl::StatusOr<Term> Call(const Token& function) {
    if (Checker::IsTimeFunction(function.text)) {
      absl::StatusOr<Term> argument = Argument();
      if (!argument.ok()) return argument;
      return checker_.TimeLiteral(function.text, function.offset, *argument);
    }
    if (Checker::IsFieldFunction(function.text)) {
      absl::StatusOr<Term> argument = Argument();
      if (!argument.ok()) return argument;
      absl::StatusOr<Node> node =
          checker_.Function(function.text, function.offset, *argument);
      if (!node.ok()) return node.status();
      return ConditionTerm(function.offset, *std::move(node));
    }
    return checker_.UnknownFunction(function.text, function.offset);
  }

  // One plain value and the closing parenthesis. Calls don't nest: this does
  // not recurse.
  absl::StatusOr<Term> Argument() {
    const Token token = Peek();
    if (token.kind != TokenKind::kString &&
        token.kind != TokenKind::kIdentifier) {
      return Error(token.offset, "one argument is expected here");
    }
    ++at_;
    Term term = Literal(token.offset, Type::kString, token.string);
    if (token.kind == TokenKind::kIdentifier) {
      std::string name(token.text);
      while (Take(".")) {
        if (Peek().kind != TokenKind::kIdentifier) return Unexpected();
        absl::StrAppend(&name, ".", tokens_[at_++].text);
      }
      absl::StatusOr<Term> field = checker_.Field(name, token.offset);
      if (!field.ok()) return field;
      term = *std::move(field);
    }
    if (absl::Status s = Expect(")"); !s.ok()) return s;
    return term;
  }

  static Term Literal(size_t offset, Type type, Value value) {
    Term term;
    term.what = Term::What::kLiteral;
    term.offset = offset;
    term.type = type;
    term.literal = std::move(value);
    return term;
  }

  static Term ConditionTerm(size_t offset, Node node) {
    Term term;
    term.offset = offset;
    term.condition = std::move(node);
    return term;
  }

  const Token& Peek() const { return tokens_[at_]; }

  bool IsOperator(absl::string_view op) const {
    return Peek().kind == TokenKind::kOperator && Peek().text == op;
  }

  static bool IsComparison(const Token& token) {
    return token.kind == TokenKind::kOperator &&
           (token.text == "==" || token.text == "!=" || token.text == "<" ||
            token.text == "<=" || token.text == ">" || token.text == ">=");
  }

  static bool IsIn(const Token& token) {
    return token.kind == TokenKind::kIdentifier && token.text == "in";
  }

  bool Take(absl::string_view op) {
    if (!IsOperator(op)) return false;
    ++at_;
    return true;
  }

  absl::Status Expect(absl::string_view op) {
    if (Take(op)) return absl::OkStatus();
    return Error(Peek().offset, absl::StrCat("expected ", Quoted(op), Found()));
  }

  absl::Status Enter() {
    if (++depth_ <= kMaxExpressionDepth) return absl::OkStatus();
    return Error(Peek().offset,
                 absl::StrCat("nested deeper than ", kMaxExpressionDepth,
                              " levels of ( and !"));
  }

  std::string Found() const {
    if (Peek().kind == TokenKind::kEnd) return ", but the expression ends";
    return absl::StrCat(", found ", Quoted(Peek().text));
  }

  // The error for a token that can't stand where it is.
  absl::Status Unexpected() const {
    const Token& token = Peek();
    if (token.kind == TokenKind::kEnd) {
      return Error(token.offset,
                   "the expression ends where a condition or a "
                   "value is expected");
    }
    std::string hint;
    if (absl::EqualsIgnoreCase(token.text, "and")) {
      hint = ": did you mean \"&&\"?";
    } else if (absl::EqualsIgnoreCase(token.text, "or")) {
      hint = ": did you mean \"||\"?";
    } else if (token.text == "-") {
      hint = ": the language has no arithmetic";
    }
    return Error(token.offset,
                 absl::StrCat("unexpected ", Quoted(token.text), hint));
  }

  absl::Status Error(size_t offset, absl::string_view message) const {
    return checker_.Error(offset, message);
  }

  const std::vector<Token> tokens_;
  Checker checker_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<Node> ParseTree(absl::string_view text, const Schema& schema,
                               Usage usage) {
  absl::StatusOr<std::vector<Token>> tokens = Split(text);
  if (!tokens.ok()) return tokens.status();
  return Parser(*std::move(tokens), Checker(text, schema, usage)).Run();
}

}  // namespace charter::sla
