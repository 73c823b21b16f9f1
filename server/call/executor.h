// The threads that run handlers, each with a database session of its own.
#ifndef CHARTER_SERVER_CALL_EXECUTOR_H_
#define CHARTER_SERVER_CALL_EXECUTOR_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/store.h"

namespace charter::call {

struct ExecutorOptions {
  // 1 to 64; 8 to 16 suit most machines: more only wait for each other in the
  // database.
  int threads = 8;
  // Jobs that wait, beyond which Submit refuses. Short, so that callers learn
  // early that the server is busy.
  int queue_limit = 256;
  // Of these, at most so many heavy ones.
  int heavy_queue_limit = 16;
};

// Takes no database session from a pool and blocks no thread of the transport.
// Thread-safe.
class Executor {
 public:
  // Runs on a worker thread; must not throw.
  using Job = std::function<void(storage::Session&)>;

  Executor(storage::Store& store, const ExecutorOptions& options);
  // Stops.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False when the queue is full or the executor stopped: the job is dropped.
  // Jobs start in the order of submission, but at most half the threads (at
  // least one) run heavy ones.
  bool Submit(bool heavy, Job job);
  // As Submit, whatever the length of the queue: for calls that were admitted
  // before and go on. False only after Stop.
  bool Resume(Job job);

  // Runs what is queued, then ends the threads. Later submissions are refused.
  void Stop();

  int threads() const { return static_cast<int>(threads_.size()); }

 private:
  struct Entry {
    int64_t number;
    Job job;
  };

  void Work(storage::Store& store);
  // The next entry that may run; nullopt: none at present. Needs the lock.
  bool TakeNext(Entry* entry, bool* heavy);

  const ExecutorOptions options_;
  const int max_heavy_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> light_;
  std::deque<Entry> heavy_;
  int64_t next_number_ = 0;
  int running_heavy_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_EXECUTOR_H_
