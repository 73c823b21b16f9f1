#ifndef CHARTER_SERVER_SLA_CALENDAR_RRULE_H_
#define CHARTER_SERVER_SLA_CALENDAR_RRULE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/sla/time.h"

namespace charter::sla {

// The dates of an RFC 5545 recurrence rule, in order, from `first` (DTSTART)
// through `last` or the rule's own end, whichever comes first; `first` itself
// is always there (B2).
//
// Understood: FREQ=DAILY|WEEKLY|MONTHLY|YEARLY, INTERVAL, COUNT, UNTIL (its
// date counts, inclusive), BYDAY (with ordinals for MONTHLY and YEARLY),
// BYMONTHDAY (also negative), BYMONTH, BYSETPOS, WKST. Holidays are dates, so
// anything finer than a day is refused, and so are BYWEEKNO and BYYEARDAY.
//
// INVALID_ARGUMENT for a rule that isn't understood, for one that doesn't
// produce `first` (RFC 5545 leaves that undefined), and for more than
// kMaxOccurrences dates.
absl::StatusOr<std::vector<Date>> ExpandRecurrence(absl::string_view rule,
                                                   Date first, Date last);

}  // namespace charter::sla

#endif  // CHARTER_SERVER_SLA_CALENDAR_RRULE_H_
