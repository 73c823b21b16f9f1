// One kind of call on a server and, as recorded, on a floor: in turn, on two
// copies of one database.
#ifndef CHARTER_TOOLS_BENCH_FLOOR_COMPARISON_H_
#define CHARTER_TOOLS_BENCH_FLOOR_COMPARISON_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench/floor/floor_connection.h"
#include "tools/bench/floor/recording.h"
#include "tools/bench/load/bench_server.h"
#include "tools/bench/load/load.h"

namespace charter::bench {

enum class CallKind { kOpen, kVerify };

inline constexpr int kChannels = 4;
inline constexpr int kFloorConnections = 8;

struct ComparisonOptions {
  int rounds = 3;        // besides round 0, which warms up
  int64_t calls = 1000;  // in each round
  int callers = 64;      // on the server
};

// How a floor sends its statements: as text, like the server, or prepared.
enum class FloorKind { kText, kPrepared };
inline constexpr FloorKind kFloorKinds[] = {FloorKind::kText,
                                            FloorKind::kPrepared};

// Four databases of one MariaDB, alike at the start: the server's, one for each
// kind of floor, and one on which a server in this process makes every call
// that the floors will send, with its statements recorded. Any error ends the
// program.
class Comparison {
 public:
  Comparison(CallKind kind, const ComparisonOptions& options);
  ~Comparison();

  // Rounds count from 0. A server's round ends when its last call is answered;
  // then this waits until its feed is published, so that the floor has the
  // machine for itself.
  // `cpu` says what a call cost each process (CpuMeter::PerCall).
  void RunServer(int round, LoadResult* result, std::string* cpu);
  void RunFloor(FloorKind kind, int round, LoadResult* result,
                std::string* cpu);

  // What all did, a line each; `differs` says what wasn't the same, empty:
  // nothing.
  std::string Counts(std::string* differs);

 private:
  void RecordCalls(const std::string& url);
  void WaitUntilPublished();
  // Rows of each table that the recorded calls write.
  std::vector<int64_t> RowCounts(const std::string& url);

  struct Floor {
    std::string url;
    std::vector<std::unique_ptr<FloorConnection>> connections;
    FloorCounts recorded;  // of the calls that it was given
  };

  const CallKind kind_;
  const ComparisonOptions options_;
  BenchDatabase database_;
  std::unique_ptr<BenchServer> server_;
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::vector<RecordedCall> calls_;
  std::map<FloorKind, Floor> floors_;
  std::vector<std::string> tables_;
  std::vector<int64_t> backlog_;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_FLOOR_COMPARISON_H_
