// The dates of a renewed contract, and of what is cloned into it (C9).
#ifndef CHARTER_SERVER_CONTRACTS_RENEWAL_H_
#define CHARTER_SERVER_CONTRACTS_RENEWAL_H_

#include <optional>

#include "absl/status/statusor.h"
#include "server/contracts/term.h"

namespace charter::contracts {

// The term of the successor: it starts on the day after the contract's last
// one, and is as long as the contract was, in months if that was whole months
// and else in days; or as `end_date` or `months` say. FAILED_PRECONDITION
// naming `end_date` for an open-ended contract: nothing ends that could be
// renewed. INVALID_ARGUMENT as for Complete, and naming `term_months` for a
// contract that has no start and no months, when none are asked for.
//
// The successor's months count from its own first day (C8): after a month from
// 31 January to 27 February comes one from 28 February to 27 March.
absl::StatusOr<Term> RenewedTerm(const Term& contract,
                                 std::optional<int> months = std::nullopt,
                                 std::optional<Date> end_date = std::nullopt);

// The term of a line or an entitlement in the successor. nullopt: it isn't
// cloned, because it ended before its contract did, or lasts as long as the
// successor anyway. Else it follows without a gap: from the successor's start,
// or the day after its own end if that is later, to the successor's end. A date
// that it didn't have it doesn't get.
std::optional<Term> RenewedPart(const Term& contract, const Term& successor,
                                const Term& part);

}  // namespace charter::contracts

#endif  // CHARTER_SERVER_CONTRACTS_RENEWAL_H_
