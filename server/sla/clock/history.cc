#include "server/sla/clock/history.h"

#include <algorithm>
#include <numeric>

#include "server/sla/expression/expression.h"

namespace charter::sla {

const char* EventKindName(EventKind kind) {
  return EventSchema()
      .field(kEventKind)
      .values[static_cast<size_t>(kind)]
      .c_str();
}

std::vector<int> OrderOfEvents(const std::vector<Event>& events) {
  std::vector<int> order(events.size());
  std::iota(order.begin(), order.end(), 0);
  const auto before = [&events](int a, int b) {
    const Event& x = events[a];
    const Event& y = events[b];
    if (x.occur_time != y.occur_time) return x.occur_time < y.occur_time;
    return x.kind != EventKind::kActionApplied &&
           y.kind == EventKind::kActionApplied;
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) {
    std::stable_sort(order.begin(), order.end(), before);
  }
  return order;
}

}  // namespace charter::sla
