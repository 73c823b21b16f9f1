// Events on their way to the feed (semantics W1).
//
// A transaction leaves its events in one row. Rows get rising ids; transactions
// that the lock of one subject keeps apart get theirs in the order in which
// they commit, so a publisher that reads all visible rows in the order of ids
// keeps the order of every subject. Ids have gaps and become visible out of
// order, which is why the feed has numbers of its own.
#ifndef CHARTER_STORAGE_RECORDS_OUTBOX_H_
#define CHARTER_STORAGE_RECORDS_OUTBOX_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "charter/v1/event_service.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

// Leaves the transaction's events, in order, without `sequence` and `index`.
// Call it once a transaction, after the lock of the subject was taken, with all
// events; none: nothing is written. Each needs `record_time`.
absl::Status WriteOutbox(Transaction& tx,
                         absl::Span<const charter::v1::Event> events);

// Whether anything waits to be published: one indexed look without a lock.
absl::StatusOr<bool> HasUnpublished(Transaction& tx);

struct Published {
  // False: another publisher with a newer epoch has taken over. Nothing was
  // changed; stop publishing, and acquire the lease again.
  bool holds_lease = true;
  // How many transactions were numbered. `max_rows`: there may be more.
  int transactions = 0;
  int64_t head_sequence = 0;  // the newest number now
};

// Moves at most `max_rows` (1 to 1,000) transactions from the outbox to the
// feed: numbers them densely in the order of their ids, writes their events,
// removes the rows and advances the head, all in the caller's transaction.
// `lease_epoch` is that of the publisher's lease (leases.h): a publisher whose
// epoch is older than one that has published changes nothing; a newer epoch is
// noted even if nothing waits, which shuts older ones out.
absl::StatusOr<Published> PublishOutbox(Transaction& tx, int64_t lease_epoch,
                                        int max_rows);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_OUTBOX_H_
