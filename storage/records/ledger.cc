#include "storage/records/ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/internal/records.pb.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

using internal::FromUs;
using internal::ToUs;

std::optional<int64_t> DueUs(absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::nullopt;
  return ToUs(time);
}

absl::Time FromDue(std::optional<int64_t> micros) {
  return micros.has_value() ? FromUs(*micros) : absl::InfiniteFuture();
}

Bytes DrawsBlob(const ledger::Hold& hold) {
  charter::internal::LedgerDraws draws;
  for (const ledger::Draw& draw : hold.draws) {
    charter::internal::LedgerDraws::Draw& stored = *draws.add_draws();
    stored.set_lot(draw.lot);
    stored.set_units(draw.units);
    if (const auto lapse = DueUs(draw.lapse)) stored.set_lapse_us(*lapse);
  }
  return internal::ToBlob(draws);
}

constexpr absl::string_view kLots =
    "SELECT entitlement, number, remaining, lapse_us FROM ledger_lots WHERE ";
constexpr absl::string_view kHolds =
    "SELECT entitlement, subject, turn, units, state, expire_us, draws FROM "
    "ledger_holds WHERE ";
constexpr absl::string_view kEntries =
    "SELECT number, kind, subject, turn, units, available, reserved, "
    "committed, effective_us, record_us, lot, cause, actor, counterpart FROM "
    "ledger_entries WHERE ";

// A sum is a DECIMAL on MySQL.
constexpr absl::string_view kSums =
    "COUNT(*), CAST(SUM(available) AS SIGNED), CAST(SUM(reserved) AS SIGNED), "
    "CAST(SUM(committed) AS SIGNED)";

void AddLots(const Rows& rows, std::map<std::string, ledger::Ledger>* ledgers) {
  for (const Row row : rows) {
    (*ledgers)[std::string(row.Text(0))].lots[row.Int64(1)] = {
        row.Int64(2), FromDue(row.OptionalInt64(3))};
  }
}

