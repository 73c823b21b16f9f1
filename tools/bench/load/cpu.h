// What processes use of the processors.
#ifndef CHARTER_TOOLS_BENCH_LOAD_CPU_H_
#define CHARTER_TOOLS_BENCH_LOAD_CPU_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace charter::bench {

// The processor time of some processes from here on.
class CpuMeter {
 public:
  // Each with the name that Summary gives it.
  explicit CpuMeter(std::vector<std::pair<std::string, pid_t>> processes);

  // Processor time of each since the construction, user and system together,
  // divided by `calls`: "mariadbd 512 us, charterd 233 us".
  std::string PerCall(int64_t calls) const;

 private:
  std::vector<std::pair<std::string, pid_t>> processes_;
  std::vector<absl::Duration> before_;
};

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_CPU_H_
