// Does what triggers start: pulls actions, holds them while a handler is at
// work, acknowledges what is done and gives back what failed.
//
//   client::ActionWorker worker(
//       v1::MakeEventConnection(channel), client::Once(sink),
//       {.topic = "escalations"});
//   …
//   worker.Stop(absl::Seconds(20));
//
// Exactly once. An action is given out until it is acknowledged, so a handler
// may see one again: when its program was killed, or the acknowledgement was
// lost. `effect_key` is the same each time. What the caller can write in one
// transaction together with the key happens exactly once, by Once. Nobody can
// promise that of an effect outside of a transaction (a mail, another team's
// service), because a program can die between the effect and the note of it.
// Pass it `effect_key` as its idempotency key: it is then once if the other
// side keeps to that. A side that knows no such keys gets it at least once.
#ifndef CHARTER_CLIENT_ACTION_WORKER_H_
#define CHARTER_CLIENT_ACTION_WORKER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/cancellation.h"
#include "charter/client/options.h"
#include "charter/client/retry.h"
#include "charter/client/timing.h"
#include "charter/v1/event_client.h"

namespace charter::client {

// Does one action. OK: it is done, and is acknowledged. INVALID_ARGUMENT,
// OUT_OF_RANGE, UNIMPLEMENTED and DATA_LOSS: it can never be done, and becomes
// a dead letter. Everything else: it comes again later, after what
// RetryDelayOf says or else a while that doubles, and is a dead letter after 20
// attempts. What went wrong is kept with the action as Describe says it.
//
// `cancellation` is cancelled when somebody else got the action or the worker
// can wait no longer; give it to calls (CancellationOption), or ask it now and
// then. CANCELLED, once it is, gives the action back as if not tried.
//
// Called on several threads at once.
using ActionHandler = std::function<absl::Status(
    const v1::Action& action, const Cancellation& cancellation)>;

// Where effects are made and remembered: a database of the caller's.
struct EffectSink {
  // Whether the effect of this key was made, by a transaction that is through.
  std::function<absl::StatusOr<bool>(const std::string& effect_key)> made;
  // Makes the effect and remembers `action.effect_key()`, both in one
  // transaction: all or nothing. The key must be unique there, so that of two
  // at once one fails, with whatever status.
  std::function<absl::Status(const v1::Action& action)> make;
};

// A handler that makes the effect of each key exactly once. After a failure it
// asks `made` once more: another may have been first, or the answer to the
// commit was lost.
ActionHandler Once(EffectSink sink);

// What an ActionWorker pulls, and how.
struct ActionWorkerOptions {
  // Which actions; empty: all but dead letters. See PullActionsRequest.
  std::string topic = "";
  // Handlers at once, each on a thread.
  int threads = 4;
  // Actions pulled and not yet done, those that wait for a thread among them:
  // 1 to 100.
  int most_held = 20;
  // For how long an action is held; while it is worked on its lease is extended
  // before half of it is over. What a killed program held comes again after it.
  // 1 s to 1 h.
  absl::Duration lease = absl::Seconds(60);
  // How long the server may wait for actions before it answers: up to 30 s.
  absl::Duration wait = absl::Seconds(20);
  // Of each call.
  Options call = {};
  // Pauses after a call that failed; `most_attempts` doesn't matter.
  RetryPolicy pauses = {};
  // Null: the machine's. With the fake: `fake.virtual_timing()`.
  std::shared_ptr<Timing> timing = nullptr;
  // Called once, on a thread of the worker's, when no repetition mends what
  // went wrong and it pulls no more: with status(). It must not stop or destroy
  // the worker. May be empty.
  std::function<void(const absl::Status&)> on_end = nullptr;
};

// How a worker is getting on, since its beginning.
struct ActionWorkerProgress {
  int64_t done = 0;      // acknowledged
  int64_t failed = 0;    // given back because the handler said so
  int64_t returned = 0;  // given back as if not tried
  int64_t lost = 0;      // somebody else got them meanwhile
  int held = 0;          // pulled, and none of these yet
};

// Thread-safe. Works on threads of its own until it is destroyed.
class ActionWorker {
 public:
  ActionWorker(std::shared_ptr<v1::EventConnection> connection,
               ActionHandler handler, ActionWorkerOptions options = {});
  // Stops at once: cancels what runs, and waits for it.
  ~ActionWorker();
  ActionWorker(const ActionWorker&) = delete;
  ActionWorker& operator=(const ActionWorker&) = delete;

  // Pulls no more, gives back what waits for a thread, and lets the handlers
  // that run finish. OK: all is settled. DEADLINE_EXCEEDED after `within`: some
  // still run or could not be settled; they are cancelled, and the destructor
  // waits for them. What the server gave out at the very moment of stopping
  // comes again when its lease ends.
  absl::Status Stop(absl::Duration within);

  // OK while it works or after it was stopped; else what no repetition mends
  // (no permission, a bad topic), after which it pulls no more. A token that
  // the server took until now and then refuses is waited for.
  absl::Status status() const;
  // How it is getting on.
  ActionWorkerProgress progress() const;
  // Waits for that, for tests; false: it didn't come within `most` of the
  // machine's time.
  bool WaitUntil(absl::FunctionRef<bool(const ActionWorkerProgress&)> reached,
                 absl::Duration most = absl::Seconds(60)) const;

 private:
  class Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_ACTION_WORKER_H_
