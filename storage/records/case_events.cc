#include "storage/records/case_events.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

using charter::v1::CaseEvent;

// Columns: number, payload.
absl::StatusOr<CaseEvent> ReadEvent(absl::string_view case_name, int64_t number,
                                    absl::string_view payload) {
  CaseEvent event;
  absl::Status status = internal::FromBlob(payload, &event, "case event");
  if (!status.ok()) return status;
  event.set_name(absl::StrCat(case_name, "/events/", number));
  return event;
}

absl::StatusOr<std::vector<CaseEvent>> ReadEvents(
    absl::string_view case_name, const absl::StatusOr<Rows>& rows) {
  if (!rows.ok()) return rows.status();
  std::vector<CaseEvent> events;
  events.reserve(rows->size());
  for (const Row row : *rows) {
    absl::StatusOr<CaseEvent> event =
        ReadEvent(case_name, row.Int64(0), row.Text(1));
    if (!event.ok()) return event.status();
    events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace

absl::Status AppendCaseEvents(Transaction& tx, absl::string_view case_name,
                              int32_t first_number,
                              absl::Span<const CaseEvent> events) {
  std::vector<std::vector<Value>> rows;
  rows.reserve(events.size());
  for (const CaseEvent& event : events) {
    CaseEvent stored = event;
    stored.clear_name();
    const auto number = first_number + static_cast<int32_t>(rows.size());
    rows.push_back({case_name, number, Bytes{internal::ShortHash(event.key())},
                    internal::ToBlob(stored)});
  }
  return tx.InsertRowsLater(
      "case_events", {"case_name", "number", "key_hash", "payload"}, rows);
}

absl::StatusOr<std::vector<CaseEvent>> LoadCaseEvents(
    Transaction& tx, absl::string_view case_name) {
  return ReadEvents(case_name,
                    tx.Query("SELECT number, payload FROM case_events WHERE "
                             "case_name = :case_name ORDER BY number",
                             {{"case_name", case_name}}));
}

absl::StatusOr<std::map<std::string, std::vector<CaseEvent>>>
LoadManyCaseEvents(Transaction& tx, absl::Span<const std::string> case_names) {
  std::map<std::string, std::vector<CaseEvent>> events;
  if (case_names.empty()) return events;
  Binds binds;
  const std::string list =
      InList("case_name",
             std::vector<Value>(case_names.begin(), case_names.end()), &binds);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT number, payload, case_name FROM "
                            "case_events WHERE case_name IN ",
                            list, " ORDER BY case_name, number"),
               binds);
  if (!rows.ok()) return rows.status();
  for (const Row row : *rows) {
    absl::StatusOr<CaseEvent> event =
        ReadEvent(row.Text(2), row.Int64(0), row.Text(1));
    if (!event.ok()) return event.status();
    events[std::string(row.Text(2))].push_back(*std::move(event));
  }
  return events;
}

absl::StatusOr<std::vector<CaseEvent>> ReadCaseEvents(
    Transaction& tx, absl::string_view case_name, int32_t after_number,
    int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1000); !status.ok())
    return status;
  return ReadEvents(case_name,
                    tx.Query("SELECT number, payload FROM case_events WHERE "
                             "case_name = :case_name "
                             "AND number > :after ORDER BY number LIMIT :limit",
                             {{"case_name", case_name},
                              {"after", after_number},
                              {"limit", limit}}));
}

absl::StatusOr<std::map<std::string, int32_t>> FindCaseEventKeys(
    Transaction& tx, absl::string_view case_name,
    absl::Span<const std::string> keys) {
  std::map<std::string, int32_t> found;
  if (keys.empty()) return found;
  std::map<std::string, std::string> key_of;
  std::vector<Value> hashes;
  for (const std::string& key : keys) {
    std::string hash = internal::ShortHash(key);
    hashes.push_back(Bytes{hash});
    key_of[std::move(hash)] = key;
  }
  Binds binds = {{"case_name", case_name}};
  const std::string list = InList("key_hash", hashes, &binds);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT key_hash, number FROM case_events WHERE "
                            "case_name = :case_name "
                            "AND key_hash IN ",
                            list),
               binds);
  if (!rows.ok()) return rows.status();
  for (const Row row : *rows) {
    found[key_of[std::string(row.Text(0))]] =
        static_cast<int32_t>(row.Int64(1));
  }
  return found;
}

absl::Status PurgeCaseEvents(Transaction& tx, absl::string_view case_name) {
  return tx
      .Execute("DELETE FROM case_events WHERE case_name = :case_name",
               {{"case_name", case_name}})
      .status();
}

}  // namespace charter::storage
