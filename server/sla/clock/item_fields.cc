#include "server/sla/clock/item_fields.h"

namespace charter::sla {
namespace {

bool IsTrue(const Value& value) {
  const bool* b = std::get_if<bool>(&value);
  return b != nullptr && *b;
}

bool IsClosedCategory(const Value& value) {
  const std::string* category = std::get_if<std::string>(&value);
  return category != nullptr &&
         (*category == "RESOLVED" || *category == "CLOSED");
}

bool IsDerived(int slot) {
  return slot >= ItemSlot::kCreateTime && slot < ItemSlot::kBuiltIn;
}

const char* AuthorName(Author author) {
  switch (author) {
    case Author::kCustomer:
      return "customer";
    case Author::kAgent:
      return "agent";
    case Author::kSystem:
      return "system";
  }
  return "";
}

}  // namespace

SlotSet SlotsOf(const Expression& expression) {
  SlotSet set = 0;
  for (int slot : expression.slots()) set |= SlotBit(slot);
  return set;
}

bool ItemFields::closed() const { return IsTrue(now_[ItemSlot::kIsClosed]); }

void ItemFields::Set(int slot, const Value& value) {
  if (slot >= static_cast<int>(now_.size())) {
    if (!IsSet(value)) return;
    now_.resize(slot + 1);
    before_.resize(slot + 1);
  }
  if (now_[slot] == value) return;
  now_[slot] = value;
  touched_.push_back(slot);
  changed_ |= SlotBit(slot);
}

void ItemFields::SetStopped(bool stopped) {
  Set(ItemSlot::kIsStopped, stopped);
}

void ItemFields::Apply(const Event& event) {
  for (int slot : touched_) before_[slot] = now_[slot];
  touched_.clear();
  changed_ = 0;
  event_ = &event;
  event_record_.clear();
  for (const FieldChange& change : event.changes) {
    if (change.slot >= 0 && !IsDerived(change.slot)) {
      Set(change.slot, change.value);
    }
  }
  Derive(event);
}

void ItemFields::Derive(const Event& event) {
  if (event.kind == EventKind::kCreated) {
    Set(ItemSlot::kCreateTime, event.occur_time);
    Set(ItemSlot::kIsClosed, false);
    Set(ItemSlot::kIsStopped, false);
    Set(ItemSlot::kReopenCount, 0.0);
  }
  if (changed_ & SlotBit(ItemSlot::kStatusCategory)) {
    const bool was_closed = closed();
    const bool is_closed = IsClosedCategory(now_[ItemSlot::kStatusCategory]);
    Set(ItemSlot::kIsClosed, is_closed);
    if (was_closed && !is_closed) {
      const double* count = std::get_if<double>(&now_[ItemSlot::kReopenCount]);
      Set(ItemSlot::kReopenCount, (count == nullptr ? 0.0 : *count) + 1);
    }
  }
  if (event.kind == EventKind::kStopped) stopped_by_hand_ = true;
  if (event.kind == EventKind::kResumed) stopped_by_hand_ = false;
  // F1: system messages and automatic replies never move the ball.
  if (!event.interaction || event.interaction->automatic) return;
  const Interaction& message = *event.interaction;
  if (message.direction == Direction::kInbound &&
      message.author == Author::kCustomer) {
    Set(ItemSlot::kLastInboundTime, event.occur_time);
    if (!IsSet(now_[ItemSlot::kUnansweredSince])) {
      Set(ItemSlot::kUnansweredSince, event.occur_time);
    }
  } else if (message.direction == Direction::kOutbound &&
             message.author == Author::kAgent) {
    Set(ItemSlot::kLastOutboundTime, event.occur_time);
    Set(ItemSlot::kUnansweredSince, Value());
  }
}

EventView ItemFields::View() {
  if (event_record_.empty()) {
    event_record_.resize(EventSchema().size());
    event_record_[kEventKind] = std::string(EventKindName(event_->kind));
    if (event_->interaction) {
      const Interaction& message = *event_->interaction;
      event_record_[kEventDirection] = std::string(
          message.direction == Direction::kInbound ? "inbound" : "outbound");
      event_record_[kEventAuthor] = std::string(AuthorName(message.author));
      event_record_[kEventChannel] = message.channel;
      event_record_[kEventAutomatic] = message.automatic;
    }
  }
  return {&before_, &event_record_, event_->kind == EventKind::kCreated};
}

}  // namespace charter::sla
