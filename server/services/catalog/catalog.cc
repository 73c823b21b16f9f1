#include "server/services/catalog/catalog.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/observability/log.h"
#include "server/services/catalog/hours_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// All rows of a table. Catalogue tables are small.
template <typename Message>
absl::StatusOr<std::vector<Message>> LoadAll(
    storage::Transaction& tx, const storage::Table<Message>& table) {
  std::vector<Message> all;
  storage::ListQuery query;
  query.page_size = storage::kMaxPageSize;
  do {
    absl::StatusOr<storage::ListPage<Message>> page = table.List(tx, query);
    if (!page.ok()) return page.status();
    for (Message& row : page->rows) all.push_back(std::move(row));
    query.after = page->next;
  } while (!query.after.empty());
  return all;
}

sla::Type TypeOf(v1::AttributeDefinition::Type type) {
  switch (type) {
    case v1::AttributeDefinition::NUMBER:
      return sla::Type::kNumber;
    case v1::AttributeDefinition::BOOL:
      return sla::Type::kBool;
    case v1::AttributeDefinition::DATE:
      return sla::Type::kDate;
    case v1::AttributeDefinition::INSTANT:
      return sla::Type::kInstant;
    default:
      return sla::Type::kString;
  }
}

// The number at the end of a version's name, by which versions are ordered.
int VersionNumber(absl::string_view name) {
  int number = 0;
  return absl::SimpleAtoi(LastId(name), &number) ? number : 0;
}

// The parent of `parent/versions/number`.
absl::string_view ParentOf(absl::string_view name) {
  return name.substr(0, name.rfind("/versions/"));
}

// B6: from its effective time on a later version replaces every earlier one;
// the first has no beginning.
sla::HoursDefinition Piecewise(std::vector<v1::BusinessHoursVersion> versions) {
  std::sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) {
    return VersionNumber(a.name()) < VersionNumber(b.name());
  });
  sla::HoursDefinition definition;
  FieldViolations ignored;  // what is stored was checked when it was written
  for (const v1::BusinessHoursVersion& version : versions) {
    const sla::Instant from = ToInstant(version.effective_time());
    while (definition.versions.size() > 1 &&
           definition.versions.back().effective_time >= from) {
      definition.versions.pop_back();
    }
    definition.versions.push_back(
        ToHoursVersion(version.definition(), from, "definition", &ignored));
  }
  return definition;
}

// Whether both have the same custom fields, so that slots are the same.
bool SameFields(const Catalog& a, const Catalog& b) {
  if (a.schema.size() != b.schema.size()) return false;
  for (int slot = 0; slot < a.schema.size(); ++slot) {
    if (a.schema.field(slot).name != b.schema.field(slot).name ||
        a.schema.field(slot).type != b.schema.field(slot).type) {
      return false;
    }
  }
  return true;
}

absl::Status LoadHours(storage::Transaction& tx, Catalog* catalog) {
  absl::StatusOr<std::vector<v1::BusinessHours>> sets =
      LoadAll(tx, storage::BusinessHoursTable());
  if (!sets.ok()) return sets.status();
  absl::StatusOr<std::vector<v1::BusinessHoursVersion>> versions =
      LoadAll(tx, storage::BusinessHoursVersionTable());
  if (!versions.ok()) return versions.status();
  absl::flat_hash_map<std::string, std::vector<v1::BusinessHoursVersion>>
      by_set;
  for (v1::BusinessHoursVersion& version : *versions) {
    const std::string parent(ParentOf(version.name()));
    by_set[parent].push_back(std::move(version));
  }
  for (auto& [name, of_set] : by_set) {
    const sla::HoursDefinition definition = Piecewise(std::move(of_set));
    // Whether they ever open was judged when they were written (B5).
    absl::StatusOr<std::shared_ptr<const sla::BusinessHours>> compiled =
        sla::BusinessHours::Compile(definition, sla::NeverOpens::kAllow);
    absl::LoadTimeZone(definition.versions.back().time_zone,
                       &catalog->zones[name]);
    if (compiled.ok()) {
      catalog->calendars.by_id[name] = *std::move(compiled);
    } else {
      catalog->unusable[name] = std::string(compiled.status().message());
    }
  }
  for (const v1::BusinessHours& set : *sets) {
    catalog->hours.insert(set.name());
    if (!catalog->unusable.contains(set.name())) {
      // The built-in set has no version.
      catalog->calendars.by_id.try_emplace(set.name(),
                                           sla::BusinessHours::Always());
    }
    if (!set.is_default()) continue;
    catalog->default_hours = set.name();
    catalog->calendars.standard = catalog->FindHours(set.name());
  }
  return absl::OkStatus();
}

