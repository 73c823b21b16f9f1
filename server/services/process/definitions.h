// Checking process definitions against the catalogue of the moment.
#ifndef CHARTER_SERVER_SERVICES_PROCESS_DEFINITIONS_H_
#define CHARTER_SERVER_SERVICES_PROCESS_DEFINITIONS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/v1/entitlement_process.pb.h"
#include "server/services/catalog/catalog.h"
#include "server/services/shared/call.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "server/sla/clock/process.h"

namespace charter::services {

// A definition that was checked.
struct CheckedDefinition {
  std::shared_ptr<const sla::Process> process;
  std::vector<v1::MilestoneType> milestone_types;  // that it uses, each once
};

// Reads the milestone types that the definition places and compiles it.
// FIELD_INVALID with everything that is wrong, under `path`.
absl::StatusOr<CheckedDefinition> CheckDefinition(
    storage::Transaction& tx, const Catalog& catalog,
    const v1::ProcessDefinition& definition, absl::string_view version,
    absl::string_view name, absl::string_view path);

// Calls `visit` with the definition of every process, drafts and published
// versions, and the name it has, until it returns an error.
absl::Status ForEachDefinition(
    storage::Transaction& tx,
    absl::FunctionRef<absl::Status(const std::string& name,
                                   const v1::ProcessDefinition&)>
        visit);

// RESOURCE_IN_USE when an expression of an assignment rule is one that `says`
// finds the resource of this name in.
absl::Status CheckNoRuleSays(
    storage::Transaction& tx, absl::string_view name,
    absl::FunctionRef<bool(const std::string& expression)> says);

// Every expression in a definition.
std::vector<std::string> ExpressionsOf(const v1::ProcessDefinition& definition);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_PROCESS_DEFINITIONS_H_
