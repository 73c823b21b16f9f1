#include "storage/records/leases.h"

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"
#include "storage/sql/errors.h"

namespace charter::storage {
namespace {

using internal::FromUs;
using internal::ToUs;

absl::StatusOr<std::optional<Lease>> Find(Transaction& tx,
                                          absl::string_view name,
                                          absl::string_view lock) {
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat(
          "SELECT owner, epoch, expire_us FROM leases WHERE name = :name",
          lock),
      {{"name", name}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  const Row row = (*rows)[0];
  return Lease{std::string(name), std::string(row.Text(0)), row.Int64(1),
               FromUs(row.Int64(2))};
}

// Sets the expiry, unless somebody else took the lease since.
absl::StatusOr<bool> SetExpiry(Transaction& tx, const Lease& lease,
                               int64_t expire_us) {
  const absl::StatusOr<int64_t> done = tx.Execute(
      "UPDATE leases SET expire_us = :expire_us WHERE name = :name AND owner = "
      ":owner "
      "AND epoch = :epoch",
      {{"expire_us", expire_us},
       {"name", lease.name},
       {"owner", lease.owner},
       {"epoch", lease.epoch}});
  if (!done.ok()) return done.status();
  return *done == 1;
}

}  // namespace

absl::StatusOr<std::optional<Lease>> AcquireLease(Transaction& tx,
                                                  absl::string_view name,
                                                  absl::string_view owner,
                                                  absl::Duration lifetime,
                                                  absl::Time now) {
  const absl::StatusOr<std::optional<Lease>> found =
      Find(tx, name, tx.dialect().ForUpdate());
  if (!found.ok()) return found.status();
  Lease lease{std::string(name), std::string(owner), 1, now + lifetime};
  Binds binds = {{"name", name},
                 {"owner", owner},
                 {"epoch", lease.epoch},
                 {"expire_us", ToUs(lease.expire_time)}};
  if (!found->has_value()) {
    const absl::Status status = tx.Execute(
                                      "INSERT INTO leases (name, owner, epoch, "
                                      "expire_us) VALUES (:name, :owner, "
                                      ":epoch, :expire_us)",
                                      binds)
                                    .status();
    // Somebody else was the first a moment ago.
    if (KindOf(status) == ErrorKind::kDuplicateKey) return std::nullopt;
    if (!status.ok()) return status;
    return lease;
  }
  const Lease& held = **found;
  if (held.owner != owner && held.expire_time > now) return std::nullopt;
  lease.epoch = held.epoch + 1;
  const absl::StatusOr<int64_t> done = tx.Execute(
      "UPDATE leases SET owner = :owner, epoch = :epoch, expire_us = "
      ":expire_us WHERE name = :name "
      "AND epoch = :held",
      {{"owner", owner},
       {"epoch", lease.epoch},
       {"expire_us", ToUs(lease.expire_time)},
       {"name", name},
       {"held", held.epoch}});
  if (!done.ok()) return done.status();
  if (*done != 1) return std::nullopt;
  return lease;
}

absl::StatusOr<bool> RenewLease(Transaction& tx, Lease* lease,
                                absl::Duration lifetime, absl::Time now) {
  const absl::StatusOr<bool> held = SetExpiry(tx, *lease, ToUs(now + lifetime));
  if (held.ok() && *held) lease->expire_time = now + lifetime;
  return held;
}

absl::Status ReleaseLease(Transaction& tx, const Lease& lease) {
  return SetExpiry(tx, lease, 0).status();
}

absl::StatusOr<std::optional<Lease>> ReadLease(Transaction& tx,
                                               absl::string_view name,
                                               absl::Time now) {
  absl::StatusOr<std::optional<Lease>> found = Find(tx, name, "");
  if (!found.ok()) return found.status();
  if (found->has_value() && (*found)->expire_time <= now) return std::nullopt;
  return found;
}

}  // namespace charter::storage
