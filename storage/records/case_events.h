// The histories of items: what every clock is computed from (semantics E1).
// Append-only and complete in itself: from an item's name and these rows
// everything derived can be made again.
#ifndef CHARTER_STORAGE_RECORDS_CASE_EVENTS_H_
#define CHARTER_STORAGE_RECORDS_CASE_EVENTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "charter/v1/case.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Appends `events` as numbers `first_number`, `first_number` + 1, … The caller
// holds the item's lock and counts: the first event of an item is number 1, and
// `Case.event_count` is the last. Each event needs `key`, `occur_time`,
// `record_time` and what happened; `name` is not looked at. kDuplicateKey
// (ALREADY_EXISTS) when a key or number of the item is taken.
absl::Status AppendCaseEvents(Transaction& tx, absl::string_view case_name,
                              int32_t first_number,
                              absl::Span<const charter::v1::CaseEvent> events);

// The whole history in the order in which it was recorded, with names
// (`cases/{case}/events/{number}`). Empty: no such item.
absl::StatusOr<std::vector<charter::v1::CaseEvent>> LoadCaseEvents(
    Transaction& tx, absl::string_view case_name);

// The same for a page of items (at most 1,000) in one statement, by item. Items
// without history are left out.
absl::StatusOr<std::map<std::string, std::vector<charter::v1::CaseEvent>>>
LoadManyCaseEvents(Transaction& tx, absl::Span<const std::string> case_names);

// At most `limit` (1 to 1,000) events with numbers above `after_number`.
absl::StatusOr<std::vector<charter::v1::CaseEvent>> ReadCaseEvents(
    Transaction& tx, absl::string_view case_name, int32_t after_number,
    int limit);

// Which of `keys` (at most 1,000) are recorded already: key to number.
absl::StatusOr<std::map<std::string, int32_t>> FindCaseEventKeys(
    Transaction& tx, absl::string_view case_name,
    absl::Span<const std::string> keys);

// Removes the history of an item that is removed for good.
absl::Status PurgeCaseEvents(Transaction& tx, absl::string_view case_name);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_CASE_EVENTS_H_
