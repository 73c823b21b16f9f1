#include "server/call/executor.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace charter::call {

Executor::Executor(storage::Store& store, const ExecutorOptions& options)
    : options_(options), max_heavy_(std::max(1, options.threads / 2)) {
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    threads_.emplace_back([this, &store] { Work(store); });
  }
}

Executor::~Executor() { Stop(); }

bool Executor::Submit(bool heavy, Job job) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const int waiting = static_cast<int>(light_.size() + heavy_.size());
    if (stopping_ || waiting >= options_.queue_limit ||
        (heavy &&
         static_cast<int>(heavy_.size()) >= options_.heavy_queue_limit)) {
      return false;
    }
    (heavy ? heavy_ : light_).push_back({next_number_++, std::move(job)});
  }
  wake_.notify_one();
  return true;
}

bool Executor::Resume(Job job) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return false;
    light_.push_back({next_number_++, std::move(job)});
  }
  wake_.notify_one();
  return true;
}

void Executor::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool Executor::TakeNext(Entry* entry, bool* heavy) {
  const bool may_heavy = !heavy_.empty() && running_heavy_ < max_heavy_;
  if (!may_heavy && light_.empty()) return false;
  *heavy = may_heavy &&
           (light_.empty() || heavy_.front().number < light_.front().number);
  std::deque<Entry>& queue = *heavy ? heavy_ : light_;
  *entry = std::move(queue.front());
  queue.pop_front();
  return true;
}

void Executor::Work(storage::Store& store) {
  const std::unique_ptr<storage::Session> session = store.OpenSession();
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    Entry entry;
    bool heavy = false;
    if (!TakeNext(&entry, &heavy)) {
      if (stopping_ && light_.empty() && heavy_.empty()) return;
      wake_.wait(lock);
      continue;
    }
    running_heavy_ += heavy ? 1 : 0;
    lock.unlock();
    entry.job(*session);
    entry.job = nullptr;  // what it holds goes before the next one comes
    lock.lock();
    running_heavy_ -= heavy ? 1 : 0;
    // A heavy job that had to wait, or a thread that waits for the end.
    if (heavy || stopping_) wake_.notify_all();
  }
}

}  // namespace charter::call
