// Items and their histories: what is on the wire and in the database, as the
// engine takes it, and back.
#ifndef CHARTER_SERVER_SERVICES_ITEMS_EVENT_CONVERT_H_
#define CHARTER_SERVER_SERVICES_ITEMS_EVENT_CONVERT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "charter/v1/case.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/errors.h"
#include "server/sla/clock/history.h"

namespace charter::services {

// The engine's id of an event: its number in the history, from 1; of an action
// applied, its effect key. Unique within the item, and fit for a resource name.
std::string EngineEventId(const v1::CaseEvent& event, int number);

// A history as the engine takes it. `events` are in the order in which they
// were recorded. Fields that the catalogue no longer knows are left out.
sla::History ToHistory(const v1::Case& item,
                       absl::Span<const v1::CaseEvent> events,
                       const Catalog& catalog);
sla::Event ToEvent(const v1::CaseEvent& event, int number,
                   const Catalog& catalog);

// An action that the engine applied, as an event of the history.
v1::CaseEvent FromApplied(const sla::Event& applied, const Catalog& catalog);

// The fields of `item` as `record` has them: everything that the history tells.
void FillCase(const sla::Record& record, const Catalog& catalog,
              v1::Case* item);

// Checks what a client wrote into a case or a change of one (`paths`: the
// fields that count) against the catalogue: known status and custom fields,
// values of their types. Violations are named under `path` ("case").
void CheckFields(const v1::Case& item, absl::Span<const std::string> paths,
                 const Catalog& catalog, absl::string_view path,
                 FieldViolations* violations);

// The fields of a case that its history tells and clients can write, as update
// masks name them.
const std::vector<std::string>& HistoryFields();

// The category of a status, "" when it is unknown.
std::string CategoryOf(const Catalog& catalog, absl::string_view status);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ITEMS_EVENT_CONVERT_H_
