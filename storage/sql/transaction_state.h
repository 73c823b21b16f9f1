// What the verb and its Transaction share.
#ifndef CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_
#define CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "storage/sql/wait.h"
#include "storage/store.h"

namespace charter::storage::internal {

// Whether the transaction is lost after this error. After the others only the
// statement is.
inline bool EndsTransaction(ErrorKind kind) {
  return kind != ErrorKind::kDuplicateKey && kind != ErrorKind::kForeignKey &&
         kind != ErrorKind::kCheck && kind != ErrorKind::kTooBig;
}

struct TransactionState {
  TransactionState(const TxOptions& tx_options, bool writes)
      : options(tx_options),
        write(writes),
        wait(tx_options.deadline == absl::InfiniteFuture()
                 ? absl::InfiniteDuration()
                 : tx_options.deadline - tx_options.now,
             tx_options.cancelled) {}

  const TxOptions& options;
  const bool write;
  const Wait wait;
  int attempt = 0;
  // Nothing waits in this attempt: in one before, something that had waited was
  // refused, which the lambda may have an answer to.
  bool at_once = false;
  // Of the last attempt: it failed so.
  bool refused_late = false;
  // Of the present attempt: what ended it before its lambda did, and what is to
  // run after it.
  absl::Status failure;
  std::vector<std::function<void()>> after_commit;
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_
