// A database file belongs to one server.
#ifndef CHARTER_STORAGE_SQLITE_FILE_LOCK_H_
#define CHARTER_STORAGE_SQLITE_FILE_LOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace charter::storage::internal {

// Holds PATH.lock, which names the owner's pid, until it goes or the process
// dies.
class FileLock {
 public:
  // FAILED_PRECONDITION with the owner's pid when another has it, this process
  // included.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(
      const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int file) : file_(file) {}
  const int file_;
};

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_SQLITE_FILE_LOCK_H_
