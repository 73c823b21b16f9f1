#include "server/services/shared/wakeups.h"

#include "server/services/shared/services.h"
#include "storage/records/wakeups.h"

namespace charter::services {

absl::Status SetWakeup(Call& call, storage::Transaction& tx,
                       const std::string& subject,
                       std::optional<sla::Instant> next, storage::Value* due) {
  const auto time = [](std::optional<int64_t> micros) {
    return micros ? std::optional(absl::FromUnixMicros(*micros)) : std::nullopt;
  };
  const int64_t* stored = due->integer();
  const std::optional<absl::Time> from =
      time(stored == nullptr ? std::nullopt : std::optional(*stored));
  const std::optional<absl::Time> to =
      time(next ? std::optional(next->micros()) : std::nullopt);
  *due = next ? storage::Value(next->micros()) : storage::Value();
  if (from == to) return absl::OkStatus();
  if (to) call.Ring(call.services().wakeups, *to);
  return storage::MoveWakeups(tx, {{subject, from, to}});
}

storage::HiddenValues DueSince(absl::Time deleted, contracts::State state,
                               const contracts::Window& window,
                               storage::HiddenValues hidden) {
  const std::optional<sla::Instant> next =
      contracts::NextChange(state, window, sla::Instant::From(deleted));
  if (next) hidden[0] = next->micros();
  return hidden;
}

}  // namespace charter::services
