// What can go wrong in a database, the same on every engine.
#ifndef CHARTER_STORAGE_SQL_ERRORS_H_
#define CHARTER_STORAGE_SQL_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace charter::storage {

// The kind decides the canonical code; callers that must tell kinds apart ask
// KindOf, never the message. No message holds a bound value or a row's content.
enum class ErrorKind {
  kNone,      // the status does not come from storage
  kConflict,  // ABORTED: another transaction was in the way; the verb restarts
              // the lambda
  kDuplicateKey,  // ALREADY_EXISTS: the transaction may go on, the row was not
                  // written
  kForeignKey,    // FAILED_PRECONDITION: a row that is pointed at is missing or
                  // still in use
  kCheck,  // FAILED_PRECONDITION: a CHECK or NOT NULL of the schema refused the
           // row
  kTooBig,  // INVALID_ARGUMENT: a value or the statement is larger than the
            // database takes
  kUnavailable,     // UNAVAILABLE: no connection, and nothing was committed
  kOutcomeUnknown,  // UNAVAILABLE: the link broke during COMMIT; the request-id
                    // row tells whether it happened
  kDeadline,   // DEADLINE_EXCEEDED: the transaction's deadline passed, waiting
               // for a lock included
  kCancelled,  // CANCELLED: the caller went away
  kFull,       // RESOURCE_EXHAUSTED: the disk or the database is full
  kCorrupt,    // DATA_LOSS: the database file is damaged
  kReadOnly,  // FAILED_PRECONDITION: the database or the server takes no writes
  kInternal,  // INTERNAL: our statement is wrong, or an error that nobody
              // mapped
};

// A status of that kind. `key` names the unique key that a duplicate hit.
absl::Status StorageError(ErrorKind kind, absl::string_view message,
                          absl::string_view key = "");

// A sentence about the kind, for messages.
absl::string_view Explain(ErrorKind kind);

// kNone for OK and for statuses that were not made here.
ErrorKind KindOf(const absl::Status& status);

// For kDuplicateKey: "PRIMARY", or the unique key's name as the migrations give
// it; empty when the engine didn't say.
std::string DuplicateKeyOf(const absl::Status& status);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_ERRORS_H_
