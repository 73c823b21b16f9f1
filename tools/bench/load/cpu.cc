#include "tools/bench/load/cpu.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

// See proc(5): utime and stime are fields 14 and 15; the second, the name in
// parentheses, may hold spaces.
absl::Duration Used(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::stringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos)
    Die(absl::StrCat("process ", pid, " is gone"));
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  return absl::Seconds(1) * static_cast<double>(user + system) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

CpuMeter::CpuMeter(std::vector<std::pair<std::string, pid_t>> processes)
    : processes_(std::move(processes)) {
  for (const auto& [name, pid] : processes_) before_.push_back(Used(pid));
}

std::string CpuMeter::PerCall(int64_t calls) const {
  std::vector<std::string> parts;
  for (size_t i = 0; i < processes_.size(); ++i) {
    const absl::Duration used = Used(processes_[i].second) - before_[i];
    parts.push_back(absl::StrFormat(
        "%s %.0f us", processes_[i].first,
        absl::ToDoubleMicroseconds(used) / static_cast<double>(calls)));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace charter::bench
