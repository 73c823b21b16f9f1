// What client_bench measures.
#ifndef CHARTER_TOOLS_BENCH_CLIENT_VERBS_H_
#define CHARTER_TOOLS_BENCH_CLIENT_VERBS_H_

#include <cstdint>
#include <string>

namespace charter::bench {

// Calls of the client and of the bare stub in turns, to a server in this
// process that answers at once: time and allocations of each.
void MeasureCalls(int rounds);

// So many accounts for the next two, written through the client. Prints how
// long it took.
void FillAccounts(const std::string& target, int64_t rows);
// All accounts a page at a time, by the client's range and by the bare stub in
// turns.
void MeasurePages(const std::string& target, int64_t rows);
// The events of these writes from the earliest on, by EventStream and by the
// bare stub in turns; then how soon a stream that is cut is there again.
void MeasureWatch(const std::string& target, int64_t rows);

// What a test waits for with charter::testing::FakeCharter.
void MeasureFake(int rounds);

// Allocations of this process so far.
int64_t Allocations();

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_CLIENT_VERBS_H_
