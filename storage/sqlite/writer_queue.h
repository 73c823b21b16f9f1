// The queue for SQLite's single writer.
#ifndef CHARTER_STORAGE_SQLITE_WRITER_QUEUE_H_
#define CHARTER_STORAGE_SQLITE_WRITER_QUEUE_H_

#include <condition_variable>
#include <list>
#include <mutex>

#include "absl/status/status.h"
#include "storage/sql/wait.h"

namespace charter::storage::internal {

// First come, first served: many writers on SQLite's own lock would only get
// BUSY, and the unlucky starve. Thread-safe.
class WriterQueue {
 public:
  // Waits for the turn. kDeadline or kCancelled: it was not got.
  absl::Status Take(const Wait& wait);
  // Gives the turn to the next in line.
  void Give();
  // Those in line now.
  size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable granted_changed;
    bool granted = false;
  };

  mutable std::mutex mutex_;
  bool taken_ = false;          // guarded by mutex_
  std::list<Waiter*> waiters_;  // guarded by mutex_
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQLITE_WRITER_QUEUE_H_
