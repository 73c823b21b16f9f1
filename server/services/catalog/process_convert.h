// Process definitions as clients write them, as the engine takes them.
#ifndef CHARTER_SERVER_SERVICES_CATALOG_PROCESS_CONVERT_H_
#define CHARTER_SERVER_SERVICES_CATALOG_PROCESS_CONVERT_H_

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "charter/v1/entitlement_process.pb.h"
#include "charter/v1/item.pb.h"
#include "charter/v1/milestone_type.pb.h"
#include "server/services/shared/errors.h"
#include "server/sla/clock/process.h"
#include "server/sla/expression/schema.h"

namespace charter::services {

// What a definition refers to.
struct ProcessContext {
  const sla::Schema* schema = nullptr;
  // By name. A placement of a type that is not here is a violation.
  absl::flat_hash_map<std::string, v1::MilestoneType> milestone_types;
  // Category of each known status, by id: a trigger that sets the status
  // records its category with it.
  const absl::flat_hash_map<std::string, std::string>* status_categories =
      nullptr;
};

// Converts a definition to the process of `version` of `name`; everything wrong
// with it is added to `violations` under `path`
// ("entitlement_process.definition"). The result is only good when nothing was
// added.
std::shared_ptr<const sla::Process> ToProcess(
    const v1::ProcessDefinition& definition, absl::string_view version,
    absl::string_view name, const ProcessContext& context,
    absl::string_view path, FieldViolations* violations);

// "case" or "work_order", as sla::Process::item_kind; "": any kind.
absl::string_view ItemKindName(v1::ItemKind kind);

// The instance's fields that a trigger may set (K7), by name: the slot, or
// nullopt for one that no trigger may set.
std::optional<int> SettableSlot(const sla::Schema& schema,
                                absl::string_view field);

// `text` as a value of the field in `slot`. INVALID_ARGUMENT says what it
// takes.
absl::StatusOr<sla::Value> ParseFieldValue(const sla::Schema& schema, int slot,
                                           absl::string_view text);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CATALOG_PROCESS_CONVERT_H_
