#include "server/services/ledger/ledger_wakeups.h"

#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/services/ledger/book.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/wakeups.h"
#include "storage/records/wakeups.h"

namespace charter::services {
namespace {

std::optional<absl::Time> DueOf(const v1::Entitlement& entitlement) {
  if (!entitlement.has_units_due_time()) return std::nullopt;
  return ToTime(entitlement.units_due_time());
}

absl::Status Move(Call& call, storage::Transaction& tx,
                  absl::string_view entitlement, std::optional<absl::Time> from,
                  std::optional<absl::Time> to) {
  storage::Value due;
  if (from) due = absl::ToUnixMicros(*from);
  std::optional<sla::Instant> next;
  if (to) next = sla::Instant::From(*to);
  return SetWakeup(call, tx, LedgerWakeup(entitlement), next, &due);
}

}  // namespace

std::string LedgerWakeup(absl::string_view entitlement) {
  return absl::StrCat(entitlement, "/ledgerEntries/next");
}

absl::Status MoveLedgerWakeup(Call& call, storage::Transaction& tx,
                              const v1::Entitlement& before,
                              const v1::Entitlement& after) {
  return Move(call, tx, after.name(), DueOf(before), DueOf(after));
}

absl::Status RestoreLedgerWakeup(Call& call, storage::Transaction& tx,
                                 const v1::Entitlement& entitlement) {
  const std::optional<absl::Time> due = DueOf(entitlement);
  absl::Status status = Move(call, tx, entitlement.name(), due, std::nullopt);
  if (!status.ok()) return status;
  return Move(call, tx, entitlement.name(), std::nullopt, due);
}

absl::Status PurgeLedgerWakeup(storage::Transaction& tx,
                               const v1::Entitlement& entitlement) {
  return storage::MoveWakeups(tx, {{LedgerWakeup(entitlement.name()),
                                    DueOf(entitlement), std::nullopt}});
}

absl::StatusOr<std::vector<std::string>> FireLedgers(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  std::vector<std::string> entitlements;
  for (const std::string& name : names) {
    const auto ids = IdsOf(name, kLedgerWakeups);
    if (ids.has_value())
      entitlements.push_back(NameOf("entitlements", ids->front()));
  }
  absl::StatusOr<std::map<std::string, Book>> books =
      OpenDueBooks(call, tx, entitlements, lock);
  if (!books.ok()) return books.status();
  std::vector<std::string> fired;
  for (auto& [name, book] : *books) {
    if (absl::Status status = CloseBook(call, tx, &book); !status.ok())
      return status;
    fired.push_back(LedgerWakeup(name));
  }
  return fired;
}

}  // namespace charter::services
