#include "charter/client/action_worker.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "charter/client/event_stream.h"
#include "charter/client/generated.h"
#include "charter/client/status.h"
#include "client-sdk/src/action_outcome.h"

namespace charter::client {
namespace {

constexpr int kMostHeld = 100;  // that a pull may ask for
constexpr absl::Duration kLongestStop = absl::Hours(24);
constexpr absl::Duration kLongestWait = absl::Hours(24 * 365);

}  // namespace

class ActionWorker::Impl {
 public:
  Impl(std::shared_ptr<v1::EventConnection> connection, ActionHandler handler,
       ActionWorkerOptions options)
      : connection_(std::move(connection)),
        handler_(std::move(handler)),
        options_(std::move(options)),
        most_held_(std::clamp(options_.most_held, 1, kMostHeld)),
        timing_(options_.timing == nullptr ? SystemTiming() : options_.timing) {
    puller_ = std::thread([this] { Pull(); });
    extender_ = std::thread([this] { Extend(); });
    settler_ = std::thread([this] { Settle(); });
    for (int i = 0; i < std::max(1, options_.threads); ++i)
      handlers_.emplace_back([this] { Handle(); });
  }

  ~Impl() {
    BeginToStop();
    CancelAll();
    puller_.join();
    for (std::thread& handler : handlers_) handler.join();
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    extending_.Cancel();
    timing_->Wake();
    extender_.join();
    settler_.join();
  }

  absl::Status Stop(absl::Duration within) {
    BeginToStop();
    timing_->Sleep(std::min(within, kLongestStop), [this] {
      const std::lock_guard lock(mutex_);
      return pulled_last_ && held_.empty();
    });
    size_t held = 0;
    {
      const std::lock_guard lock(mutex_);
      if (pulled_last_ && held_.empty()) return absl::OkStatus();
      held = held_.size();
    }
    CancelAll();
    return absl::DeadlineExceededError(absl::StrCat(
        held, " actions are still held: the handlers that run are cancelled"));
  }

  absl::Status status() const {
    const std::lock_guard lock(mutex_);
    return broken_;
  }

  ActionWorkerProgress progress() const {
    const std::lock_guard lock(mutex_);
    return Progress();
  }

