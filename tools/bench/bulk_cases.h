// Many cases at once, as the state from which a measurement begins.
#ifndef CHARTER_TOOLS_BENCH_BULK_CASES_H_
#define CHARTER_TOOLS_BENCH_BULK_CASES_H_

#include <functional>
#include <memory>
#include <string>

#include "charter/client/channel.h"
#include "charter/v1/case_service.pb.h"

namespace charter::bench {

// Opens `count` cases, many at once; an error ends the program.
void OpenCases(const std::shared_ptr<client::Channel>& channel, int count,
               const std::function<v1::OpenCaseRequest(int index)>& request);

// Adds `count` cases that are what `cases/ID` is but for their names and for
// when they wake up: one a millisecond from that case's instant on. All rows
// that the case has are there for each. No server may run on the database.
void CopyWaitingCase(const std::string& database_url, const std::string& id,
                     int count);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_BULK_CASES_H_