absl::Status AddHolds(const Rows& rows,
                      std::map<std::string, ledger::Ledger>* ledgers) {
  for (const Row row : rows) {
    ledger::Hold& hold =
        (*ledgers)[std::string(row.Text(0))].holds[std::string(row.Text(1))];
    hold.turn = row.Int64(2);
    hold.units = row.Int64(3);
    hold.state = static_cast<ledger::HoldState>(row.Int64(4));
    hold.expire = FromDue(row.OptionalInt64(5));
    charter::internal::LedgerDraws draws;
    absl::Status status = internal::FromBlob(row.Text(6), &draws, "draws");
    if (!status.ok()) return status;
    hold.draws.clear();
    for (const charter::internal::LedgerDraws::Draw& draw : draws.draws()) {
      hold.draws.push_back({draw.lot(), draw.units(),
                            draw.has_lapse_us() ? FromUs(draw.lapse_us())
                                                : absl::InfiniteFuture()});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LedgerEntryRecord>> ReadEntries(
    Transaction& tx, absl::string_view rest, const Binds& binds) {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat(kEntries, rest), binds);
  if (!rows.ok()) return rows.status();
  std::vector<LedgerEntryRecord> records;
  for (const Row row : *rows) {
    LedgerEntryRecord& record = records.emplace_back();
    ledger::Entry& entry = record.entry;
    entry.number = row.Int64(0);
    entry.kind = static_cast<ledger::EntryKind>(row.Int64(1));
    entry.subject = std::string(row.Text(2));
    entry.turn = row.Int64(3);
    entry.units = row.Int64(4);
    entry.change = {row.Int64(5), row.Int64(6), row.Int64(7)};
    entry.effective = FromUs(row.Int64(8));
    record.writer.time = FromUs(row.Int64(9));
    entry.lot = row.Int64(10);
    entry.cause = std::string(row.Text(11));
    record.writer.actor = std::string(row.Text(12));
    entry.counterpart = std::string(row.Text(13));
  }
  return records;
}

absl::Status StoreEntries(Transaction& tx, absl::string_view entitlement,
                          absl::Span<const ledger::Entry> entries,
                          const LedgerWriter& writer) {
  std::vector<std::vector<Value>> rows;
  for (const ledger::Entry& entry : entries) {
    rows.push_back(
        {entitlement, entry.number, static_cast<int>(entry.kind), entry.subject,
         entry.turn, entry.units, entry.change.available, entry.change.reserved,
         entry.change.committed, ToUs(entry.effective), ToUs(writer.time),
         entry.lot, entry.cause, writer.actor, entry.counterpart});
  }
  return tx.InsertRowsLater(
      "ledger_entries",
      {"entitlement", "number", "kind", "subject", "turn", "units", "available",
       "reserved", "committed", "effective_us", "record_us", "lot", "cause",
       "actor", "counterpart"},
      rows);
}

absl::Status StoreLots(Transaction& tx, absl::string_view entitlement,
                       const ledger::Ledger& before,
                       const ledger::Ledger& after) {
  std::vector<std::vector<Value>> rows;
  for (const auto& [number, lot] : after.lots) {
    // One that covered an overdraft at once is kept too: it says when what came
    // with it would have lapsed.
    const auto old = before.lots.find(number);
    if (old != before.lots.end() && old->second == lot) continue;
    rows.push_back({entitlement, number, lot.remaining, DueUs(lot.lapse)});
  }
  return tx.InsertRowsLater(
      "ledger_lots", {"entitlement", "number", "remaining", "lapse_us"}, rows,
      tx.dialect().OrUpdate({"entitlement", "number"},
                            {"remaining", "lapse_us"}));
}

absl::Status StoreHolds(Transaction& tx, absl::string_view entitlement,
                        const ledger::Ledger& before,
                        const ledger::Ledger& after) {
  std::vector<std::vector<Value>> rows;
  for (const auto& [subject, hold] : after.holds) {
    const auto old = before.holds.find(subject);
    if (old != before.holds.end() && old->second == hold) continue;
    rows.push_back({entitlement, subject, hold.turn, hold.units,
                    static_cast<int>(hold.state), DueUs(hold.expire),
                    DrawsBlob(hold)});
  }
  return tx.InsertRowsLater(
      "ledger_holds",
      {"entitlement", "subject", "turn", "units", "state", "expire_us",
       "draws"},
      rows,
      tx.dialect().OrUpdate({"entitlement", "subject"},
                            {"turn", "units", "state", "expire_us", "draws"}));
}

std::string NamesIn(absl::Span<const std::string> names, Binds* binds) {
  return InList("name", std::vector<Value>(names.begin(), names.end()), binds);
}

}  // namespace

absl::Status LoadLedger(Transaction& tx, absl::string_view entitlement,
                        absl::Span<const std::string> subjects,
                        ledger::Ledger* ledger) {
  std::map<std::string, ledger::Ledger> ledgers;
  Binds binds = {{"entitlement", entitlement}};
  const absl::StatusOr<Rows> lots = tx.Query(
      absl::StrCat(kLots, "entitlement = :entitlement AND remaining <> 0"),
      binds);
  if (!lots.ok()) return lots.status();
  AddLots(*lots, &ledgers);
  std::string sql = absl::StrCat(
      kHolds, "entitlement = :entitlement AND expire_us IS NOT NULL");
  if (!subjects.empty()) {
    const std::string list =
        InList("subject", std::vector<Value>(subjects.begin(), subjects.end()),
               &binds);
    absl::StrAppend(&sql, " UNION ALL ", kHolds,
                    "entitlement = :entitlement AND subject IN ", list);
  }
  const absl::StatusOr<Rows> holds = tx.Query(sql, binds);
  if (!holds.ok()) return holds.status();
  absl::Status status = AddHolds(*holds, &ledgers);
  if (!status.ok()) return status;
  ledger::Ledger& loaded = ledgers[std::string(entitlement)];
  ledger->lots = std::move(loaded.lots);
  ledger->holds = std::move(loaded.holds);
  return absl::OkStatus();
}

absl::Status LoadDue(Transaction& tx, absl::Span<const std::string> names,
                     std::map<std::string, ledger::Ledger>* ledgers) {
  constexpr size_t kAtOnce = 1000;
  for (size_t from = 0; from < names.size(); from += kAtOnce) {
    Binds binds;
    const std::string list = NamesIn(names.subspan(from, kAtOnce), &binds);
    const absl::StatusOr<Rows> lots = tx.Query(
        absl::StrCat(kLots, "entitlement IN ", list, " AND remaining <> 0"),
        binds);
    if (!lots.ok()) return lots.status();
    AddLots(*lots, ledgers);
    const absl::StatusOr<Rows> holds =
        tx.Query(absl::StrCat(kHolds, "entitlement IN ", list,
                              " AND expire_us IS NOT NULL"),
                 binds);
    if (!holds.ok()) return holds.status();
    if (absl::Status status = AddHolds(*holds, ledgers); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status StoreLedger(Transaction& tx, absl::string_view entitlement,
                         const ledger::Ledger& before,
                         const ledger::Ledger& after,
                         absl::Span<const ledger::Entry> entries,
                         const LedgerWriter& writer) {
  if (entries.empty()) return absl::OkStatus();
  absl::Status status = StoreEntries(tx, entitlement, entries, writer);
  if (!status.ok()) return status;
  status = StoreLots(tx, entitlement, before, after);
  if (!status.ok()) return status;
  status = StoreHolds(tx, entitlement, before, after);
  if (!status.ok()) return status;
  return tx.ExecuteLater(
      "UPDATE entitlements SET units_available = :available, units_reserved = "
      ":reserved, units_committed = :committed, units_due_time = :due, "
      "ledger_entry_count = :count WHERE name = :name",
      {{"available", after.balance.available},
       {"reserved", after.balance.reserved},
       {"committed", after.balance.committed},
       {"due", DueUs(ledger::NextDue(after))},
       {"count", after.entry_count},
       {"name", entitlement}});
}

absl::StatusOr<std::vector<LedgerEntryRecord>> ReadLedgerEntries(
    Transaction& tx, absl::string_view entitlement, int64_t after_number,
    int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1000); !status.ok())
    return status;
  return ReadEntries(tx,
                     "entitlement = :entitlement AND number > :after ORDER BY "
                     "number LIMIT :limit",
                     {{"entitlement", entitlement},
                      {"after", after_number},
                      {"limit", limit}});
}

absl::StatusOr<std::vector<LedgerEntryRecord>> FindLedgerEntries(
    Transaction& tx, absl::string_view entitlement, absl::string_view subject,
    ledger::EntryKind kind) {
  return ReadEntries(tx,
                     "entitlement = :entitlement AND subject = :subject AND "
                     "kind = :kind ORDER BY turn",
                     {{"entitlement", entitlement},
                      {"subject", subject},
                      {"kind", static_cast<int>(kind)}});
}

absl::StatusOr<std::optional<UnitGrant>> FirstGrant(
    Transaction& tx, absl::string_view entitlement) {
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT e.units, e.effective_us, l.lapse_us FROM ledger_entries e LEFT "
      "JOIN ledger_lots l ON l.entitlement = e.entitlement AND l.number = "
      "e.lot WHERE e.entitlement = :entitlement AND e.kind = :kind ORDER BY "
      "e.number LIMIT 1",
      {{"entitlement", entitlement},
       {"kind", static_cast<int>(ledger::EntryKind::kGrant)}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  const Row row = (*rows)[0];
  return UnitGrant{row.Int64(0), FromUs(row.Int64(1)),
                   FromDue(row.OptionalInt64(2))};
}

absl::StatusOr<std::map<ledger::EntryKind, LedgerSum>> SumLedger(
    Transaction& tx, absl::string_view entitlement, absl::Time from,
    absl::Time to) {
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT kind, ", kSums,
                   " FROM ledger_entries WHERE entitlement = :entitlement AND "
                   "effective_us >= :from AND effective_us < :to GROUP BY kind "
                   "ORDER BY kind"),
      {{"entitlement", entitlement}, {"from", ToUs(from)}, {"to", ToUs(to)}});
  if (!rows.ok()) return rows.status();
  std::map<ledger::EntryKind, LedgerSum> sums;
  for (const Row row : *rows) {
    sums[static_cast<ledger::EntryKind>(row.Int64(0))] = {
        row.Int64(1), {row.Int64(2), row.Int64(3), row.Int64(4)}};
  }
  return sums;
}

absl::StatusOr<std::map<std::string, LedgerTotals>> TotalLedgers(
    Transaction& tx, absl::Span<const std::string> names) {
  std::map<std::string, LedgerTotals> totals;
  if (names.empty()) return totals;
  Binds binds;
  const std::string list = NamesIn(names, &binds);
  const absl::StatusOr<Rows> entries = tx.Query(
      absl::StrCat("SELECT entitlement, ", kSums,
                   ", MAX(number) FROM ledger_entries WHERE entitlement IN ",
                   list, " GROUP BY entitlement"),
      binds);
  if (!entries.ok()) return entries.status();
  for (const Row row : *entries) {
    LedgerTotals& total = totals[std::string(row.Text(0))];
    total.entries = {row.Int64(1), {row.Int64(2), row.Int64(3), row.Int64(4)}};
    total.last_number = row.Int64(5);
  }
  const absl::StatusOr<Rows> lots = tx.Query(
      absl::StrCat("SELECT entitlement, CAST(SUM(remaining) AS SIGNED) FROM "
                   "ledger_lots WHERE entitlement IN ",
                   list, " GROUP BY entitlement"),
      binds);
  if (!lots.ok()) return lots.status();
  for (const Row row : *lots)
    totals[std::string(row.Text(0))].in_lots = row.Int64(1);
  const absl::StatusOr<Rows> holds = tx.Query(
      absl::StrCat("SELECT entitlement, state, CAST(SUM(units) AS SIGNED) FROM "
                   "ledger_holds WHERE entitlement IN ",
                   list, " GROUP BY entitlement, state"),
      binds);
  if (!holds.ok()) return holds.status();
  for (const Row row : *holds) {
    ledger::Balance& held = totals[std::string(row.Text(0))].held;
    const auto state = static_cast<ledger::HoldState>(row.Int64(1));
    if (state == ledger::HoldState::kReserved) held.reserved = row.Int64(2);
    if (state == ledger::HoldState::kCommitted) held.committed = row.Int64(2);
  }
  return totals;
}

absl::Status PurgeLedger(Transaction& tx, absl::string_view entitlement) {
  for (const char* sql :
       {"DELETE FROM ledger_lots WHERE entitlement = :entitlement",
        "DELETE FROM ledger_holds WHERE entitlement = :entitlement",
        "DELETE FROM ledger_entries WHERE entitlement = :entitlement"}) {
    absl::Status status = tx.ExecuteLater(sql, {{"entitlement", entitlement}});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::storage