  bool WaitUntil(absl::FunctionRef<bool(const ActionWorkerProgress&)> reached,
                 absl::Duration most) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, absl::ToChronoNanoseconds(std::min(most, kLongestWait)),
        [&] { return reached(Progress()); });
  }

 private:
  // An action that was pulled and is not settled yet.
  struct Held {
    v1::Action action;
    std::string lease;  // the latest
    absl::Time since;   // when it was pulled, or extended last
    Cancellation cancellation;
    // Nobody works on it any more, and this is to be said of it; nothing: that
    // it is done.
    bool concluded = false;
    std::optional<v1::RejectActionRequest> rejection;
  };
  using HeldByLease = std::map<std::string, std::shared_ptr<Held>>;

  // --- threads ---

  void Pull() {
    int failures = 0;
    while (const int room = AwaitRoom()) {
      v1::PullActionsRequest request;
      request.set_topic(options_.topic);
      request.set_max_actions(room);
      internal::Put(options_.lease, request.mutable_lease_duration());
      internal::Put(options_.wait, request.mutable_wait());
      Options call = options_.call;
      // The server may wait before it answers.
      if (call.Find<DeadlineOption>() == nullptr)
        call.Set<DeadlineOption>(options_.wait + absl::Seconds(10));
      call.Set<CancellationOption>(pulling_);
      const absl::StatusOr<v1::PullActionsResponse> response =
          connection_->PullActions(request, call);
      if (response.ok()) {
        failures = 0;
        Take(*response);
      } else {
        Note(response.status());
        Pause(&failures, response.status(), [this] { return PullsNoMore(); });
      }
    }
    {
      const std::lock_guard lock(mutex_);
      pulled_last_ = true;
      if (stopping_) GiveBackWaiting();
    }
    timing_->Wake();
  }

  void Handle() {
    for (;;) {
      std::shared_ptr<Held> held;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        held = std::move(waiting_.front());
        waiting_.pop_front();
      }
      const absl::Status status = handler_(held->action, held->cancellation);
      const std::lock_guard lock(mutex_);
      if (status.ok()) {
        Conclude(held, std::nullopt);
      } else if (absl::IsCancelled(status) && held->cancellation.cancelled()) {
        Conclude(held, internal::Untried());
      } else {
        Conclude(held, internal::RejectionOf(status));
      }
    }
  }

  // A lease is extended when a quarter of it is over, together with those that
  // are about to be.
  void Extend() {
    const absl::Duration quarter = options_.lease / 4;
    const auto done = [this] { return Ended(); };
    int failures = 0;
    for (;;) {
      timing_->Sleep(OldestSince() + quarter - timing_->Steady(), done);
      if (done()) return;
      const absl::Time now = timing_->Steady();
      const v1::ExtendActionLeaseRequest request = HeldSince(now - quarter / 2);
      if (request.lease_ids().empty()) continue;
      Options call = options_.call;
      if (call.Find<DeadlineOption>() == nullptr)
        call.Set<DeadlineOption>(options_.lease / 2);
      call.Set<CancellationOption>(extending_);
      const absl::StatusOr<v1::ExtendActionLeaseResponse> response =
          connection_->ExtendActionLease(request, call);
      if (response.ok()) {
        failures = 0;
        Extended(request, *response, now);
      } else {
        Note(response.status());
        Pause(&failures, response.status(), done);
      }
    }
  }

  void Settle() {
    int failures = 0;
    for (;;) {
      HeldByLease batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ended_ || !settling_.empty(); });
        if (settling_.empty()) return;
        batch.swap(settling_);
      }
      absl::Status status = Acknowledge(batch);
      status.Update(GiveBack(batch));
      timing_->Wake();
      if (status.ok()) {
        failures = 0;
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        for (const auto& [lease, held] : batch) {
          if (held_.contains(lease)) settling_.emplace(lease, held);
        }
        // What this held comes again when its lease ends.
        if (ended_) return;
      }
      Note(status);
      Pause(&failures, status, [this] { return Ended(); });
    }
  }

  // --- steps ---

  // Waits for room; 0: no more are wanted.
  int AwaitRoom() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return stopping_ || !broken_.ok() ||
             static_cast<int>(held_.size()) < most_held_;
    });
    if (stopping_ || !broken_.ok()) return 0;
    return most_held_ - static_cast<int>(held_.size());
  }

  void Take(const v1::PullActionsResponse& response) {
    const absl::Time now = timing_->Steady();
    const std::lock_guard lock(mutex_);
    worked_ = true;
    for (const v1::Action& action : response.actions()) {
      if (Renew(action, now)) continue;
      auto held = std::make_shared<Held>();
      held->action = action;
      held->lease = action.lease_id();
      held->since = now;
      held_.emplace(held->lease, held);
      if (stopping_) {
        Conclude(held, internal::Untried());
      } else {
        waiting_.push_back(std::move(held));
      }
    }
    changed_.notify_all();
  }

  // What ran out while a handler is still at work on it, as when the server was
  // away, and was given out to this worker again, goes on under the new lease.
  bool Renew(const v1::Action& action, absl::Time now) {
    for (auto it = held_.begin(); it != held_.end(); ++it) {
      const std::shared_ptr<Held> held = it->second;
      if (held->action.effect_key() != action.effect_key() || held->concluded)
        continue;
      held_.erase(it);
      held->lease = action.lease_id();
      held->since = now;
      held_.emplace(held->lease, held);
      return true;
    }
    return false;
  }

  void Conclude(const std::shared_ptr<Held>& held,
                std::optional<v1::RejectActionRequest> rejection) {
    const std::string& lease = held->lease;
    if (!held_.contains(lease)) return;  // lost meanwhile
    held->concluded = true;
    if (rejection.has_value()) rejection->set_lease_id(lease);
    held->rejection = std::move(rejection);
    settling_.emplace(lease, held);
    changed_.notify_all();
  }

  // Of what is worked on or waits for it; now: nothing is.
  absl::Time OldestSince() {
    absl::Time oldest = timing_->Steady();
    const std::lock_guard lock(mutex_);
    for (const auto& [lease, held] : held_) {
      if (!held->concluded) oldest = std::min(oldest, held->since);
    }
    return oldest;
  }

  v1::ExtendActionLeaseRequest HeldSince(absl::Time time) {
    v1::ExtendActionLeaseRequest request;
    internal::Put(options_.lease, request.mutable_lease_duration());
    const std::lock_guard lock(mutex_);
    for (const auto& [lease, held] : held_) {
      if (!held->concluded && held->since <= time) request.add_lease_ids(lease);
    }
    return request;
  }

  void Extended(const v1::ExtendActionLeaseRequest& request,
                const v1::ExtendActionLeaseResponse& response, absl::Time now) {
    std::vector<Cancellation> lost;
    {
      const std::lock_guard lock(mutex_);
      for (const std::string& lease : request.lease_ids()) {
        if (const auto found = held_.find(lease); found != held_.end())
          found->second->since = now;
      }
      for (const std::string& lease : response.expired_lease_ids()) {
        const auto found = held_.find(lease);
        // What was concluded meanwhile is no longer held for that reason.
        if (found == held_.end() || found->second->concluded) continue;
        lost.push_back(found->second->cancellation);
        waiting_.erase(
            std::remove(waiting_.begin(), waiting_.end(), found->second),
            waiting_.end());
        Forget(lease, &ActionWorkerProgress::lost);
      }
    }
    for (Cancellation& cancellation : lost) cancellation.Cancel();
    timing_->Wake();
  }

  absl::Status Acknowledge(const HeldByLease& batch) {
    v1::AckActionsRequest request;
    for (const auto& [lease, held] : batch) {
      if (!held->rejection.has_value()) request.add_lease_ids(lease);
    }
    if (request.lease_ids().empty()) return absl::OkStatus();
    const absl::StatusOr<v1::AckActionsResponse> response =
        connection_->AckActions(request, options_.call);
    if (!response.ok()) return response.status();
    const std::lock_guard lock(mutex_);
    for (const std::string& lease : response->expired_lease_ids())
      Forget(lease, &ActionWorkerProgress::lost);
    for (const std::string& lease : request.lease_ids())
      Forget(lease, &ActionWorkerProgress::done);
    return absl::OkStatus();
  }

  absl::Status GiveBack(const HeldByLease& batch) {
    std::vector<std::shared_ptr<Held>> rejected;
    for (const auto& [lease, held] : batch) {
      if (held->rejection.has_value()) rejected.push_back(held);
    }
    size_t answers = 0;  // guarded by mutex_, as is
    absl::Status result;
    for (const std::shared_ptr<Held>& held : rejected) {
      connection_->AsyncRejectAction(
          *held->rejection, options_.call,
          [&](absl::StatusOr<v1::RejectActionResponse> response) {
            const std::lock_guard lock(mutex_);
            if (!response.ok()) {
              result.Update(response.status());
            } else {
              Forget(held->lease, response->lease_expired()
                                      ? &ActionWorkerProgress::lost
                                  : held->rejection->uncounted()
                                      ? &ActionWorkerProgress::returned
                                      : &ActionWorkerProgress::failed);
            }
            ++answers;
            changed_.notify_all();
          });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return answers == rejected.size(); });
    return result;
  }

  // Counts it once, as the first that it is said to be.
  void Forget(const std::string& lease, int64_t ActionWorkerProgress::*as) {
    if (held_.erase(lease) == 0) return;
    ++(progress_.*as);
    changed_.notify_all();
  }

  void BeginToStop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
      if (pulled_last_) GiveBackWaiting();
    }
    pulling_.Cancel();
    timing_->Wake();
  }

  // When this pulls no more: else it would get them itself.
  void GiveBackWaiting() {
    for (const std::shared_ptr<Held>& held : waiting_)
      Conclude(held, internal::Untried());
    waiting_.clear();
  }

  void CancelAll() {
    std::vector<Cancellation> running;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [lease, held] : held_) {
        if (!held->concluded) running.push_back(held->cancellation);
      }
    }
    for (Cancellation& cancellation : running) cancellation.Cancel();
  }

  // Keeps a failure that no repetition mends: it ends the pulling.
  void Note(const absl::Status& failure) {
    {
      const std::lock_guard lock(mutex_);
      if (!broken_.ok() || !internal::EndsPulling(failure, worked_)) return;
      broken_ = failure;
      changed_.notify_all();
    }
    if (options_.on_end != nullptr) options_.on_end(failure);
  }

  void Pause(int* failures, const absl::Status& failure,
             const std::function<bool()>& done) {
    timing_->Sleep(internal::PauseOf(options_.pauses, (*failures)++,
                                     RetryDelayOf(failure)),
                   done);
  }

  bool PullsNoMore() const {
    const std::lock_guard lock(mutex_);
    return stopping_ || !broken_.ok();
  }
  bool Ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }
  ActionWorkerProgress Progress() const {
    ActionWorkerProgress progress = progress_;
    progress.held = static_cast<int>(held_.size());
    return progress;
  }

  const std::shared_ptr<v1::EventConnection> connection_;
  const ActionHandler handler_;
  const ActionWorkerOptions options_;
  const int most_held_;
  const std::shared_ptr<Timing> timing_;
  Cancellation pulling_, extending_;

  // Never held while a handler, a call or the timing is called. It is not
  // Abseil's, which the thread sanitizer can't see into. Guards what follows.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool worked_ = false;  // something was pulled, if only that there is nothing
  bool stopping_ = false;
  bool pulled_last_ = false;
  bool ended_ = false;  // no handler runs any more
  absl::Status broken_;
  ActionWorkerProgress progress_;
  HeldByLease held_;  // all of them
  std::deque<std::shared_ptr<Held>> waiting_;
  HeldByLease settling_;  // concluded, not yet told

  std::thread puller_, extender_, settler_;
  std::vector<std::thread> handlers_;
};

ActionWorker::ActionWorker(std::shared_ptr<v1::EventConnection> connection,
                           ActionHandler handler, ActionWorkerOptions options)
    : impl_(std::make_unique<Impl>(std::move(connection), std::move(handler),
                                   std::move(options))) {}

ActionWorker::~ActionWorker() = default;

absl::Status ActionWorker::Stop(absl::Duration within) {
  return impl_->Stop(within);
}

absl::Status ActionWorker::status() const { return impl_->status(); }

ActionWorkerProgress ActionWorker::progress() const {
  return impl_->progress();
}

bool ActionWorker::WaitUntil(
    absl::FunctionRef<bool(const ActionWorkerProgress&)> reached,
    absl::Duration most) const {
  return impl_->WaitUntil(reached, most);
}

}  // namespace charter::client
