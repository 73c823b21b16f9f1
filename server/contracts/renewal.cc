#include "server/contracts/renewal.h"

#include <algorithm>

#include "absl/status/status.h"
#include "server/contracts/refusal.h"

namespace charter::contracts {

absl::StatusOr<Term> RenewedTerm(const Term& contract,
                                 std::optional<int> months,
                                 std::optional<Date> end_date) {
  if (!contract.end) {
    return absl::FailedPreconditionError(
        "end_date: the contract is open-ended; give it an end before it is "
        "renewed (C9)");
  }
  Term successor = {
      .start = *contract.end + 1, .end = end_date, .months = months};
  if (!months && !end_date) {
    if (contract.months) {
      successor.months = contract.months;
    } else if (contract.start) {
      successor.end = *contract.end + (*contract.end - *contract.start) + 1;
    } else {
      return Invalid("term_months",
                     "is needed: the contract has no length to take (C9)");
    }
  }
  return Complete(successor);
}

std::optional<Term> RenewedPart(const Term& contract, const Term& successor,
                                const Term& part) {
  if (part.end && contract.end && *part.end < *contract.end) {
    return std::nullopt;
  }
  Term renewed;
  if (part.end) renewed.end = successor.end;
  if (part.start) {
    renewed.start = successor.start;
    if (part.end) renewed.start = std::max(*successor.start, *part.end + 1);
  }
  if (part.end && successor.end && *part.end >= *successor.end) {
    return std::nullopt;
  }
  if (renewed.start && renewed.end) {
    renewed.months = WholeMonths(*renewed.start, *renewed.end);
  }
  return renewed;
}

}  // namespace charter::contracts
