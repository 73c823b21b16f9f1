#include "server/sla/clock/past.h"

#include <optional>

#include "server/sla/clock/item_fields.h"

namespace charter::sla {
namespace {

// A level whose value is kept until a field that it reads changes.
class Level {
 public:
  Level(const std::optional<Expression>& expression, bool otherwise)
      : expression_(expression ? &*expression : nullptr),
        slots_(expression_ ? SlotsOf(*expression_) : 0),
        value_(otherwise) {}
  bool At(const ItemFields& fields) {
    if (expression_ != nullptr && (!known_ || (fields.changed() & slots_))) {
      value_ = expression_->Evaluate(fields.record());
      known_ = true;
    }
    return value_;
  }

 private:
  const Expression* expression_;
  SlotSet slots_;
  bool value_;
  bool known_ = false;
};

}  // namespace

Past LookBack(const History& history, const std::vector<int>& order,
              size_t count, const Process& process,
              const Placement& placement) {
  Past past;
  ItemFields fields;
  Level stop(process.stop, false);
  Level exit(process.exit, false);
  Level pause(placement.pause, false);
  Level criteria(placement.criteria, true);
  bool held = false;
  for (size_t i = 0; i < count; ++i) {
    const Event& event = history.events[order[i]];
    fields.Apply(event);
    const bool stopped = stop.At(fields);
    fields.SetStopped(fields.stopped_by_hand() || stopped);
    const bool out = process.exit ? exit.At(fields) : fields.closed();
    const bool paused = pause.At(fields);
    const bool holds = criteria.At(fields);
    if (holds && !held) past.criteria_since = event.occur_time;
    held = holds;
    if (i + 1 == count) break;
    const PauseCause cause = out ? PauseCause::kOutOfProcess
                             : fields.stopped_by_hand()
                                 ? PauseCause::kStoppedByHand
                             : stopped ? PauseCause::kStopCriteria
                             : paused  ? PauseCause::kPauseCriteria
                                       : PauseCause::kNone;
    if (past.pieces.empty() || past.pieces.back().cause != cause) {
      past.pieces.push_back({event.occur_time, cause, order[i]});
    }
  }
  return past;
}

}  // namespace charter::sla
