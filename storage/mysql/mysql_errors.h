// MySQL's and MariaDB's error numbers.
#ifndef CHARTER_STORAGE_MYSQL_MYSQL_ERRORS_H_
#define CHARTER_STORAGE_MYSQL_MYSQL_ERRORS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "storage/sql/errors.h"

namespace charter::storage::internal {

ErrorKind MysqlErrorKind(int number, absl::string_view message);

// Whether the connection is gone with it.
bool MysqlLinkLost(int number);

// Whether DDL failed because what it makes is there, or what it removes is
// gone.
bool MysqlAlreadyDone(int number);

// The key of "Duplicate entry '…' for key 'table.key'", without the table; ""
// when it isn't there.
std::string MysqlDuplicateKey(absl::string_view message);

}  // namespace charter::storage::internal

#endif  // CHARTER_STORAGE_MYSQL_MYSQL_ERRORS_H_
