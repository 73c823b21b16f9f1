#include "server/services/ledger/book.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/services/ledger/ledger_convert.h"
#include "server/services/ledger/ledger_wakeups.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/ledger.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// The part of a ledger that stands on the entitlement's row.
void TakeFigures(const v1::Entitlement& entitlement, ledger::Ledger* ledger) {
  ledger->balance = {entitlement.units_available(),
                     entitlement.units_reserved(),
                     entitlement.units_committed()};
  ledger->entry_count = entitlement.ledger_entry_count();
}

// Whether something has lapsed or expired since it was written.
bool IsDue(const v1::Entitlement& entitlement, absl::Time now) {
  return entitlement.has_units_due_time() &&
         ToTime(entitlement.units_due_time()) <= now;
}

// `stored`: what else the database has of it.
Book OpenBook(const Call& call, v1::Entitlement row, ledger::Ledger stored) {
  Book book;
  book.stored = std::move(stored);
  TakeFigures(row, &book.stored);
  book.entitlement = std::move(row);
  book.ledger = book.stored;
  book.Add(ledger::Settle(&book.ledger, call.now()));
  return book;
}

}  // namespace

void Book::Add(ledger::Entries added) {
  entries.insert(entries.end(), std::make_move_iterator(added.begin()),
                 std::make_move_iterator(added.end()));
}

bool Book::Counts(v1::Allotment::Unit unit) const {
  return entitlement.has_allotment() && entitlement.allotment().unit() == unit;
}

ledger::Policy Book::policy() const {
  return entitlement.allotment().policy() == v1::Allotment::ALLOW_OVERDRAFT
             ? ledger::Policy::kAllowOverdraft
             : ledger::Policy::kReject;
}

absl::StatusOr<std::map<std::string, Book>> OpenBooks(Call& call,
                                                      storage::Transaction& tx,
                                                      const Subjects& wanted) {
  std::map<std::string, Book> books;
  if (wanted.empty()) return books;
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> subjects;
  for (const auto& [name, some] : wanted) {
    names.push_back(name);
    subjects[name].assign(some.begin(), some.end());
  }
  // The lock stands before what it protects.
  tx.Prefetch([&](storage::Transaction& ahead) {
    (void)storage::EntitlementTable().BatchGet(ahead, names,
                                               storage::Lock::kForUpdate);
    for (const std::string& name : names) {
      ledger::Ledger unread;
      (void)storage::LoadLedger(ahead, name, subjects[name], &unread);
    }
  });
  absl::StatusOr<std::vector<v1::Entitlement>> rows =
      storage::EntitlementTable().BatchGet(tx, names,
                                           storage::Lock::kForUpdate);
  if (!rows.ok()) return rows.status();
  for (v1::Entitlement& row : *rows) {
    const std::string name = row.name();
    ledger::Ledger stored;
    absl::Status status =
        storage::LoadLedger(tx, name, subjects[name], &stored);
    if (!status.ok()) return status;
    books.emplace(name, OpenBook(call, std::move(row), std::move(stored)));
  }
  return books;
}

absl::StatusOr<std::map<std::string, Book>> OpenDueBooks(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  std::map<std::string, Book> books;
  absl::StatusOr<std::vector<v1::Entitlement>> rows =
      storage::EntitlementTable().BatchGet(tx, names, lock);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> due;
  for (const v1::Entitlement& row : *rows) {
    if (IsDue(row, call.now())) due.push_back(row.name());
  }
  std::map<std::string, ledger::Ledger> ledgers;
  absl::Status status = storage::LoadDue(tx, due, &ledgers);
  if (!status.ok()) return status;
  for (v1::Entitlement& row : *rows) {
    if (!IsDue(row, call.now())) continue;
    const std::string name = row.name();
    books.emplace(name,
                  OpenBook(call, std::move(row), std::move(ledgers[name])));
  }
  return books;
}

Book NewBook(v1::Entitlement inserted) {
  Book book;
  book.entitlement = std::move(inserted);
  return book;
}

absl::Status CloseBook(Call& call, storage::Transaction& tx, Book* book) {
  const std::string& name = book->entitlement.name();
  const storage::LedgerWriter writer = {call.principal().name, call.now()};
  absl::Status status = storage::StoreLedger(
      tx, name, book->stored, book->ledger, book->entries, writer);
  if (!status.ok()) return status;
  const v1::Entitlement before = book->entitlement;
  FillBalance(book->ledger, &book->entitlement);
  status = MoveLedgerWakeup(call, tx, before, book->entitlement);
  if (!status.ok()) return status;
  for (const ledger::Entry& entry : book->entries) {
    const v1::LedgerEntry told = ToProto(name, {entry, writer});
    v1::Event event;
    event.set_type(absl::StrCat(
        "ledger.",
        absl::AsciiStrToLower(v1::LedgerEntry::Kind_Name(told.kind()))));
    event.set_subject(name);
    event.set_resource_type("entitlements");
    event.set_account(book->entitlement.account());
    *event.mutable_occur_time() = told.effective_time();
    event.mutable_resource()->PackFrom(told);
    call.Emit(std::move(event));
  }
  return absl::OkStatus();
}

void FillBalance(const ledger::Ledger& ledger, v1::Entitlement* entitlement) {
  entitlement->set_units_available(ledger.balance.available);
  entitlement->set_units_reserved(ledger.balance.reserved);
  entitlement->set_units_committed(ledger.balance.committed);
  entitlement->set_ledger_entry_count(ledger.entry_count);
  entitlement->clear_units_due_time();
  const absl::Time due = ledger::NextDue(ledger);
  if (due != absl::InfiniteFuture())
    *entitlement->mutable_units_due_time() = ToProto(due);
}

absl::Status RefreshBalances(storage::Transaction& tx, absl::Time now,
                             absl::Span<v1::Entitlement* const> entitlements) {
  std::vector<std::string> names;
  for (const v1::Entitlement* one : entitlements) {
    if (IsDue(*one, now)) names.push_back(one->name());
  }
  if (names.empty()) return absl::OkStatus();
  std::sort(names.begin(), names.end());
  std::map<std::string, ledger::Ledger> ledgers;
  absl::Status status = storage::LoadDue(tx, names, &ledgers);
  if (!status.ok()) return status;
  for (v1::Entitlement* one : entitlements) {
    const auto found = ledgers.find(one->name());
    if (found == ledgers.end()) continue;
    TakeFigures(*one, &found->second);
    const int64_t written = one->ledger_entry_count();
    (void)ledger::Settle(&found->second, now);
    FillBalance(found->second, one);
    one->set_ledger_entry_count(written);
  }
  return absl::OkStatus();
}

bool IsExhausted(const v1::Entitlement& entitlement) {
  return entitlement.has_allotment() && entitlement.units_available() <= 0 &&
         entitlement.allotment().policy() != v1::Allotment::ALLOW_OVERDRAFT;
}

}  // namespace charter::services