absl::Status LoadProcesses(storage::Transaction& tx, const Catalog* before,
                           Catalog* catalog) {
  absl::StatusOr<std::vector<v1::EntitlementProcessVersion>> versions =
      LoadAll(tx, storage::EntitlementProcessVersionTable());
  if (!versions.ok()) return versions.status();
  const bool same_fields = before != nullptr && SameFields(*before, *catalog);
  for (v1::EntitlementProcessVersion& version : *versions) {
    const std::string name = version.name();
    const std::string parent(ParentOf(name));
    std::string& newest = catalog->newest_versions[parent];
    if (newest.empty() || VersionNumber(newest) < VersionNumber(name))
      newest = name;
    if (same_fields) {
      // A version never changes, so what was compiled is good for ever.
      const auto found = before->processes.find(name);
      if (found != before->processes.end()) {
        catalog->processes[name] = found->second;
        catalog->versions[name] = before->versions.at(name);
        continue;
      }
    }
    ProcessContext context;
    context.schema = &catalog->schema;
    context.status_categories = &catalog->status_categories;
    for (const v1::MilestoneType& type : version.milestone_types()) {
      context.milestone_types[type.name()] = type;
    }
    FieldViolations violations;
    std::shared_ptr<const sla::Process> process = ToProcess(
        version.definition(), name, parent, context, "definition", &violations);
    if (violations.empty()) {
      catalog->processes[name] = std::move(process);
    } else {
      catalog->unusable[name] = std::string(violations.ToStatus().message());
    }
    catalog->versions[name] =
        std::make_shared<const v1::EntitlementProcessVersion>(
            std::move(version));
  }
  return absl::OkStatus();
}

absl::Status LoadAssignmentRules(storage::Transaction& tx, Catalog* catalog) {
  absl::StatusOr<std::vector<v1::AssignmentRule>> rules =
      LoadAll(tx, storage::AssignmentRuleTable());
  if (!rules.ok()) return rules.status();
  catalog->assignment_schema = AssignmentSchema(catalog->schema);
  for (const v1::AssignmentRule& rule : *rules) {
    FieldViolations violations;
    catalog->assignment_rules.push_back(CompileRule(
        rule, catalog->assignment_schema, "assignment_rule", &violations));
    if (!violations.empty()) {
      catalog->unusable[rule.name()] =
          std::string(violations.ToStatus().message());
    }
  }
  SortRules(&catalog->assignment_rules);
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<const sla::BusinessHours> Catalog::FindHours(
    absl::string_view name) const {
  const auto found = calendars.by_id.find(name);
  return found == calendars.by_id.end() ? nullptr : found->second;
}

absl::Status Catalog::CheckUsable(absl::string_view name) const {
  if (!unusable.contains(name)) return absl::OkStatus();
  return errors::DefinitionUnusable(name);
}

absl::Status Catalog::Explain(const absl::Status& status) const {
  if (unusable.empty() || !absl::IsNotFound(status)) return status;
  for (const auto& [name, why] : unusable) {
    // The engine quotes what it misses; the default set has no name for it.
    const bool missed =
        absl::StrContains(status.message(), absl::StrCat("\"", name, "\"")) ||
        (name == default_hours &&
         absl::StrContains(status.message(), "business hours \"\""));
    if (missed) return CheckUsable(name);
  }
  return status;
}

bool Catalog::HasHours(absl::string_view name) const {
  return hours.contains(name);
}

absl::TimeZone Catalog::ZoneOf(absl::string_view name) const {
  const auto found = zones.find(name);
  return found == zones.end() ? absl::UTCTimeZone() : found->second;
}

sla::Schema MakeSchema(
    const absl::flat_hash_map<std::string, v1::AttributeDefinition>& attributes,
    std::vector<std::string> statuses) {
  const bool any = statuses.empty();
  sla::Schema schema = sla::MakeItemSchema(std::move(statuses));
  for (absl::string_view field : kContextFields) {
    schema.Add({std::string(field), sla::Type::kString, {}});
  }
  std::vector<std::string> ids;
  for (const auto& [id, definition] : attributes) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const std::string& id : ids) {
    const v1::AttributeDefinition& definition = attributes.at(id);
    sla::Field field{
        absl::StrCat("attributes.", id), TypeOf(definition.type()), {}};
    if (!any)
      field.values.assign(definition.values().begin(),
                          definition.values().end());
    schema.Add(std::move(field));
  }
  return schema;
}

