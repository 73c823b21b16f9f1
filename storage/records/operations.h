// Long-running operations and how far they are, so that a job goes on where it
// was after any stop.
#ifndef CHARTER_STORAGE_RECORDS_OPERATIONS_H_
#define CHARTER_STORAGE_RECORDS_OPERATIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/longrunning/operations.pb.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct OperationRecord {
  // `name` (`operations/{operation}`), `metadata`, `done`, `error` or
  // `response`.
  google::longrunning::Operation operation;
  std::string kind;  // which job: "recalculate"; at most 64 characters of ASCII
  std::string arguments;  // what it was started with, as the job likes it
  std::string
      cursor;  // how far it is, as the job likes it; empty: at the beginning
  bool cancel_requested = false;
  absl::Time create_time;
  absl::Time update_time;
  // From when it may be removed; absent while it is not done.
  std::optional<absl::Time> expire_time;
  int64_t version = 0;  // rises with every update
};

// kDuplicateKey (ALREADY_EXISTS) when the name is taken.
absl::Status InsertOperation(Transaction& tx, const OperationRecord& record);

// Absent: no such operation. `lock`: until the end of the transaction.
absl::StatusOr<std::optional<OperationRecord>> FindOperation(
    Transaction& tx, absl::string_view name, bool lock = false);

// At most `limit` (1 to 1,000) in order of name, after `after_name` (empty:
// from the first).
absl::StatusOr<std::vector<OperationRecord>> ListOperations(
    Transaction& tx, absl::string_view after_name, int limit);

// Those of `kind` that are not done, the oldest first, at most `limit` (1 to
// 1,000).
absl::StatusOr<std::vector<OperationRecord>> UnfinishedOperations(
    Transaction& tx, absl::string_view kind, int limit);

// Writes all but `kind`, `arguments` and `create_time`, if the stored version
// is still `record->version`, and raises it. False: somebody else wrote it
// since; read it again.
absl::StatusOr<bool> UpdateOperation(Transaction& tx, OperationRecord* record);

// False: no such operation.
absl::StatusOr<bool> DeleteOperation(Transaction& tx, absl::string_view name);

// Removes at most `limit` that expired by `now`; returns how many. Repeat while
// it is `limit`.
absl::StatusOr<int64_t> PurgeOperations(Transaction& tx, absl::Time now,
                                        int limit);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_OPERATIONS_H_
