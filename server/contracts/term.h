// The dates of contracts and their lines (C2, C8): calendar dates, the first
// and the last one both in force.
//
// Start plus n months is the same day of the month n months later, or that
// month's last day when it has no such day; the term ends the day before. So
// 2024-01-31 and one month end on 2024-02-28, the day before 2024-02-29.
#ifndef CHARTER_SERVER_CONTRACTS_TERM_H_
#define CHARTER_SERVER_CONTRACTS_TERM_H_

#include <optional>

#include "absl/status/statusor.h"
#include "server/sla/time.h"

namespace charter::contracts {

using sla::Date;

// Absent start: not in force yet; absent end: open-ended (C2). `months`: how
// long, when that is whole months.
struct Term {
  std::optional<Date> start = std::nullopt;
  std::optional<Date> end = std::nullopt;
  std::optional<int> months = std::nullopt;

  bool operator==(const Term&) const = default;
};

// `day` n months later, n < 0: earlier; it may leave the years 1 to 9999.
Date AddMonths(Date day, int n);

// How many whole months, one or more, the days from `start` to `end` are;
// nullopt when they aren't.
std::optional<int> WholeMonths(Date start, Date end);

// Derives what follows: of start, end and months any two give the third, but a
// start and an end that aren't whole months leave `months` absent. (An end and
// months give the earliest start that fits them.) INVALID_ARGUMENT that names
// `start_date`, `end_date` or `term_months`: a date outside the years 1 to
// 9999, also a derived one; an end before the start; a term below one month;
// three that contradict each other.
absl::StatusOr<Term> Complete(const Term& given);

// Which parts of a term a change writes.
struct Written {
  bool start = false;
  bool end = false;
  bool months = false;
};

// Completes a term of which some parts have just been written, absent if they
// were cleared, and the others are those from before: what is written stands,
// and what followed from it before follows anew. A new end gives the term; else
// the term, new or old, gives the end. Errors as above: a new end and a new
// term must agree with the start.
absl::StatusOr<Term> Revise(const Term& changed, const Written& written);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_TERM_H_
