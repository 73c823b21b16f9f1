#include "server/sla/clock/past.h"

namespace charter::sla {

Past::Level::Level(const std::optional<Expression>& expression, bool otherwise)
    : expression_(expression ? &*expression : nullptr),
      slots_(expression ? SlotsOf(*expression) : 0),
      value_(otherwise) {}

bool Past::Level::At(const ItemFields& fields) {
  if (expression_ != nullptr && (!known_ || (fields.changed() & slots_))) {
    value_ = expression_->Evaluate(fields.record());
    known_ = true;
  }
  return value_;
}

Past::Past(const std::vector<Event>& events, const std::vector<int>& order,
           const Process& process, const Placement& placement)
    : events_(events),
      order_(order),
      exits_when_closed_(!process.exit),
      stop_(process.stop, false),
      exit_(process.exit, false),
      pause_(placement.pause, false),
      criteria_(placement.criteria, true) {}

size_t Past::LookUntil(size_t count) {
  const size_t before = looked_at_;
  for (; looked_at_ < count; ++looked_at_) {
    const Event& event = events_[order_[looked_at_]];
    fields_.Apply(event);
    const bool by_hand = fields_.stopped_by_hand();
    const bool stopped = stop_.At(fields_);
    fields_.SetStopped(by_hand || stopped);
    const bool out = exits_when_closed_ ? fields_.closed() : exit_.At(fields_);
    const bool paused = pause_.At(fields_);
    const bool holds = criteria_.At(fields_);
    if (holds && !held_) criteria_since_ = event.occur_time;
    held_ = holds;
    const PauseCause cause = out       ? PauseCause::kOutOfProcess
                             : by_hand ? PauseCause::kStoppedByHand
                             : stopped ? PauseCause::kStopCriteria
                             : paused  ? PauseCause::kPauseCriteria
                                       : PauseCause::kNone;
    if (pieces_.empty() || pieces_.back().cause != cause) {
      pieces_.push_back({event.occur_time, cause, order_[looked_at_]});
    }
  }
  return looked_at_ - before;
}

}  // namespace charter::sla
