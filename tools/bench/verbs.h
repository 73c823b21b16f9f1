// What service_bench can measure: each function adds a subcommand, which sets
// `run` to what returns the program's exit code.
#ifndef CHARTER_TOOLS_BENCH_VERBS_H_
#define CHARTER_TOOLS_BENCH_VERBS_H_

#include <functional>

#include "tools/bench/load/bench_server.h"

namespace CLI {
class App;
}

namespace charter::bench {

// `options` are filled in by the time `run` is called.
void AddOpenAndVerify(CLI::App& app, const BenchOptions& options,
                      std::function<int()>& run);
void AddReserve(CLI::App& app, const BenchOptions& options,
                std::function<int()>& run);
void AddTimers(CLI::App& app, const BenchOptions& options,
               std::function<int()>& run);
void AddFeed(CLI::App& app, const BenchOptions& options,
             std::function<int()>& run);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_VERBS_H_
