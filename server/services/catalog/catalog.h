// Everything that items are judged by: hours, process versions, statuses,
// custom fields and assignment rules, compiled once and shared by all calls.
#ifndef CHARTER_SERVER_SERVICES_CATALOG_CATALOG_H_
#define CHARTER_SERVER_SERVICES_CATALOG_CATALOG_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/attribute_definition.pb.h"
#include "charter/v1/entitlement_process.pb.h"
#include "server/services/catalog/assignment_rules.h"
#include "server/services/catalog/process_convert.h"
#include "server/sla/clock/process.h"
#include "server/sla/expression/schema.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// One generation of the catalogue. Immutable; hold it for as long as a call
// lasts.
struct Catalog {
  int64_t generation = -1;
  // The fields of an item, for histories and published versions: any status is
  // known, so that one that was removed since breaks nothing.
  sla::Schema schema;
  // The same slots, with the statuses and values that exist now: for what is
  // being written.
  sla::Schema authoring_schema;
  // By resource name, deleted sets included, which histories may still name.
  // `standard` is the default set, whose name is `default_hours`; null when it
  // is unusable.
  sla::Calendars calendars;
  std::string default_hours;
  absl::flat_hash_set<std::string> hours;  // the names of those not deleted
  // The zone of each set's newest version; UTC for the built-in set.
  absl::flat_hash_map<std::string, absl::TimeZone> zones;
  // By version name.
  sla::Processes processes;
  // Stored sets of hours, process versions and assignment rules that this
  // server cannot compile (older zone data, say), by name, and why: for the
  // log. Nothing but what needs them fails. Hours and versions are missing from
  // `calendars` and `processes`.
  absl::flat_hash_map<std::string, std::string> unusable;
  absl::flat_hash_map<std::string,
                      std::shared_ptr<const v1::EntitlementProcessVersion>>
      versions;
  // The newest published version of each process, by the process's name.
  absl::flat_hash_map<std::string, std::string> newest_versions;
  // Category of each status ("NEW"), by id.
  absl::flat_hash_map<std::string, std::string> status_categories;
  absl::flat_hash_map<std::string, v1::AttributeDefinition>
      attributes;  // by id
  // In the order in which they are asked, and what they may name.
  std::vector<CompiledRule> assignment_rules;
  AssignmentSchema assignment_schema;

  // FAILED_PRECONDITION DEFINITION_UNUSABLE when `name` is one of `unusable`.
  absl::Status CheckUsable(absl::string_view name) const;
  // The same for an item that the engine refused because it misses one of them;
  // any other status as it is.
  absl::Status Explain(const absl::Status& status) const;
  // Whether hours of that name exist and may be named by what is written now.
  bool HasHours(absl::string_view name) const;
  // The hours of that name, deleted or not; null when there never were any.
  // Null also when they are unusable.
  std::shared_ptr<const sla::BusinessHours> FindHours(
      absl::string_view name) const;
  // Its zone; UTC when there are no such hours, or no such zone here.
  absl::TimeZone ZoneOf(absl::string_view name) const;
};

// Names of the fields that are copied from the account and the entitlement when
// an item is opened (E2).
inline constexpr absl::string_view kContextFields[] = {
    "account.tier", "account.region", "entitlement.type"};

// The schema of items: the engine's fields, the context fields, then custom
// fields in order of name. `statuses` are the ids known; none: any.
sla::Schema MakeSchema(
    const absl::flat_hash_map<std::string, v1::AttributeDefinition>& attributes,
    std::vector<std::string> statuses);

// The newest catalogue that this server has compiled. Thread-safe.
class CatalogCache {
 public:
  // The catalogue as the transaction sees it: reads the generation, one indexed
  // row, and loads what changed since (B9). Ask before the transaction writes
  // to the catalogue itself: what it might yet roll back must not be shared.
  absl::StatusOr<std::shared_ptr<const Catalog>> Get(storage::Transaction& tx);

 private:
  absl::StatusOr<std::shared_ptr<const Catalog>> Load(storage::Transaction& tx,
                                                      int64_t generation,
                                                      const Catalog* before);

  std::mutex mutex_;
  std::shared_ptr<const Catalog> newest_;
  absl::flat_hash_set<std::string> told_;  // unusable ones, once in the log
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_CATALOG_CATALOG_H_
