#include "storage/mysql/mysql_errors.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace charter::storage::internal {

ErrorKind MysqlErrorKind(int number, absl::string_view message) {
  switch (number) {
    case 1020:  // record changed since the snapshot (MariaDB)
    case 1047:  // a Galera node without quorum
    case 1180:  // error during COMMIT: quorum lost under it
    case 1205:  // lock wait time-out; only the statement was undone
    case 1213:  // deadlock, or Galera's certification failure
    case 3572:  // NOWAIT
      return ErrorKind::kConflict;
    case 1062:
    case 1586:
      return ErrorKind::kDuplicateKey;
    case 1216:
    case 1217:
    case 1451:
    case 1452:
      return ErrorKind::kForeignKey;
    case 1048:  // NOT NULL
    case 1264:  // out of the column's range
    case 1364:  // no default
    case 1366:  // not of the column's type or charset
    case 1406:  // longer than the column
    case 3819:  // CHECK (MySQL)
    case 4025:  // CHECK (MariaDB)
      return ErrorKind::kCheck;
    case 1153:  // packet bigger than max_allowed_packet
    case 1301:
      return ErrorKind::kTooBig;
    case 1969:  // max_statement_time (MariaDB)
    case 3024:  // max_execution_time (MySQL)
      return ErrorKind::kDeadline;
    case 1040:  // too many connections
    case 1044:  // access denied to the database
    case 1045:  // access denied to the user
    case 1049:  // no such database
    case 1053:  // server shutdown in progress
    case 1129:  // host blocked
    case 1130:  // host not allowed
    case 1152:  // aborted connection
    case 1203:  // too many connections of the user
    case 1226:  // the user's limits
    case 1317:  // KILL QUERY
    case 1927:  // KILL
    case 1158:
    case 1159:
    case 1160:
    case 1161:  // network read and write errors
      return ErrorKind::kUnavailable;
    case 3:     // error writing a file
    case 1021:  // disk full
    case 1041:  // out of memory
    case 1114:  // table full
      return ErrorKind::kFull;
    case 1030:  // an error of the storage engine, by its errno
    case 1296:
      return absl::StrContains(message, "error 28") ? ErrorKind::kFull
                                                    : ErrorKind::kInternal;
    case 126:
    case 127:
    case 1034:
    case 1035:
    case 1194:
    case 1712:
    case 1877:
      return ErrorKind::kCorrupt;
    case 1290:  // --read-only
    case 1792:  // read-only transaction
    case 1836:  // read-only mode
      return ErrorKind::kReadOnly;
    default:
      // The client library's own: all are about the connection.
      return number >= 2000 && number < 3000 ? ErrorKind::kUnavailable
                                             : ErrorKind::kInternal;
  }
}

bool MysqlLinkLost(int number) {
  return (number >= 2000 && number < 3000) || number == 1053 ||
         number == 1927 || number == 1152 || number == 1153 ||
         (number >= 1158 && number <= 1161);
}

bool MysqlAlreadyDone(int number) {
  switch (number) {
    case 1050:  // table exists
    case 1051:  // no such table to drop
    case 1060:  // column exists
    case 1061:  // key exists
    case 1091:  // no such column or key to drop
    case 1146:  // no such table to rename
    case 1826:  // foreign key exists
      return true;
    default:
      return false;
  }
}

std::string MysqlDuplicateKey(absl::string_view message) {
  // The entry before it is a customer's value and may hold anything, so look
  // from the end.
  const absl::string_view mark = " for key '";
  const size_t at = message.rfind(mark);
  if (at == absl::string_view::npos) return "";
  absl::string_view key = message.substr(at + mark.size());
  absl::ConsumeSuffix(&key, "'");
  if (const size_t dot = key.rfind('.'); dot != absl::string_view::npos)
    key = key.substr(dot + 1);
  return std::string(key);
}

}  // namespace charter::storage::internal
