#include "tests/storage/records/full_tables.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace charter::storage {
namespace {

struct Filling {
  std::string table;
  std::string columns;
  std::string values;  // of row `i`, see Expand
  int rows = kFullRows;
};

// {NAME x}: the text x and the row's number; {ID}: 26 characters; {HASH},
// {BLOB}: octets; {US}: the row's instant. Numbers are divided by whole steps
// with {DIV}.
std::string Expand(absl::string_view values, Engine engine) {
  const bool sqlite = engine == Engine::kSqlite;
  std::string out(values);
  for (size_t at; (at = out.find("{NAME ")) != std::string::npos;) {
    const size_t end = out.find('}', at);
    const std::string text = out.substr(at + 6, end - at - 6);
    out.replace(at, end - at + 1,
                sqlite ? absl::StrCat("('", text, "' || i)")
                       : absl::StrCat("CONCAT('", text, "', i)"));
  }
  return absl::StrReplaceAll(
      out,
      {{"{ID}", sqlite ? "printf('%026d', i)" : "LPAD(i, 26, '0')"},
       {"{HASH}", sqlite ? "randomblob(16)" : "UNHEX(MD5(i))"},
       {"{KEY}", sqlite ? "randomblob(32)" : "UNHEX(SHA2(i, 256))"},
       {"{BLOB}", absl::StrCat(sqlite ? "CAST('" : "('", std::string(20, 'x'),
                               sqlite ? "' AS BLOB)" : "')")},
       {"{US}", "(1700000000 + i) * 1000000"},
       {"{DIV}", sqlite ? "/" : "DIV"}});
}

const std::vector<Filling>& Fillings() {
  static const auto* const fillings = new std::vector<Filling>{
      {"request_log",
       "principal, method, request_id, fingerprint, response, read_again, "
       "expire_us",
       "i % 100, 'm', {NAME r}, {KEY}, {BLOB}, '', {US}"},
      {"audit_log",
       "id, time_us, principal, method, subject, outcome, request_id, detail",
       "{ID}, {US}, 'p', 'm', 's', 0, '', {BLOB}"},
      {"outbox", "payload", "{BLOB}"},
      {"feed_events",
       "sequence, idx, order_us, account, resource_type, type, payload",
       "i {DIV} 2 + 1, i % 2, {US}, i % 1000, 'cases', i % 20, {BLOB}"},
      {"leases", "name, owner, epoch, expire_us", "{NAME l}, 'o', 1, {US}"},
      {"wakeups", "shard, due_us, subject", "i % 16, {US}, {NAME cases/c}"},
      {"case_events", "case_name, number, key_hash, payload",
       "CASE_OF_TEN, i % 10, {HASH}, {BLOB}"},
      {"transitions",
       "case_name, transition_key, number, time_us, superseded, publish_us, "
       "detail",
       "CASE_OF_TEN, {ID}, i % 10, {US}, 0, {US}, {BLOB}"},
      {"actions",
       "id, effect_hash, topic, state, available_us, attempt, created_us, "
       "payload",
       "{ID}, {HASH}, i % 4, i % 3, {US}, 0, {US}, {BLOB}"},
      {"operations",
       "name, kind, done, cancel_requested, created_us, updated_us, expire_us, "
       "version, arguments, "
       "progress, operation",
       "{NAME operations/o}, i % 3, CASE WHEN i % 100 = 0 THEN 0 ELSE 1 END, "
       "0, {US}, {US}, {US}, "
       "0, {BLOB}, {BLOB}, {BLOB}"},
      {"generations", "subject, generation", "{NAME businessHours/h}, i"},
      {"case_hours", "case_name, hours, generation",
       "{NAME cases/c}, i % 20, i"},
      {"token_keys", "id, secret, created_us", "i, {KEY}, {US}", 900},
      {"search_terms", "kind, term, subject, account",
       "i % 7 + 1, {NAME t}, {NAME s}, i % 1000"},
      {"search_shapes", "shape, word", "{NAME s}, {NAME w}"},
      {"ledger_lots", "entitlement, number, remaining, lapse_us",
       "{NAME entitlements/e}, i % 20, i % 3, {US}"},
      {"ledger_holds",
       "entitlement, subject, turn, units, state, expire_us, draws",
       "{NAME entitlements/e}, {NAME cases/c}, 1, 1, i % 3 + 1, CASE WHEN i % "
       "50 = 0 THEN {US} ELSE NULL END, {BLOB}"},
      {"ledger_entries",
       "entitlement, number, kind, subject, turn, units, available, reserved, "
       "committed, effective_us, record_us, lot, cause, actor, counterpart",
       "{NAME entitlements/e}, 1, i % 7 + 1, {NAME cases/c}, 1, 1, 1, 0, 0, "
       "{US}, {US}, 1, '', 'a', ''"},
      {"cases",
       "name, account, contact, asset, product, entitlement, subject, "
       "description, status, type, "
       "origin, reason, owner, parent, business_hours, process_version, "
       "evaluation_error, "
       "row_version, kind, priority, closed, stopped, reopen_count, violated, "
       "evaluation_error_set, event_count, next_due_us, case_number",
       "{NAME cases/c}, i % 1000, '', '', '', '', '', '', 'open', '', '', '', "
       "i % 50, '', '', '', "
       "'', 0, 0, 3, 0, 0, 0, 0, 0, 1, {US}, {NAME n}"},
      // Chains of ten.
      {"assets",
       "name, row_version, account, display_name, contact, product, parent, "
       "serial_number, quantity, status, status_reason, description",
       "{NAME assets/a}, 1, i % 1000, 'a', '', i % 100, CASE WHEN i % 10 = 0 "
       "THEN '' ELSE ASSET_BEFORE END, {NAME s}, 1, '', '', ''"},
      {"entitlements",
       "name, row_version, account, display_name, type, business_hours, "
       "process, priority, service_contract, contract_line_item",
       "{NAME entitlements/e}, 1, i % 1000, 'e', '', '', '', 0, {NAME "
       "serviceContracts/r}, {NAME contractLineItems/r}"},
      {"service_contracts",
       "name, row_version, account, display_name, contact, owner, "
       "contract_number, currency_code, price_book, term_months, state, "
       "line_count, parent, root, special_terms, description",
       "{NAME serviceContracts/r}, 1, i % 1000, 'c', '', '', {NAME n}, 'EUR', "
       "'', 0, 3, 0, '', '', '', ''"},
      {"contract_line_items",
       "name, row_version, account, service_contract, line_number, "
       "price_book_entry, product, asset, cancelled, parent, root, location, "
       "description",
       "{NAME contractLineItems/r}, 1, i % 1000, {NAME serviceContracts/r}, "
       "{NAME n}, '', '', '', 0, '', '', '', ''"},
  };
  return *fillings;
}

}  // namespace

