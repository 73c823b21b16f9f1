#ifndef CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_
#define CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/ast.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

namespace charter::sla {

// Where an expression stands decides what it may name (X1).
enum class Usage {
  kLevel,   // fields only: stop, pause, exit, entry, target rules, ordinary criteria, list filters
  kEvent,   // also old.*, event.* and changed(field): completion, criteria marked on_event
};

// What one event was, for expressions of usage kEvent: old.* and event.*.
struct EventView {
  const Record* old_record = nullptr;   // fields before the event; on creation the same as after it (X2)
  // event.kind, event.direction, event.author, event.channel …: the engine's event
  // fields, in the slots of EventSchema().
  const Record* event = nullptr;
  bool creation = false;                // changed(x) is false (X2)
};

// The fields that `event.*` names: kind, direction, author, channel (strings), automatic (bool).
const Schema& EventSchema();

// A parsed and checked expression. Immutable, cheap to copy, safe to share.
// Evaluation cannot fail, loop or allocate without bound (X2); a comparison with
// a field that is not set is false, and so is its negated operator (`!=` on an
// unset field is true: it does not equal), as the table in expression.cc says.
class Expression {
 public:
  // INVALID_ARGUMENT with "line L, column C: …" and, where one is near, a
  // suggestion, for anything that is not a boolean expression over `schema` in
  // at most 4 KiB, 64 terms and depth 16.
  static absl::StatusOr<Expression> Parse(absl::string_view text, const Schema& schema, Usage usage);

  bool Evaluate(const Record& record) const;                              // kLevel
  bool Evaluate(const Record& record, const EventView& event) const;      // either

  const std::string& text() const;
  const Node& root() const;    // for who translates it, e.g. into SQL
  // True when it names old.*, event.* or changed().
  bool uses_event() const;
  // The slots of the record fields that it reads.
  const std::vector<int>& slots() const;

 private:
  struct Compiled;
  explicit Expression(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_
