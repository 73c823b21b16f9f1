#include "server/services/ledger/ledger_convert.h"

#include "absl/strings/str_cat.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {

v1::UnitBalance ToProto(const ledger::Balance& balance) {
  v1::UnitBalance proto;
  proto.set_available(balance.available);
  proto.set_reserved(balance.reserved);
  proto.set_committed(balance.committed);
  return proto;
}

v1::LedgerEntry ToProto(absl::string_view entitlement,
                        const storage::LedgerEntryRecord& record) {
  const ledger::Entry& entry = record.entry;
  v1::LedgerEntry proto;
  proto.set_name(absl::StrCat(entitlement, "/ledgerEntries/", entry.number));
  proto.set_kind(static_cast<v1::LedgerEntry::Kind>(entry.kind));
  proto.set_subject(entry.subject);
  proto.set_units(entry.units);
  *proto.mutable_change() = ToProto(entry.change);
  *proto.mutable_effective_time() = ToProto(entry.effective);
  *proto.mutable_record_time() = ToProto(record.writer.time);
  proto.set_lot(entry.lot);
  proto.set_cause(entry.cause);
  proto.set_actor(record.writer.actor);
  proto.set_counterpart(entry.counterpart);
  return proto;
}

v1::UnitReservation ToProto(const std::string& subject,
                            const ledger::Hold& hold) {
  v1::UnitReservation proto;
  proto.set_subject(subject);
  proto.set_units(hold.units);
  proto.set_state(static_cast<v1::UnitReservation::State>(hold.state));
  if (hold.expire != absl::InfiniteFuture())
    *proto.mutable_expire_time() = ToProto(hold.expire);
  for (const ledger::Draw& draw : hold.draws)
    *proto.add_draws() = ToProto(draw.lot, draw.units, draw.lapse);
  return proto;
}

v1::UnitLot ToProto(int64_t number, int64_t units, absl::Time lapse) {
  v1::UnitLot proto;
  proto.set_lot(number);
  proto.set_available(units);
  if (lapse != absl::InfiniteFuture())
    *proto.mutable_lapse_time() = ToProto(lapse);
  return proto;
}

}  // namespace charter::services
