// Named leases: which server does a job that one alone should do.
//
// A lease only avoids double work. What must not happen twice is guarded by the
// epoch, which rises with every new holder: who writes under a lease compares
// it in the same transaction (fencing).
#ifndef CHARTER_STORAGE_RECORDS_LEASES_H_
#define CHARTER_STORAGE_RECORDS_LEASES_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/transaction.h"

namespace charter::storage {

struct Lease {
  std::string name;   // "feed", "wakeups/3", at most 64 characters of ASCII
  std::string owner;  // the server's instance id, another one after each start;
                      // at most 64
  int64_t epoch = 0;  // from 1
  absl::Time expire_time;
};

// Takes the lease if nobody holds it at `now`, or `owner` does (then with a new
// epoch). Absent: somebody else holds it.
absl::StatusOr<std::optional<Lease>> AcquireLease(Transaction& tx,
                                                  absl::string_view name,
                                                  absl::string_view owner,
                                                  absl::Duration lifetime,
                                                  absl::Time now);

// Lengthens a lease that nobody else took since, also one that has run out.
// False: lost; stop the work and acquire it again.
absl::StatusOr<bool> RenewLease(Transaction& tx, Lease* lease,
                                absl::Duration lifetime, absl::Time now);

// Gives it back, so that the next one needn't wait. A lost lease is left alone.
// Its epoch stays.
absl::Status ReleaseLease(Transaction& tx, const Lease& lease);

// Who holds it at `now`; absent: nobody.
absl::StatusOr<std::optional<Lease>> ReadLease(Transaction& tx,
                                               absl::string_view name,
                                               absl::Time now);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_RECORDS_LEASES_H_
