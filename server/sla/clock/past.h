#ifndef CHARTER_SERVER_SLA_CLOCK_PAST_H_
#define CHARTER_SERVER_SLA_CLOCK_PAST_H_

#include <optional>
#include <vector>

#include "server/sla/clock/evaluation.h"
#include "server/sla/clock/history.h"
#include "server/sla/clock/item_fields.h"
#include "server/sla/clock/process.h"

namespace charter::sla {

// What an item's past means to a clock of one placement that is made with a
// start before now. It is gone through once, however many clocks ask.
class Past {
 public:
  struct Piece {
    Instant from;
    PauseCause cause = PauseCause::kNone;
    int event = 0;  // index into the history
  };

  // All must outlive it; `order` is OrderOfEvents().
  Past(const std::vector<Event>& events, const std::vector<int>& order,
       const Process& process, const Placement& placement);

  // Looks at the events order[0, count); `count` never decreases. Returns how
  // many of them are new.
  size_t LookUntil(size_t count);
  // From the item's creation on, each until the next one begins.
  const std::vector<Piece>& pieces() const { return pieces_; }
  // Since when the placement's criteria have held without a break, where they
  // hold after the last event looked at.
  Instant criteria_since() const { return criteria_since_; }

 private:
  // A level whose value is kept until a field that it reads changes.
  class Level {
   public:
    Level(const std::optional<Expression>& expression, bool otherwise);
    bool At(const ItemFields& fields);

   private:
    const Expression* expression_;
    SlotSet slots_;
    bool value_;
    bool known_ = false;
  };

  const std::vector<Event>& events_;
  const std::vector<int>& order_;
  const bool exits_when_closed_;
  Level stop_, exit_, pause_, criteria_;
  ItemFields fields_;
  size_t looked_at_ = 0;
  bool held_ = false;
  std::vector<Piece> pieces_;
  Instant criteria_since_;
};

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_PAST_H_
