#ifndef CHARTER_SERVER_SLA_CLOCK_ITEM_FIELDS_H_
#define CHARTER_SERVER_SLA_CLOCK_ITEM_FIELDS_H_

#include <cstdint>
#include <vector>

#include "server/sla/clock/history.h"
#include "server/sla/expression/expression.h"

namespace charter::sla {

// A set of slots, as a word: slots from 63 on share a bit. That is exact enough
// to see that an expression can't have changed.
using SlotSet = uint64_t;
inline SlotSet SlotBit(int slot) {
  return SlotSet{1} << (slot < 63 ? slot : 63);
}
SlotSet SlotsOf(const Expression& expression);

// The fields of an item as its events make them, the derived ones included
// (E0, F1): the first step of each event (E3).
class ItemFields {
 public:
  // Takes the next event. `event` must outlive the calls that follow.
  void Apply(const Event& event);
  // Sets is_stopped, as a part of the last event.
  void SetStopped(bool stopped);

  const Record& record() const { return now_; }
  // Slots that the last event changed.
  SlotSet changed() const { return changed_; }
  bool stopped_by_hand() const { return stopped_by_hand_; }
  bool closed() const;
  // What the last event was, for expressions about it.
  EventView View();

 private:
  void Set(int slot, const Value& value);
  void Derive(const Event& event);

  Record now_ = Record(ItemSlot::kBuiltIn);
  // As it was before the last event; differs from now_ in `touched_` alone, and
  // is brought up to date when the next event comes.
  Record before_ = Record(ItemSlot::kBuiltIn);
  std::vector<int> touched_;
  SlotSet changed_ = 0;
  bool stopped_by_hand_ = false;
  const Event* event_ = nullptr;
  Record event_record_;  // of event_, made when it is asked for
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_ITEM_FIELDS_H_
