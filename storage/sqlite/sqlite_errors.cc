#include "storage/sqlite/sqlite_connection.h"

namespace charter::storage::internal {

ErrorKind SqliteErrorKind(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_ROWID:
      return ErrorKind::kDuplicateKey;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return ErrorKind::kForeignKey;
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:  // CHECK, NOT NULL, a STRICT table's type, a
                             // trigger
      return ErrorKind::kCheck;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_SCHEMA:
      return ErrorKind::kConflict;
    case SQLITE_INTERRUPT:
      return ErrorKind::kDeadline;
    case SQLITE_TOOBIG:
      return ErrorKind::kTooBig;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return ErrorKind::kFull;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return ErrorKind::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorKind::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return ErrorKind::kReadOnly;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace charter::storage::internal
