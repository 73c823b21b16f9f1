// Charter in the process of a test: the real call path, services, engine and
// timers over SQLite in a private temporary file, with a clock that goes only
// when it is told to. No port, no thread that waits, no sleep.
//
//   charter::testing::FakeCharter fake;
//   charter::v1::CaseClient cases(fake.channel());
//   …
//   fake.Advance(absl::Hours(4));   // fires every milestone due in between
#ifndef CHARTER_TESTING_FAKE_CHARTER_H_
#define CHARTER_TESTING_FAKE_CHARTER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "charter/client/channel.h"
#include "charter/client/options.h"
#include "charter/client/timing.h"

namespace charter::testing {

// How a fake begins.
struct FakeOptions {
  // The first present: a Monday at 09:00 UTC.
  absl::Time start = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 9, 0, 0),
                                     absl::UTCTimeZone());
  // Who may do what: the text of a token file, as charterd reads it. Empty:
  // everybody may do everything, without a token.
  std::string tokens = "";
};

// Thread-safe, but for Advance, which one thread calls at a time.
class FakeCharter {
 public:
  // Aborts, with the reason on standard error, where it cannot start.
  explicit FakeCharter(FakeOptions options = {});
  ~FakeCharter();
  FakeCharter(const FakeCharter&) = delete;
  FakeCharter& operator=(const FakeCharter&) = delete;

  // A way to it, as Channel::Open gives one to a server. Pauses between
  // attempts take no time on it.
  std::shared_ptr<client::Channel> channel(client::Options options = {});

  // In which nobody waits: for streams and caches, whose pauses are theirs.
  std::shared_ptr<client::Timing> timing();
  // By the fake's clock: a pause ends when Advance comes to its end. For what
  // acts at intervals, an ActionWorker.
  std::shared_ptr<client::Timing> virtual_timing();

  // The present.
  absl::Time now() const;
  // Lets time pass: what falls due on the way is done at its own instant, in
  // order, with everything that follows from it, and published on the feed;
  // then it is `now() + by`. Zero does what is due already.
  void Advance(absl::Duration by);
  // The same, up to an instant that is not before now().
  void AdvanceTo(absl::Time time);

  // Where trouble strikes.
  enum class Fault {
    kNotSent,     // the server never sees the call
    kAnswerLost,  // the server does it, and the caller doesn't learn of it
  };
  // The next `times` attempts at a method fail so, on all channels; of a
  // stream, with kAnswerLost, at its next message. `method`: `OpenCase`,
  // `CaseService/OpenCase`, or `*`: any.
  void FailNext(absl::string_view method, absl::Status status, int times = 1,
                Fault fault = Fault::kNotSent);
  // From now on each attempt at the method takes so long by the fake's clock.
  // Zero: no longer. One that takes longer than the call has left by the
  // machine's clock ends at its deadline: DEADLINE_EXCEEDED, and the server
  // never sees it.
  void Delay(absl::string_view method, absl::Duration by);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace charter::testing

#endif  // CHARTER_TESTING_FAKE_CHARTER_H_
