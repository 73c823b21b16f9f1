// SQLite, as far as the samples need it.
#ifndef SAMPLES_STATEMENT_H_
#define SAMPLES_STATEMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

struct sqlite3;

namespace samples {

// Runs a statement, and gives the first column of its first row, if any.
absl::StatusOr<std::string> Run(sqlite3* database, const char* sql,
                                const std::vector<std::string>& values = {});

}  // namespace samples

#endif  // SAMPLES_STATEMENT_H_
