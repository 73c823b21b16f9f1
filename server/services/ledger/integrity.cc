#include "server/services/ledger/integrity.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/records/ledger.h"

namespace charter::services {

absl::StatusOr<std::vector<v1::IntegrityProblem>> CheckLedgers(
    storage::Transaction& tx, absl::Span<const v1::Entitlement> entitlements) {
  std::vector<std::string> names;
  for (const v1::Entitlement& one : entitlements) names.push_back(one.name());
  absl::StatusOr<std::map<std::string, storage::LedgerTotals>> totals =
      storage::TotalLedgers(tx, names);
  if (!totals.ok()) return totals.status();
  std::vector<v1::IntegrityProblem> problems;
  for (const v1::Entitlement& one : entitlements) {
    const storage::LedgerTotals& total = (*totals)[one.name()];
    const auto compare = [&](absl::string_view what, int64_t shown,
                             absl::string_view where, int64_t found) {
      if (shown == found) return;
      v1::IntegrityProblem& problem = problems.emplace_back();
      problem.set_name(one.name());
      problem.set_description(
          absl::StrCat(what, " is ", shown, ", but ", where, " ", found));
    };
    const ledger::Balance& sum = total.entries.change;
    constexpr absl::string_view kSum = "the sum of its entries is";
    compare("units_available", one.units_available(), kSum, sum.available);
    compare("units_reserved", one.units_reserved(), kSum, sum.reserved);
    compare("units_committed", one.units_committed(), kSum, sum.committed);
    compare("units_available", one.units_available(), "its lots hold",
            total.in_lots);
    compare("units_reserved", one.units_reserved(), "its subjects hold",
            total.held.reserved);
    compare("units_committed", one.units_committed(), "its subjects used",
            total.held.committed);
    compare("ledger_entry_count", one.ledger_entry_count(), "there are",
            total.entries.count);
    compare("ledger_entry_count", one.ledger_entry_count(),
            "the last entry is number", total.last_number);
  }
  return problems;
}

}  // namespace charter::services
