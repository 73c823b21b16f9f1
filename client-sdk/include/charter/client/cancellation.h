// Giving a call up from outside.
#ifndef CHARTER_CLIENT_CANCELLATION_H_
#define CHARTER_CLIENT_CANCELLATION_H_

#include <cstdint>
#include <functional>
#include <memory>

namespace charter::client {

// A handle to copy: one copy goes with the calls, another cancels them. The
// calls return CANCELLED at once, whether an attempt runs or a pause between
// two; what the server had done by then is done. Thread-safe.
class Cancellation {
 public:
  Cancellation();
  // Cancels all calls that have it, and those that will get it.
  void Cancel();
  bool cancelled() const;

  // For the runtime: `act` is run when it is cancelled, at once if it is
  // already. The returned number takes it back with Forget, which waits while
  // it runs. `act` must not call Forget.
  uint64_t OnCancel(std::function<void()> act) const;
  void Forget(uint64_t id) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Gives up the calls that have it.
struct CancellationOption {
  using Type = Cancellation;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_CANCELLATION_H_
