// The statements of real calls, kept to be sent again by the plain connector.
#ifndef CHARTER_TOOLS_BENCH_FLOOR_RECORDING_H_
#define CHARTER_TOOLS_BENCH_FLOOR_RECORDING_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/sql/statement_log.h"
#include "storage/sql/value.h"

namespace charter::bench {

struct RecordedStatement {
  std::string sql;  // a `?` for each value
  std::vector<storage::Value> values;
  bool writes = false;
  int64_t rows = 0;  // returned, or affected where it writes
};

// One transaction, from BEGIN to COMMIT or, of a reading one, to its end.
struct RecordedCall {
  std::vector<RecordedStatement> statements;
  bool commits = false;

  // With the COMMIT.
  int64_t round_trips() const {
    return static_cast<int64_t>(statements.size()) + (commits ? 1 : 0);
  }
  int64_t rows_written() const;
  int64_t rows_read() const;
};

// Give it to a store whose every transaction is one call. Thread-safe.
class Recorder : public storage::StatementLog {
 public:
  void Record(storage::Engine engine, absl::string_view sql,
              const storage::Binds& binds, int64_t rows) override;

  // The calls that ended since the last time, in that order. A transaction that
  // wrote and was rolled back is none.
  std::vector<RecordedCall> Take();

 private:
  std::mutex mutex_;
  std::map<std::thread::id, RecordedCall> open_;
  std::vector<RecordedCall> calls_;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_FLOOR_RECORDING_H_
