// Ledgers on the wire.
#ifndef CHARTER_SERVER_SERVICES_LEDGER_LEDGER_CONVERT_H_
#define CHARTER_SERVER_SERVICES_LEDGER_LEDGER_CONVERT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "charter/v1/ledger.pb.h"
#include "server/ledger/ledger.h"
#include "storage/records/ledger.h"

namespace charter::services {

v1::UnitBalance ToProto(const ledger::Balance& balance);
v1::LedgerEntry ToProto(absl::string_view entitlement,
                        const storage::LedgerEntryRecord& record);
v1::UnitReservation ToProto(const std::string& subject,
                            const ledger::Hold& hold);
v1::UnitLot ToProto(int64_t number, int64_t units, absl::Time lapse);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_LEDGER_LEDGER_CONVERT_H_
