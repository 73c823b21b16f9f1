#include <utility>

#include "charter/client/action_worker.h"

namespace charter::client {

ActionHandler Once(EffectSink sink) {
  return [sink = std::move(sink)](const v1::Action& action,
                                  const Cancellation& cancellation) {
    absl::StatusOr<bool> made = sink.made(action.effect_key());
    if (!made.ok()) return made.status();
    if (*made) return absl::OkStatus();
    if (cancellation.cancelled())
      return absl::CancelledError("given up before the effect was made");
    absl::Status status = sink.make(action);
    if (status.ok()) return status;
    made = sink.made(action.effect_key());
    return made.ok() && *made ? absl::OkStatus() : status;
  };
}

}  // namespace charter::client
