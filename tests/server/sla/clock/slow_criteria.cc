#include "tests/server/sla/clock/slow_criteria.h"

#include <cstdlib>
#include <iostream>

namespace charter::sla {
namespace {

// The fields that random histories change, by the slots that they do it by.
const std::map<int, std::string>& Names() {
  static const auto& names = *new std::map<int, std::string>{
      {ItemSlot::kStatusCategory, "status_category"},
      {ItemSlot::kPriority, "priority"},
      {ItemSlot::kBusinessHours, "business_hours"},
      {ItemSlot::kBuiltIn, "attributes.flag"},
      {ItemSlot::kBuiltIn + 1, "attributes.tier"}};
  return names;
}

[[noreturn]] void Unknown(const std::string& text) {
  std::cerr << "the slow model doesn't know: " << text << "\n";
  std::abort();
}

bool StartsWith(const std::string& s, const std::string& prefix) {
  return s.compare(0, prefix.size(), prefix) == 0;
}

Value Find(const SlowFields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? Value() : found->second;
}

Value Field(const std::string& name, const SlowSnapshot& at) {
  if (StartsWith(name, "event.")) return Find(at.event, name.substr(6));
  if (StartsWith(name, "old.")) {
    return Find(at.creation ? at.fields : at.before, name.substr(4));
  }
  return Find(at.fields, name);
}

Value Literal(const std::string& text) {
  if (text[0] == '"') return text.substr(1, text.size() - 2);
  return std::strtod(text.c_str(), nullptr);
}

// A string that is not set is the empty one; of what else is not set, only !=
// is true.
bool Compare(Value field, const std::string& op, const Value& literal) {
  if (!IsSet(field) && std::holds_alternative<std::string>(literal)) {
    field = std::string();
  }
  if (op == "==") return field == literal;
  if (op == "!=") return field != literal;
  if (!IsSet(field)) return false;
  if (op == "<=") return std::get<double>(field) <= std::get<double>(literal);
  if (op == ">") return std::get<double>(field) > std::get<double>(literal);
  Unknown(op);
}

bool Term(const std::string& text, const SlowSnapshot& at) {
  if (text[0] == '!') return !Term(text.substr(1), at);
  if (StartsWith(text, "has(")) {
    return IsSet(Field(text.substr(4, text.size() - 5), at));
  }
  if (StartsWith(text, "changed(")) {
    const std::string name = text.substr(8, text.size() - 9);
    return !at.creation && Find(at.before, name) != Find(at.fields, name);
  }
  const size_t space = text.find(' ');
  if (space == std::string::npos) return Field(text, at) == Value(true);
  const Value field = Field(text.substr(0, space), at);
  const std::string rest = text.substr(space + 1);
  const size_t second = rest.find(' ');
  const std::string op = rest.substr(0, second);
  std::string literal = rest.substr(second + 1);
  if (op != "in") return Compare(field, op, Literal(literal));
  literal = literal.substr(1, literal.size() - 2);  // the brackets
  for (size_t from = 0; from < literal.size();) {
    const size_t comma = std::min(literal.find(", ", from), literal.size());
    if (Compare(field, "==", Literal(literal.substr(from, comma - from)))) {
      return true;
    }
    from = comma + 2;
  }
  return false;
}

bool IsClosed(const SlowFields& fields) {
  const Value category = Find(fields, "status_category");
  return category == Value(std::string("RESOLVED")) ||
         category == Value(std::string("CLOSED"));
}

void TakeMessage(const Event& event, SlowSnapshot& s) {
  const Interaction& message = *event.interaction;
  const bool inbound = message.direction == Direction::kInbound;
  s.event["direction"] = std::string(inbound ? "inbound" : "outbound");
  s.event["author"] =
      std::string(message.author == Author::kCustomer ? "customer"
                  : message.author == Author::kAgent  ? "agent"
                                                      : "system");
  s.event["automatic"] = message.automatic;
  if (message.automatic) return;  // it never moves the ball
  if (inbound && message.author == Author::kCustomer) {
    s.fields["last_inbound_time"] = event.occur_time;
    s.fields.emplace("unanswered_since", event.occur_time);
  }
  if (!inbound && message.author == Author::kAgent) {
    s.fields["last_outbound_time"] = event.occur_time;
    s.fields.erase("unanswered_since");
  }
}

}  // namespace

SlowSnapshot SlowApply(const SlowSnapshot* previous, const Event& event) {
  SlowSnapshot s;
  if (previous != nullptr) {
    s.fields = s.before = previous->fields;
    s.by_hand = previous->by_hand;
  }
  s.time = event.occur_time;
  s.creation = event.kind == EventKind::kCreated;
  for (const FieldChange& change : event.changes) {
    const auto name = Names().find(change.slot);
    if (name == Names().end()) Unknown("slot " + std::to_string(change.slot));
    if (IsSet(change.value)) {
      s.fields[name->second] = change.value;
    } else {
      s.fields.erase(name->second);
    }
  }
  s.event["kind"] = std::string(
      event.kind == EventKind::kInteraction ? "interaction" : "another");
  if (event.interaction) TakeMessage(event, s);
  if (event.kind == EventKind::kStopped) s.by_hand = true;
  if (event.kind == EventKind::kResumed) s.by_hand = false;
  const bool reopened = IsClosed(s.before) && !IsClosed(s.fields);
  const Value count = Find(s.before, "reopen_count");
  s.fields["reopen_count"] =
      (IsSet(count) ? std::get<double>(count) : 0.0) + (reopened ? 1.0 : 0.0);
  s.fields["is_closed"] = IsClosed(s.fields);
  return s;
}

bool SlowHolds(const std::string& text, const SlowSnapshot& at) {
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find(" && ", from), text.size());
    if (!Term(text.substr(from, end - from), at)) return false;
    from = end + 4;
  }
  return true;
}

}  // namespace charter::sla
