// Keeps recurring holidays known for years ahead (semantics B2).
#ifndef CHARTER_SERVER_WORKERS_HOLIDAY_RENEWAL_H_
#define CHARTER_SERVER_WORKERS_HOLIDAY_RENEWAL_H_

#include "server/workers/lease_keeper.h"
#include "server/workers/worker.h"

namespace charter::workers {

// A version of business hours knows its recurring holidays to ten years past
// its effective time. When that is a year ago it is renewed: the same
// definition becomes the next version, from now on, and open items are computed
// anew (B9), of which only those change that look farther than was known. The
// set's etag stays: its client has changed nothing.
class HolidayRenewal : public Worker {
 public:
  static constexpr absl::Duration kRenewAfter = absl::Hours(24 * 365);

  explicit HolidayRenewal(services::Services& services);
  ~HolidayRenewal() override { Stop(); }

 private:
  absl::StatusOr<absl::Time> Work(storage::Session& session,
                                  absl::Time now) override;
  void Leave(storage::Session& session) override;

  LeaseKeeper lease_;
  absl::Time next_round_ = absl::InfinitePast();
};

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_HOLIDAY_RENEWAL_H_
