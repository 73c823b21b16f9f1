// What a call costs at the least: its statements sent by the plain C connector.
#ifndef CHARTER_TOOLS_BENCH_FLOOR_FLOOR_CONNECTION_H_
#define CHARTER_TOOLS_BENCH_FLOOR_FLOOR_CONNECTION_H_

#include <mysql.h>

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/bench/floor/recording.h"

namespace charter::bench {

struct FloorCounts {
  int64_t round_trips = 0;
  int64_t rows_written = 0;
  int64_t rows_read = 0;

  FloorCounts& operator+=(const FloorCounts& more) {
    round_trips += more.round_trips;
    rows_written += more.rows_written;
    rows_read += more.rows_read;
    return *this;
  }
  friend bool operator==(const FloorCounts&, const FloorCounts&) = default;
};

// One connection by TCP, like the server's: READ COMMITTED, affected rows are
// those found. Any error ends the program. Not thread-safe.
class FloorConnection {
 public:
  // `prepared`: each text is prepared by the server at its first use and run by
  // its number, with binary values; else all is sent as text.
  FloorConnection(absl::string_view url, bool prepared);
  ~FloorConnection();
  FloorConnection(const FloorConnection&) = delete;
  FloorConnection& operator=(const FloorConnection&) = delete;

  void Send(const RecordedCall& call);
  // What was sent and came back so far; what only sets up the connection and
  // prepares statements isn't counted.
  const FloorCounts& counts() const { return counts_; }

 private:
  void Query(const std::string& sql);
  void SendText(const RecordedStatement& statement);
  void SendPrepared(const RecordedStatement& statement);
  void Count(const RecordedStatement& statement, uint64_t affected,
             uint64_t returned);
  [[noreturn]] void Fail(const std::string& sql) const;

  MYSQL* const mysql_;
  const bool prepared_;
  bool autocommit_ = true;
  std::map<std::string, MYSQL_STMT*> statements_;
  std::string text_;  // kept for its memory
  FloorCounts counts_;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_FLOOR_FLOOR_CONNECTION_H_
