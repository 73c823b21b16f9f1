#include "tools/charterctl/progress.h"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>

namespace charter::tools {
namespace {

constexpr int kWidth = 40;

}  // namespace

Progress::Progress(std::string what, int64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) == 1),
      began_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (terminal_ && drawn_ >= 0) std::fputc('\n', stderr);
}

void Progress::Add(int64_t done) {
  std::lock_guard<std::mutex> lock(mutex_);
  done_ += done;
  Draw();
}

void Progress::Draw() {
  if (total_ <= 0) return;
  const int64_t step = terminal_ ? done_ * 1000 / total_ : done_ * 10 / total_;
  if (step == drawn_) return;
  drawn_ = step;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began_)
          .count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  if (!terminal_) {
    std::fprintf(stderr, "%s: %lld of %lld, %.0f a second\n", what_.c_str(),
                 static_cast<long long>(done_), static_cast<long long>(total_),
                 rate);
    return;
  }
  const int filled = static_cast<int>(done_ * kWidth / total_);
  std::fprintf(stderr, "\r%s [%s%s] %lld/%lld  %.0f/s ", what_.c_str(),
               std::string(static_cast<size_t>(filled), '#').c_str(),
               std::string(static_cast<size_t>(kWidth - filled), '.').c_str(),
               static_cast<long long>(done_), static_cast<long long>(total_),
               rate);
  std::fflush(stderr);
}

}  // namespace charter::tools
