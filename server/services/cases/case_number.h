// The number that people call a case by.
#ifndef CHARTER_SERVER_SERVICES_CASES_CASE_NUMBER_H_
#define CHARTER_SERVER_SERVICES_CASES_CASE_NUMBER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// The number for the case of that name when it is tried for the `attempt`th
// time, counted from 0: twelve digits, the first not 0. The same on every
// machine and in every release.
std::string CaseNumberOf(absl::string_view name, int attempt);

// The first of these that no case has.
absl::StatusOr<std::string> NewCaseNumber(storage::Transaction& tx,
                                          absl::string_view name);

// Prefetches what NewCaseNumber reads.
void PrefetchCaseNumber(storage::Transaction& tx, absl::string_view name);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CASES_CASE_NUMBER_H_
