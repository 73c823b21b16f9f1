#include "server/contracts/term.h"

#include <algorithm>

#include "absl/strings/string_view.h"
#include "server/contracts/refusal.h"

namespace charter::contracts {
namespace {

// More would not fit between the years 1 and 9999.
constexpr int kMaxMonths = 12 * 9999;

bool InRange(Date date) { return date.year() >= 1 && date.year() <= 9999; }

absl::Status CheckDate(absl::string_view field, std::optional<Date> date) {
  if (!date || InRange(*date)) return absl::OkStatus();
  return Invalid(field, "must be in the years 1 to 9999 (C2)");
}

absl::Status CheckGiven(const Term& given) {
  if (absl::Status s = CheckDate("start_date", given.start); !s.ok()) return s;
  if (absl::Status s = CheckDate("end_date", given.end); !s.ok()) return s;
  if (given.months && (*given.months < 1 || *given.months > kMaxMonths)) {
    return Invalid("term_months", "must be 1 to 119988 months (C8)");
  }
  if (given.start && given.end && *given.end < *given.start) {
    return Invalid("end_date",
                   "is before start_date; both days are in force (C2)");
  }
  return absl::OkStatus();
}

}  // namespace

Date AddMonths(Date day, int n) {
  const absl::CivilMonth month = absl::CivilMonth(day) + n;
  return std::min(Date(month) + (day.day() - 1), Date(month + 1) - 1);
}

std::optional<int> WholeMonths(Date start, Date end) {
  const auto months = absl::CivilMonth(end + 1) - absl::CivilMonth(start);
  if (months < 1 || months > kMaxMonths ||
      AddMonths(start, static_cast<int>(months)) != end + 1) {
    return std::nullopt;
  }
  return static_cast<int>(months);
}

absl::StatusOr<Term> Complete(const Term& given) {
  if (absl::Status s = CheckGiven(given); !s.ok()) return s;
  Term term = given;
  if (!term.months) {
    if (term.start && term.end) {
      term.months = WholeMonths(*term.start, *term.end);
    }
    return term;
  }
  if (term.start) {
    const Date end = AddMonths(*term.start, *term.months) - 1;
    if (!InRange(end)) {
      return Invalid("term_months", "ends after the year 9999 (C2)");
    }
    if (term.end && *term.end != end) {
      return Invalid("end_date",
                     "contradicts start_date and term_months, which end on the "
                     "day before start_date plus the term; leave one of the "
                     "three out (C8)");
    }
    term.end = end;
  } else if (term.end) {
    term.start = AddMonths(*term.end + 1, -*term.months);
    if (!InRange(*term.start)) {
      return Invalid("term_months", "starts before the year 1 (C2)");
    }
    if (WholeMonths(*term.start, *term.end) != term.months) {
      return Invalid("end_date",
                     "is the last day of no term of term_months months; give "
                     "start_date instead of one of the two (C8)");
    }
  }
  return term;
}

absl::StatusOr<Term> Revise(const Term& changed, const Written& written) {
  Term term = changed;
  if (written.end && !written.months) {
    term.months.reset();
  } else if (!written.end && term.months && (term.start || written.start)) {
    term.end.reset();
  }
  return Complete(term);
}

}  // namespace charter::contracts
