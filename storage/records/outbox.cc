#include "storage/records/outbox.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "storage/internal/records.pb.h"
#include "storage/records/record_util.h"
#include "storage/sql/errors.h"

namespace charter::storage {
namespace {

using internal::ToUs;

struct Head {
  int64_t epoch = 0;
  int64_t next_sequence = 1;
  int64_t last_order_us = 0;
};

// Locked to the end of the transaction, so that publishers wait for each other
// here and not for each other's rows.
absl::StatusOr<Head> LockHead(Transaction& tx) {
  const absl::StatusOr<Rows> rows = tx.Query(absl::StrCat(
      "SELECT epoch, next_sequence, last_order_us FROM feed_head WHERE id = 1",
      tx.dialect().ForUpdate()));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the feed's head is missing");
  const Row row = (*rows)[0];
  return Head{row.Int64(0), row.Int64(1), row.Int64(2)};
}

absl::StatusOr<Rows> ReadOutbox(Transaction& tx, int max_rows) {
  return tx.Query("SELECT id, payload FROM outbox ORDER BY id LIMIT :max_rows",
                  {{"max_rows", max_rows}});
}

// The rows of one transaction's events. `order_us` never decreases from one
// transaction to the next, so that the feed can be searched and purged by time:
// it is the latest record time so far.
absl::Status AddFeedRows(absl::string_view payload, int64_t sequence,
                         int64_t* order_us,
                         std::vector<std::vector<Value>>* rows) {
  charter::internal::OutboxBatch batch;
  if (absl::Status status =
          internal::FromBlob(payload, &batch, "transaction's events");
      !status.ok()) {
    return status;
  }
  for (const charter::v1::Event& event : batch.events()) {
    *order_us =
        std::max(*order_us, ToUs(internal::FromTimestamp(event.record_time())));
  }
  int32_t index = 0;
  for (const charter::v1::Event& event : batch.events()) {
    rows->push_back({sequence, index++, *order_us, event.account(),
                     event.resource_type(), event.type(),
                     internal::ToBlob(event)});
  }
  return absl::OkStatus();
}

absl::Status Conflict() {
  return StorageError(ErrorKind::kConflict, "another publisher was faster");
}

absl::Status MoveHead(Transaction& tx, const Head& from, const Head& to) {
  const absl::StatusOr<int64_t> moved = tx.Execute(
      "UPDATE feed_head SET epoch = :epoch, next_sequence = :next_sequence, "
      "last_order_us = :last_order_us WHERE id = 1 AND epoch = :old_epoch AND "
      "next_sequence = :old_sequence",
      {{"epoch", to.epoch},
       {"next_sequence", to.next_sequence},
       {"last_order_us", to.last_order_us},
       {"old_epoch", from.epoch},
       {"old_sequence", from.next_sequence}});
  if (!moved.ok()) return moved.status();
  return *moved == 1 ? absl::OkStatus() : Conflict();
}

}  // namespace

absl::Status WriteOutbox(Transaction& tx,
                         absl::Span<const charter::v1::Event> events) {
  if (events.empty()) return absl::OkStatus();
  charter::internal::OutboxBatch batch;
  batch.mutable_events()->Reserve(static_cast<int>(events.size()));
  for (const charter::v1::Event& event : events) {
    charter::v1::Event* added = batch.add_events();
    *added = event;
    added->clear_sequence();
    added->clear_index();
  }
  return tx.ExecuteLater("INSERT INTO outbox (payload) VALUES (:payload)",
                         {{"payload", internal::ToBlob(batch)}});
}

absl::StatusOr<bool> HasUnpublished(Transaction& tx) {
  const absl::StatusOr<Rows> rows =
      tx.Query("SELECT id FROM outbox ORDER BY id LIMIT 1");
  if (!rows.ok()) return rows.status();
  return !rows->empty();
}

absl::StatusOr<Published> PublishOutbox(Transaction& tx, int64_t lease_epoch,
                                        int max_rows) {
  if (absl::Status status = internal::CheckLimit(max_rows, 1000); !status.ok())
    return status;
  tx.Prefetch([&](Transaction& ahead) {
    (void)LockHead(ahead);
    (void)ReadOutbox(ahead, max_rows);
  });
  const absl::StatusOr<Head> head = LockHead(tx);
  if (!head.ok()) return head.status();
  if (head->epoch > lease_epoch)
    return Published{false, 0, head->next_sequence - 1};

  const absl::StatusOr<Rows> waiting = ReadOutbox(tx, max_rows);
  if (!waiting.ok()) return waiting.status();
  Head next = *head;
  next.epoch = lease_epoch;
  std::vector<Value> ids;
  std::vector<std::vector<Value>> events;
  for (const Row row : *waiting) {
    ids.push_back(row.Int64(0));
    absl::Status status = AddFeedRows(row.Text(1), next.next_sequence,
                                      &next.last_order_us, &events);
    if (!status.ok()) return status;
    ++next.next_sequence;
  }
  if (!ids.empty()) {
    absl::Status status =
        tx.InsertRowsLater("feed_events",
                           {"sequence", "idx", "order_us", "account",
                            "resource_type", "type", "payload"},
                           events);
    if (!status.ok()) return status;
    Binds binds;
    const std::string list = InList("id", ids, &binds);
    const absl::StatusOr<int64_t> removed = tx.Execute(
        absl::StrCat("DELETE FROM outbox WHERE id IN ", list), binds);
    if (!removed.ok()) return removed.status();
    if (*removed != static_cast<int64_t>(ids.size())) return Conflict();
  }
  if (!ids.empty() || next.epoch != head->epoch) {
    if (absl::Status status = MoveHead(tx, *head, next); !status.ok())
      return status;
  }
  return Published{true, static_cast<int>(ids.size()), next.next_sequence - 1};
}

}  // namespace charter::storage