absl::StatusOr<std::shared_ptr<const Catalog>> CatalogCache::Get(
    storage::Transaction& tx) {
  absl::StatusOr<int64_t> generation = storage::ReadCatalogGeneration(tx);
  if (!generation.ok()) return generation.status();
  std::shared_ptr<const Catalog> newest;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    newest = newest_;
  }
  if (newest != nullptr && newest->generation == *generation) return newest;
  // Loading holds no lock: two calls may load the same, and both are right.
  absl::StatusOr<std::shared_ptr<const Catalog>> loaded =
      Load(tx, *generation, newest.get());
  if (!loaded.ok()) return loaded.status();
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [name, why] : (*loaded)->unusable) {
    if (told_.insert(name).second)
      LogError("a definition cannot be used", {{"name", name}, {"cause", why}});
  }
  if (newest_ == nullptr || newest_->generation < *generation)
    newest_ = *loaded;
  return loaded;
}

absl::StatusOr<std::shared_ptr<const Catalog>> CatalogCache::Load(
    storage::Transaction& tx, int64_t generation, const Catalog* before) {
  auto catalog = std::make_shared<Catalog>();
  catalog->generation = generation;
  absl::StatusOr<std::vector<v1::ItemStatus>> statuses =
      LoadAll(tx, storage::ItemStatusTable());
  if (!statuses.ok()) return statuses.status();
  std::vector<std::string> ids;
  for (const v1::ItemStatus& status : *statuses) {
    const std::string id(LastId(status.name()));
    ids.push_back(id);
    catalog->status_categories[id] =
        v1::ItemStatus::Category_Name(status.category());
  }
  absl::StatusOr<std::vector<v1::AttributeDefinition>> attributes =
      LoadAll(tx, storage::AttributeDefinitionTable());
  if (!attributes.ok()) return attributes.status();
  for (v1::AttributeDefinition& attribute : *attributes) {
    const std::string id(LastId(attribute.name()));
    catalog->attributes[id] = std::move(attribute);
  }
  catalog->schema = MakeSchema(catalog->attributes, {});
  catalog->authoring_schema = MakeSchema(catalog->attributes, ids);
  if (absl::Status status = LoadHours(tx, catalog.get()); !status.ok())
    return status;
  if (absl::Status status = LoadProcesses(tx, before, catalog.get());
      !status.ok())
    return status;
  if (absl::Status status = LoadAssignmentRules(tx, catalog.get());
      !status.ok())
    return status;
  return catalog;
}

}  // namespace charter::services
