#ifndef CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_
#define CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/expression/ast.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"

// One language for criteria, target rules and list filters (X1): a typed subset
// of CEL. In full:
//
//   condition:  c && c   c || c   !c   (c)   true   false
//               field op literal   field op field (of one type)
//               field in [literal, …]   a bool field by itself
//               has(field)   changed(field)
//               field.startsWith("…")  endsWith  contains  matches (RE2,
//               anywhere)
//   op:         == != < <= > >=   (bool and fields with known values: == and !=
//   only) field:      priority   attributes.site   old.priority   event.kind
//   literal:    "…" or '…' with CEL's escapes, r"…", 3, -2.5e3, true, false,
//               timestamp("2026-01-01T00:00:00Z"), duration("3h30m"),
//               date("2026-01-01")
//
// Numbers compare as doubles: every whole number up to 2^53 is exact, larger
// literals are refused. Strings compare bytewise, and case matters.
//
// A field that is not set:
//   a string is "" (so has(f) is false for both, and f == "" finds both);
//   of any other type, != is true and every other comparison, `in` and the bare
//   field are false, also when both sides are fields that are not set.
// `!c` is always the opposite of `c`, so !(f == 1) and f != 1 say the same, but
// !(f < 1) holds for an unset f while f >= 1 does not. A value that is missing
// from a record, or of another type than its field, counts as not set.
namespace charter::sla {

// The bounds of one expression (X2).
inline constexpr size_t kMaxExpressionBytes = 4096;
// Conditions other than !, && and ||; the values of an `in` list don't count.
inline constexpr int kMaxExpressionTerms = 64;
// Levels of ( and ! around a term.
inline constexpr int kMaxExpressionDepth = 16;
// Instructions of all compiled `matches` patterns together.
inline constexpr int kMaxPatternProgram = 2000;

// Where an expression stands decides what it may name (X1).
enum class Usage {
  // Fields only: stop, pause, exit, entry, target rules, ordinary criteria,
  // list filters.
  kLevel,
  // Also old.*, event.* and changed(field): completion, criteria marked
  // on_event.
  kEvent,
};

// What one event was, for expressions of usage kEvent: old.* and event.*.
struct EventView {
  // Fields before the event; none: as they are after it.
  const Record* old_record = nullptr;
  // The event's own fields, in the slots of EventSchema(); none: all not set.
  const Record* event = nullptr;
  // Of the item: old.x is x and changed(x) is false, whatever old_record says
  // (X2).
  bool creation = false;
};

// The slots of EventSchema().
enum EventSlot : int {
  kEventKind,       // string: see EventSchema() for the values
  kEventDirection,  // string: inbound, outbound
  kEventAuthor,     // string: customer, agent, system
  kEventChannel,    // string, any
  kEventAutomatic,  // bool: an automatic reply or the like (F1)
};

// The fields that `event.*` names.
const Schema& EventSchema();

// A parsed and checked expression. Immutable, cheap to copy, safe to share
// among threads. Evaluation cannot fail or loop, and allocates nothing; only a
// `matches` keeps a cache of at most 256 KiB (X2).
class Expression {
 public:
  // INVALID_ARGUMENT "line L, column C: …" (from 1; columns count characters),
  // with what is expected and, where one is near, a suggestion, for anything
  // that is not a condition over `schema`, or beyond the bounds above.
  static absl::StatusOr<Expression> Parse(absl::string_view text,
                                          const Schema& schema, Usage usage);

  // Of a level. An expression about an event sees an unchanged record and an
  // event without fields.
  bool Evaluate(const Record& record) const;
  // Of either usage.
  bool Evaluate(const Record& record, const EventView& event) const;

  // As it was written.
  const std::string& text() const;
  // For who translates it, e.g. into SQL.
  const Node& root() const;
  // True when it names old.*, event.* or changed().
  bool uses_event() const;
  // The slots of the record fields that it reads, ascending, each once; old.x
  // and changed(x) read x.
  const std::vector<int>& slots() const;

 private:
  struct Compiled;
  explicit Expression(std::shared_ptr<const Compiled> compiled)
      : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

// Evaluates one condition of a tree, as Expression::Evaluate does the root: for
// who translates a part of it and checks the rest.
bool EvaluateNode(const Node& node, const Record& record);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_EXPRESSION_EXPRESSION_H_
