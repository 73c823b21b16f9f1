#include <algorithm>

#include "tests/server/sla/clock/slow_model.h"

namespace charter::sla {

void SlowMilestone::Count(int second, bool paused) {
  ++elapsed;
  if (paused) {
    ++stopped;
  } else {
    reached.push_back(second + 1);
  }
}

std::optional<int> SlowMilestone::Moment(const Trigger& t) const {
  if (t.kind == TriggerKind::kSuccess) return std::nullopt;
  const bool warning = t.kind == TriggerKind::kWarning;
  const int offset = static_cast<int>(t.offset.seconds());
  int amount = warning ? duration - offset : duration + offset;
  if (t.percent) {
    amount = duration * *t.percent / 100 + (warning ? 0 : duration);
  }
  amount = std::max(amount, 0);
  if (amount > actual()) return std::nullopt;
  return reached[amount];
}

}  // namespace charter::sla
