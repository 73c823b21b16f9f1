// Many cases at once, as the state from which a measurement begins.
#ifndef CHARTER_TOOLS_BENCH_BULK_CASES_H_
#define CHARTER_TOOLS_BENCH_BULK_CASES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "charter/v1/case_service.pb.h"
#include "grpcpp/grpcpp.h"

namespace charter::bench {

// Opens `count` cases, one caller per channel; an error ends the program.
void OpenCases(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
               int count,
               const std::function<v1::OpenCaseRequest(int index)>& request);

// Adds `count` cases that are what `cases/ID` is but for their names and for
// when they wake up: one a millisecond from that case's instant on. All rows
// that the case has are there for each. No server may run on the database.
void CopyWaitingCase(const std::string& database_url, const std::string& id,
                     int count);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_BULK_CASES_H_
