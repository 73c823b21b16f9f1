#include "server/workers/lease_keeper.h"

#include "server/services/shared/clock.h"
#include "storage/records/ids.h"

namespace charter::workers {
LeaseKeeper::LeaseKeeper(services::Services& services, absl::string_view name)
    : name_(name),
      alone_(services.store->dialect().engine() == storage::Engine::kSqlite),
      // Whoever has the file takes over what the last one held.
      owner_(alone_ ? "the file's server"
                    : services.ids->Make(services.clock->Now())) {}

absl::StatusOr<bool> LeaseKeeper::Hold(storage::Session& session,
                                       absl::Time now) {
  if (now < ask_at_ && (lease_.has_value() || !alone_))
    return lease_.has_value();
  storage::TxOptions options;
  options.now = now;
  options.deadline = now + kLifetime;
  bool held = false;
  if (lease_.has_value()) {
    storage::Lease renewed = *lease_;
    absl::Status status =
        session.Write(options, [&](storage::Transaction& tx) -> absl::Status {
          absl::StatusOr<bool> done =
              storage::RenewLease(tx, &renewed, kLifetime, now);
          if (!done.ok()) return done.status();
          held = *done;
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    if (held) {
      lease_ = renewed;
      ask_at_ = now + kRenewEvery;
      return true;
    }
    lease_.reset();
  }
  std::optional<storage::Lease> taken;
  absl::Status status =
      session.Write(options, [&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::optional<storage::Lease>> got =
            storage::AcquireLease(tx, name_, owner_, kLifetime, now);
        if (!got.ok()) return got.status();
        taken = *std::move(got);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  lease_ = taken;
  if (taken.has_value()) {
    ask_at_ = alone_ ? absl::InfiniteFuture() : now + kRenewEvery;
  } else {
    ask_at_ = now + kAskEvery;
  }
  return taken.has_value();
}

absl::Time LeaseKeeper::due() const { return ask_at_; }

void LeaseKeeper::Rest(storage::Session& session, absl::Time now) {
  if (!alone_) Release(session, now);
}

void LeaseKeeper::Release(storage::Session& session, absl::Time now) {
  if (!lease_.has_value()) return;
  storage::TxOptions options;
  options.now = now;
  options.deadline = now + kLifetime;
  // Where it fails, the lease runs out by itself.
  session
      .Write(options,
             [&](storage::Transaction& tx) {
               return storage::ReleaseLease(tx, *lease_);
             })
      .IgnoreError();
  lease_.reset();
  ask_at_ = absl::InfinitePast();
}

}  // namespace charter::workers
