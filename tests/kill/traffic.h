// Writers that keep a server busy, and their log: the reference by which a
// killed server is judged.
#ifndef CHARTER_TESTS_KILL_TRAFFIC_H_
#define CHARTER_TESTS_KILL_TRAFFIC_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "charter/client/channel.h"
#include "charter/v1/case_client.h"
#include "server/services/shared/clock.h"
#include "tests/kill/calls.h"

namespace charter::test {

// How long a case of the traffic may wait for its first answer.
inline constexpr absl::Duration kTarget = absl::Hours(1);

// What the writers know of one case.
struct LoggedCase {
  // When its first response is due.
  absl::Time target;
  // When it was answered; unset: never.
  std::optional<absl::Time> answered;
  // Keys of the events that were recorded, in order.
  std::vector<std::string> keys;
};

// Makes the account `accounts/acme` whose cases have an hour for a first
// response, round the clock; a violation makes a task. Aborts if it can't.
void SetUpPromise(const std::shared_ptr<client::Channel>& channel);

// Each writer opens a case whose target is up to three seconds ahead, tells
// it of messages, answers every other one, and goes on with the next. The
// server names the cases, so that one that is opened twice is one too many.
class Traffic {
 public:
  Traffic(int writers, const std::string& target, Clock& clock);
  ~Traffic();

  // Waits until, from now on, so many writes were acknowledged within a second;
  // false: they were not in a minute.
  bool WaitForRate(int per_second);
  // How many writes are sent and not answered.
  int in_flight() const;
  int64_t acknowledged() const;
  // Attempts that the SDK repeated.
  int64_t repeated() const { return repetitions_->count(); }
  // How many of the cases that nobody has answered are due in [from, to).
  int DueBetween(absl::Time from, absl::Time to) const;
  // Ends the writers, each after the write that it is at. To be called once.
  void Finish();
  // Valid after Finish.
  const std::map<std::string, LoggedCase>& log() const { return log_; }
  // What no server should have answered, in words.
  const std::vector<std::string>& unexpected() const { return unexpected_; }

 private:
  void Write(int writer, v1::CaseClient cases);
  // Notes what became of a write; `send` makes the call.
  template <typename Send>
  absl::Status Note(const Send& send);

  const std::shared_ptr<Repetitions> repetitions_ =
      std::make_shared<Repetitions>();
  Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, LoggedCase> log_;
  std::vector<std::string> unexpected_;
  std::vector<std::chrono::steady_clock::time_point> acknowledged_;
  int in_flight_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_KILL_TRAFFIC_H_
