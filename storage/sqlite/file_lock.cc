#include "storage/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/sql/errors.h"

namespace charter::storage::internal {

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Take(
    const std::string& path) {
  const std::string name = absl::StrCat(path, ".lock");
  const int file = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return StorageError(
        ErrorKind::kUnavailable,
        absl::StrCat("cannot open ", name, ": ", std::strerror(errno)));
  }
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    char text[32] = {};
    const ssize_t length = pread(file, text, sizeof text - 1, 0);
    close(file);
    const absl::string_view pid = absl::StripAsciiWhitespace(
        absl::string_view(text, length > 0 ? length : 0));
    return absl::FailedPreconditionError(absl::StrCat(
        "the database file ", path, " is in use by process ",
        pid.empty() ? "(unknown)" : pid,
        "; stop that server first, or give this one another file"));
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(file, 0) != 0 || pwrite(file, pid.data(), pid.size(), 0) !=
                                     static_cast<ssize_t>(pid.size())) {
    close(file);
    return StorageError(
        ErrorKind::kUnavailable,
        absl::StrCat("cannot write ", name, ": ", std::strerror(errno)));
  }
  return absl::WrapUnique(new FileLock(file));
}

// The file stays: removing it would let two owners lock two files of one name.
FileLock::~FileLock() { close(file_); }

}  // namespace charter::storage::internal
