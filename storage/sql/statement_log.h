// A record of the statements that ran: for tests of query plans and for replay
// by the bench.
#ifndef CHARTER_STORAGE_SQL_STATEMENT_LOG_H_
#define CHARTER_STORAGE_SQL_STATEMENT_LOG_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/sql/dialect.h"
#include "storage/sql/value.h"

namespace charter::storage {

// `binds` hold customers' data: an implementation is for tests and benches and
// writes them nowhere else.
class StatementLog {
 public:
  virtual ~StatementLog() = default;
  // One statement that succeeded: its text, values, and the rows it returned or
  // affected. BEGIN, COMMIT and ROLLBACK, the text alone, mark where a
  // transaction starts and ends, whether or not the engine needed a statement
  // for it. Called on the session's thread.
  virtual void Record(Engine engine, absl::string_view sql, const Binds& binds,
                      int64_t rows) = 0;
};

// The text with the numbers of names left out and repeats written once, so that
// lists of any length have one shape: `IN (:id_0, :id_1)` becomes `IN (:id)`,
// `VALUES (:a_0, :b_0), (:a_1, :b_1)` becomes `VALUES (:a, :b)`, equal parts
// of a UNION ALL become one. What a list
// filter became, which is in `CASE WHEN … THEN 1 ELSE 0 END = 1` and leads to
// no index, is `:filter`.
std::string StatementShape(absl::string_view sql);

// When the environment variable CHARTER_STATEMENT_TEXTS names a folder, every
// process adds each text it uses, once, with its engine, to a file of its own
// in there: "engine<TAB>shape<NEWLINE>". Called by the statement check at a
// text's first use. A process that is killed may leave half a line at the end.
void RecordStatementText(Engine engine, absl::string_view sql);

// While one lives, this thread's texts are not added: what a test asks for
// itself is none of the product's.
class UnrecordedStatementTexts {
 public:
  UnrecordedStatementTexts();
  ~UnrecordedStatementTexts();
  UnrecordedStatementTexts(const UnrecordedStatementTexts&) = delete;
  UnrecordedStatementTexts& operator=(const UnrecordedStatementTexts&) = delete;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_SQL_STATEMENT_LOG_H_
