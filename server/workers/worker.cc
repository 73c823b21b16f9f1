#include "server/workers/worker.h"

#include <algorithm>
#include <utility>

#include "server/observability/log.h"

namespace charter::workers {
namespace {

// Until when a transaction of a pass has to be through, locks and all.
constexpr absl::Duration kLongestPass = absl::Seconds(30);
// After a pass that failed.
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
// The machine's clock may be set, so no sleep is longer.
constexpr absl::Duration kLongestSleep = absl::Seconds(1);

}  // namespace

Worker::Worker(services::Services& services, absl::string_view name, Bell* bell,
               absl::Duration look_every)
    : services_(services),
      name_(name),
      bell_(bell),
      look_every_(look_every),
      due_(absl::InfinitePast()) {}

// Whoever derives from this stops first, or is stopped.
Worker::~Worker() = default;

void Worker::Start() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (running_) return;
  running_ = true;
  stopping_ = false;
  due_ = absl::InfinitePast();
  if (bell_ != nullptr) {
    listening_ = bell_->Listen([this](absl::Time when) { Rung(when); });
  }
  thread_ = std::thread([this] { Run(); });
}

void Worker::Stop() {
  std::thread thread;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!running_ || stopping_) return;
    stopping_ = true;
    thread = std::move(thread_);
    wake_.notify_all();
  }
  thread.join();
  if (bell_ != nullptr) bell_->Forget(listening_);
  std::lock_guard<std::mutex> lock(mutex_);
  running_ = false;
}

void Worker::Rung(absl::Time when) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (when >= due_) return;
  due_ = when;
  wake_.notify_all();
}

absl::StatusOr<absl::Time> Worker::RunOnce() {
  std::lock_guard<std::mutex> pass(pass_mutex_);
  if (session_ == nullptr) session_ = services_.store->OpenSession();
  return Work(*session_, services_.clock->Now());
}

absl::Status Worker::RunUntilIdle() {
  {
    std::lock_guard<std::mutex> pass(pass_mutex_);
    if (session_ == nullptr) session_ = services_.store->OpenSession();
  }
  return RunUntilIdle(*session_);
}

absl::Status Worker::RunUntilIdle(storage::Session& session) {
  while (true) {
    std::lock_guard<std::mutex> pass(pass_mutex_);
    absl::StatusOr<absl::Time> next = Work(session, services_.clock->Now());
    if (!next.ok()) return next.status();
    if (*next > services_.clock->Now()) return absl::OkStatus();
  }
}

void Worker::Run() {
  absl::Duration pause = kFirstPause;
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    due_ = absl::InfiniteFuture();  // a ring from here on isn't missed
    lock.unlock();
    const absl::StatusOr<absl::Time> next = RunOnce();
    const absl::Time now = services_.clock->Now();
    lock.lock();
    bool failed = false;
    if (next.ok()) {
      pause = kFirstPause;
      due_ = std::min(due_, *next);
      if (shared()) due_ = std::min(due_, now + look_every_);
    } else {
      failed = true;
      due_ = now + pause;
      if (pause == kFirstPause || pause == kLongestPause) {
        LogWarning("a worker's pass failed; it is repeated",
                   {{"worker", name_},
                    {"code", absl::StatusCodeToString(next.status().code())}});
      }
      pause = std::min(pause * 2, kLongestPause);
    }
    const absl::Time not_before = failed ? due_ : absl::InfinitePast();
    // By the machine's clock, whatever the services' says.
    if (!failed) {
      wake_.wait_for(lock, absl::ToChronoNanoseconds(Rest()),
                     [this] { return stopping_; });
    }
    while (!stopping_) {
      const absl::Duration left =
          std::max(due_, not_before) - services_.clock->Now();
      if (left <= absl::ZeroDuration()) break;
      wake_.wait_for(lock,
                     absl::ToChronoNanoseconds(std::min(left, kLongestSleep)));
    }
  }
  lock.unlock();
  std::lock_guard<std::mutex> pass(pass_mutex_);
  if (session_ != nullptr) Leave(*session_);
}

services::CallInfo Worker::Info(absl::Time now) const {
  services::CallInfo info = services::CallInfo::System(name_, now);
  info.deadline = std::chrono::steady_clock::now() +
                  absl::ToChronoNanoseconds(kLongestPass);
  return info;
}

bool Worker::shared() const {
  return services_.store->dialect().engine() == storage::Engine::kMysql;
}

}  // namespace charter::workers
