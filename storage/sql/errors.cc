#include "storage/sql/errors.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

// Inside the process only: the call path turns it into details of the wire.
constexpr absl::string_view kPayload = "charter.storage/error";

absl::StatusCode CodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return absl::StatusCode::kUnknown;
    case ErrorKind::kConflict:
      return absl::StatusCode::kAborted;
    case ErrorKind::kDuplicateKey:
      return absl::StatusCode::kAlreadyExists;
    case ErrorKind::kForeignKey:
    case ErrorKind::kCheck:
    case ErrorKind::kReadOnly:
      return absl::StatusCode::kFailedPrecondition;
    case ErrorKind::kTooBig:
      return absl::StatusCode::kInvalidArgument;
    case ErrorKind::kUnavailable:
    case ErrorKind::kOutcomeUnknown:
      return absl::StatusCode::kUnavailable;
    case ErrorKind::kDeadline:
      return absl::StatusCode::kDeadlineExceeded;
    case ErrorKind::kCancelled:
      return absl::StatusCode::kCancelled;
    case ErrorKind::kFull:
      return absl::StatusCode::kResourceExhausted;
    case ErrorKind::kCorrupt:
      return absl::StatusCode::kDataLoss;
    case ErrorKind::kInternal:
      return absl::StatusCode::kInternal;
  }
  return absl::StatusCode::kInternal;
}

// The payload is the kind's number, a space, and the key.
std::optional<std::string> PayloadOf(const absl::Status& status) {
  auto payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

}  // namespace

absl::Status StorageError(ErrorKind kind, absl::string_view message,
                          absl::string_view key) {
  absl::Status status(CodeOf(kind), message);
  status.SetPayload(kPayload,
                    absl::Cord(absl::StrCat(static_cast<int>(kind), " ", key)));
  return status;
}

absl::string_view Explain(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNone:
      return "no database error";
    case ErrorKind::kConflict:
      return "another transaction was in the way";
    case ErrorKind::kDuplicateKey:
      return "a row with this key exists already";
    case ErrorKind::kForeignKey:
      return "a row that is pointed at is missing or still in use";
    case ErrorKind::kCheck:
      return "the schema refused the row";
    case ErrorKind::kTooBig:
      return "larger than the database takes";
    case ErrorKind::kUnavailable:
      return "the database is not available; nothing was committed";
    case ErrorKind::kOutcomeUnknown:
      return "the connection broke during COMMIT; repeat the call with the "
             "same request id to learn the outcome";
    case ErrorKind::kDeadline:
      return "the deadline passed in the database";
    case ErrorKind::kCancelled:
      return "the caller cancelled";
    case ErrorKind::kFull:
      return "the database or its disk is full";
    case ErrorKind::kCorrupt:
      return "the database is damaged";
    case ErrorKind::kReadOnly:
      return "the database takes no writes";
    case ErrorKind::kInternal:
      return "the database refused the statement";
  }
  return "";
}

ErrorKind KindOf(const absl::Status& status) {
  if (status.ok()) return ErrorKind::kNone;
  std::optional<std::string> payload = PayloadOf(status);
  int number = 0;
  if (!payload.has_value() ||
      !absl::SimpleAtoi(payload->substr(0, payload->find(' ')), &number)) {
    return ErrorKind::kNone;
  }
  return static_cast<ErrorKind>(number);
}

std::string DuplicateKeyOf(const absl::Status& status) {
  if (KindOf(status) != ErrorKind::kDuplicateKey) return "";
  std::optional<std::string> payload = PayloadOf(status);
  return payload->substr(payload->find(' ') + 1);
}

}  // namespace charter::storage
