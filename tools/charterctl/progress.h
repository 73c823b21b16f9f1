// A progress bar for long work, drawn over itself where a terminal shows it.
#ifndef CHARTER_TOOLS_CHARTERCTL_PROGRESS_H_
#define CHARTER_TOOLS_CHARTERCTL_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace charter::tools {

// Thread-safe. On a terminal a bar on standard error; elsewhere one line for
// each tenth.
class Progress {
 public:
  Progress(std::string what, int64_t total);
  ~Progress();
  void Add(int64_t done);

 private:
  void Draw();

  const std::string what_;
  const int64_t total_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point began_;
  std::mutex mutex_;
  int64_t done_ = 0;
  int64_t drawn_ = -1;  // thousandths on a terminal, else tenths
};

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_PROGRESS_H_
