#ifndef CHARTER_SERVER_SLA_CLOCK_HISTORY_H_
#define CHARTER_SERVER_SLA_CLOCK_HISTORY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "server/sla/clock/item_schema.h"
#include "server/sla/time.h"

// What happened to one work item (E1): all that a verdict depends on, besides
// the process versions and the calendars.
namespace charter::sla {

// At most so many events make a history (E1).
inline constexpr size_t kMaxEvents = 10000;

// In the order of the values of event.kind (EventSchema()).
enum class EventKind {
  kCreated,
  kFieldsChanged,
  kInteraction,
  kMilestoneCompleted,  // by hand
  kStopped,             // by hand
  kResumed,             // ends kStopped, not the stop criteria
  kEntitlementChanged,  // E11
  kMoved,               // to another process version (E10)
  kContextRefreshed,    // copies of account and entitlement fields, as changes
  kActionApplied,       // fields set by a trigger's action (K7)
  kDeleted,             // ends open clocks as CANCELLED (E0)
  kWorkLogged,          // minutes of work
  kMerged,              // into another item, which goes on
};

// "created", "fields_changed", … as event.kind has it.
const char* EventKindName(EventKind kind);

// Which way a message went, and whose it is.
enum class Direction { kInbound, kOutbound };
enum class Author { kCustomer, kAgent, kSystem };

// A message. An event of any kind may carry one: a case is often created by a
// customer's message.
struct Interaction {
  Direction direction = Direction::kInbound;
  Author author = Author::kCustomer;
  std::string channel;
  bool automatic = false;  // an automatic reply or the like (F1)
  bool operator==(const Interaction&) const = default;
};

// Where the clocks of a newly attached process start (E11).
enum class AttachStart { kFromItemStart, kFromEvent };

// Which process version the item runs from this event on: of kCreated and
// kEntitlementChanged the one of its entitlement, of kMoved the new version.
struct Attachment {
  std::string process;  // version id; empty: none any more
  AttachStart start = AttachStart::kFromItemStart;
  bool operator==(const Attachment&) const = default;
};

// One thing that happened to the item (E1).
struct Event {
  std::string id;  // unique within the item; of kActionApplied the effect key
  EventKind kind = EventKind::kFieldsChanged;
  Instant occur_time;   // when it happened: what the evaluation goes by
  Instant record_time;  // when it was written down: not looked at (T4)
  // In order; also of an event that creates or attaches, and of a refresh, the
  // copies of account and entitlement fields (E2).
  std::vector<FieldChange> changes;
  std::optional<Interaction> interaction;
  std::optional<Attachment> attach;
  // Of kMilestoneCompleted: the id of a milestone instance, or the key of a
  // placement, meaning its open instance. The completion's time is occur_time.
  // One that is not open and started then is left as it is; an id that no
  // instance has, because a late event started it earlier, means its placement.
  std::string milestone;
  bool operator==(const Event&) const = default;
};

// All that happened to an item.
struct History {
  std::string item;  // id
  // Transitions and actions before this instant are neither applied nor
  // published (K7: an import stays quiet). Absent: all are.
  std::optional<Instant> live_from;
  // In the order in which they were recorded; any order of occur_time (E9). The
  // earliest is kCreated.
  std::vector<Event> events;
};

// The order in which the events take place (E1, E3): by occur_time; within one
// instant external events as recorded, then actions applied as recorded. Gives
// indexes into `events`.
std::vector<int> OrderOfEvents(const std::vector<Event>& events);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CLOCK_HISTORY_H_
