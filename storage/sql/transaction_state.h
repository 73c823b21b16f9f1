// What the verb and its Transaction share.
#ifndef CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_
#define CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "storage/sql/wait.h"
#include "storage/store.h"

namespace charter::storage::internal {

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
  // Of the present attempt: what ended it before its lambda did, and what is to
  // run after it.
  absl::Status failure;
  std::vector<std::function<void()>> after_commit;
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQL_TRANSACTION_STATE_H_