absl::Status FillTables(Transaction& tx) {
  const Engine engine = tx.dialect().engine();
  for (const Filling& filling : Fillings()) {
    // MariaDB has tables of this name built in.
    const std::string rows = absl::StrCat("seq_1_to_", filling.rows);
    std::string numbers;
    if (engine == Engine::kSqlite) {
      numbers = absl::StrCat("WITH RECURSIVE ", rows,
                             " (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 "
                             "FROM ",
                             rows, " WHERE seq < ", filling.rows, ") ");
    }
    // The number of the item: ten rows each.
    const std::string item = engine == Engine::kSqlite
                                 ? "('cases/c' || (i / 10))"
                                 : "CONCAT('cases/c', i DIV 10)";
    const std::string before = engine == Engine::kSqlite
                                   ? "('assets/a' || (i - 1))"
                                   : "CONCAT('assets/a', i - 1)";
    const std::string values =
        absl::StrReplaceAll(Expand(filling.values, engine),
                            {{"CASE_OF_TEN", item}, {"ASSET_BEFORE", before}});
    absl::StatusOr<int64_t> done = tx.Execute(
        absl::StrCat("INSERT INTO ", filling.table, " (", filling.columns, ") ",
                     numbers, "SELECT ", values, " FROM (SELECT seq AS i FROM ",
                     rows, ") AS numbers"));
    if (!done.ok()) return done.status();
  }
  absl::StatusOr<int64_t> done = tx.Execute(
      absl::StrCat("UPDATE feed_head SET next_sequence = ", kFullRows / 2 + 2));
  return done.status();
}

const std::vector<std::string>& FullTables() {
  static const auto* const tables = [] {
    auto* names = new std::vector<std::string>;
    for (const Filling& filling : Fillings()) names->push_back(filling.table);
    return names;
  }();
  return *tables;
}

}  // namespace charter::storage
