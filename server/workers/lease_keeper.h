// One server of several does a job: the lease behind it, taken and renewed as
// time goes by.
#ifndef CHARTER_SERVER_WORKERS_LEASE_KEEPER_H_
#define CHARTER_SERVER_WORKERS_LEASE_KEEPER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/services/shared/services.h"
#include "storage/records/leases.h"
#include "storage/store.h"

namespace charter::workers {

// Belongs to one worker. A lease that its holder does not renew is free after
// kLifetime, so that another server goes on within 5 s of a kill (W1). On
// SQLite, whose file one server has, it is free at once.
class LeaseKeeper {
 public:
  static constexpr absl::Duration kLifetime = absl::Seconds(3);
  static constexpr absl::Duration kRenewEvery = absl::Seconds(1);
  // How often somebody who doesn't hold it asks for it.
  static constexpr absl::Duration kAskEvery = absl::Milliseconds(500);

  LeaseKeeper(services::Services& services, absl::string_view name);

  // Whether this server holds the lease: asks for it, or renews it, when it is
  // time to. Mostly costs nothing.
  absl::StatusOr<bool> Hold(storage::Session& session, absl::Time now);
  // When to call Hold again.
  absl::Time due() const;
  // Of the lease that is held.
  int64_t epoch() const { return lease_->epoch; }
  // Somebody else has it, as it turned out.
  void Lose() { lease_.reset(); }
  // Between rounds of work: gives it back, unless no other server can want it.
  void Rest(storage::Session& session, absl::Time now);
  // Gives it back.
  void Release(storage::Session& session, absl::Time now);

 private:
  const std::string name_;
  const bool alone_;  // no other server can have the database
  const std::string owner_;
  std::optional<storage::Lease> lease_;
  absl::Time ask_at_ = absl::InfinitePast();
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_LEASE_KEEPER_H_
