#include "server/services/cases/open_item.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/services/catalog/process_convert.h"
#include "server/services/items/event_convert.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tree.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr int kDefaultPriority = 3;

v1::AttributeValue TextValue(const std::string& text) {
  v1::AttributeValue value;
  value.set_string_value(text);
  return value;
}

// The paths of a change as the history keeps them: single fields, and single
// custom fields.
absl::StatusOr<std::vector<std::string>> ChangePaths(
    const v1::FieldsChanged& changed, absl::string_view field) {
  const std::vector<std::string>& known = HistoryFields();
  std::vector<std::string> asked(changed.update_mask().paths().begin(),
                                 changed.update_mask().paths().end());
  const bool implied = asked.empty();
  if (implied) {
    asked = known;
    asked.push_back("attributes");
  }
  std::vector<std::string> paths;
  const google::protobuf::Descriptor* descriptor = v1::Case::descriptor();
  const google::protobuf::Reflection* reflection = v1::Case::GetReflection();
  for (const std::string& path : asked) {
    if (path == "attributes") {
      for (const auto& [id, value] : changed.case_().attributes()) {
        paths.push_back(absl::StrCat("attributes.", id));
      }
      continue;
    }
    if (absl::StartsWith(path, "attributes.")) {
      paths.push_back(path);
      continue;
    }
    const auto* of = descriptor->FindFieldByName(path);
    if (of == nullptr ||
        std::find(known.begin(), known.end(), path) == known.end() ||
        path == "account" || path == "entitlement") {
      if (implied) continue;
      return errors::FieldMaskInvalid(
          absl::StrCat(PartOf(field, "update_mask"), ": ", path),
          path == "entitlement"
              ? "an entitlement is changed by an entitlement_changed event"
              : "is no field that an event may change");
    }
    if (!implied || reflection->HasField(changed.case_(), of))
      paths.push_back(path);
  }
  return paths;
}

// What a change names anew must be there. An asset brings its product where the
// item has none.
absl::Status CompleteProduct(storage::Transaction& tx, const Item& item,
                             const std::string& field,
                             v1::FieldsChanged* changed,
                             std::vector<std::string>* paths) {
  const auto names = [&](const char* path) {
    return std::find(paths->begin(), paths->end(), path) != paths->end();
  };
  v1::Case& named = *changed->mutable_case_();
  if (names("product") && !named.product().empty() &&
      named.product() != item.row.product()) {
    absl::Status status = Existing(tx, storage::ProductTable(), named.product(),
                                   PartOf(field, "case.product"))
                              .status();
    if (!status.ok()) return status;
  }
  if (!names("asset") || named.asset().empty() ||
      named.asset() == item.row.asset())
    return absl::OkStatus();
  absl::StatusOr<v1::Asset> asset = FindAsset(
      tx, named.asset(), item.row.account(), PartOf(field, "case.asset"));
  if (!asset.ok()) return asset.status();
  const std::string& product =
      names("product") ? named.product() : item.row.product();
  if (product.empty() && !asset->product().empty()) {
    named.set_product(asset->product());
    if (!names("product")) paths->push_back("product");
  }
  return absl::OkStatus();
}

absl::Status CompleteChange(storage::Transaction& tx, const Catalog& catalog,
                            const Item& item, const std::string& field,
                            v1::FieldsChanged* changed) {
  absl::StatusOr<std::vector<std::string>> paths = ChangePaths(*changed, field);
  if (!paths.ok()) return paths.status();
  if (paths->empty()) {
    return errors::FieldInvalid(PartOf(field, "update_mask"),
                                ErrorReason::REQUIRED,
                                "names no field; set the fields that changed");
  }
  FieldViolations violations;
  CheckFields(changed->case_(), *paths, catalog, PartOf(field, "case"),
              &violations);
  if (!violations.empty()) return violations.ToStatus();
  if (absl::Status status = CompleteProduct(tx, item, field, changed, &*paths);
      !status.ok()) {
    return status;
  }
  changed->clear_status_category();
  changed->mutable_update_mask()->clear_paths();
  v1::Case kept;
  for (const std::string& path : *paths) {
    changed->mutable_update_mask()->add_paths(path);
    if (path == "status") {
      changed->set_status_category(
          CategoryOf(catalog, changed->case_().status()));
    }
    if (path == "contact" && !changed->case_().contact().empty()) {
      absl::Status status =
          CheckContact(tx, changed->case_().contact(), item.row.account(),
                       PartOf(field, "case.contact"));
      if (!status.ok()) return status;
    }
    if (path == "parent" && !changed->case_().parent().empty()) {
      absl::Status status =
          CheckParent(tx, storage::CaseTable(), item.row.name(),
                      changed->case_().parent(), PartOf(field, "case.parent"))
              .status();
      if (!status.ok()) return status;
    }
    absl::string_view id = path;
    if (absl::ConsumePrefix(&id, "attributes.")) {
      const auto found = changed->case_().attributes().find(std::string(id));
      if (found != changed->case_().attributes().end()) {
        (*kept.mutable_attributes())[std::string(id)] = found->second;
      }
      continue;
    }
    const auto* of = v1::Case::descriptor()->FindFieldByName(path);
    const auto* reflection = v1::Case::GetReflection();
    if (of->type() == google::protobuf::FieldDescriptor::TYPE_STRING) {
      reflection->SetString(&kept, of,
                            reflection->GetString(changed->case_(), of));
    } else {
      kept.set_priority(changed->case_().priority());
    }
  }
  *changed->mutable_case_() = std::move(kept);
  return absl::OkStatus();
}

absl::Status CompleteMilestoneEvent(const Catalog& catalog, const Item& item,
                                    absl::Time now, absl::string_view field,
                                    v1::MilestoneCompleted* completed) {
  const std::string name = completed->milestone();
  const std::string last(LastId(name));
  if (name != absl::StrCat(item.row.name(), "/milestones/", last)) {
    return errors::FieldInvalid(field, ErrorReason::OTHER_ITEM,
                                "is a milestone of another item");
  }
  if (item.stored) {
    absl::StatusOr<sla::Evaluation> evaluation =
        EvaluateItem(item, catalog, now);
    if (!evaluation.ok()) return evaluation.status();
    if (const sla::Milestone* milestone =
            FindMilestone(*evaluation, item.row.name(), name)) {
      completed->set_instance(milestone->id);
      return absl::OkStatus();
    }
  }
  const auto process = catalog.processes.find(item.row.process_version());
  if (process != catalog.processes.end()) {
    for (const sla::Placement& placement : process->second->placements) {
      if (placement.key != last) continue;
      completed->set_instance(last);
      return absl::OkStatus();
    }
  }
  return errors::NotFound(name, field);
}

}  // namespace

absl::StatusOr<std::string> VersionOf(const v1::Entitlement& entitlement,
                                      v1::ItemKind kind,
                                      const Catalog& catalog) {
  if (entitlement.process().empty()) return std::string();
  const auto found = catalog.newest_versions.find(entitlement.process());
  if (found == catalog.newest_versions.end()) {
    return errors::Precondition(
        ErrorReason::PROCESS_NOT_PUBLISHED, entitlement.process(),
        "the entitlement's process has no published version; call "
        "PublishVersion first");
  }
  const auto version = catalog.processes.find(found->second);
  if (version != catalog.processes.end() &&
      !version->second->item_kind.empty() &&
      version->second->item_kind !=
          ItemKindName(kind == v1::ITEM_KIND_UNSPECIFIED ? v1::CASE : kind)) {
    return std::string();
  }
  return found->second;
}

google::protobuf::Map<std::string, v1::AttributeValue> ContextOf(
    const v1::Account& account, const v1::Entitlement* entitlement) {
  google::protobuf::Map<std::string, v1::AttributeValue> context;
  if (!account.tier().empty())
    context["account.tier"] = TextValue(account.tier());
  if (!account.region().empty())
    context["account.region"] = TextValue(account.region());
  if (entitlement != nullptr && !entitlement->type().empty()) {
    context["entitlement.type"] = TextValue(entitlement->type());
  }
  return context;
}

absl::StatusOr<v1::CaseEvent> MakeCreated(
    const Parties& parties, absl::string_view version, const Catalog& catalog,
    absl::Time occur_time, absl::string_view path, v1::Case* item) {
  if (item->kind() == v1::ITEM_KIND_UNSPECIFIED) item->set_kind(v1::CASE);
  if (item->status().empty()) item->set_status("new");
  if (item->priority() == 0) item->set_priority(kDefaultPriority);
  if (item->product().empty() && parties.asset.has_value())
    item->set_product(parties.asset->product());
  if (parties.entitlement.has_value())
    item->set_entitlement(parties.entitlement->name());
  if (item->business_hours().empty()) {
    item->set_business_hours(
        parties.entitlement.has_value() &&
                !parties.entitlement->business_hours().empty()
            ? parties.entitlement->business_hours()
            : parties.account.business_hours());
  }
  FieldViolations violations;
  CheckFields(*item, {"status", "priority", "business_hours", "attributes"},
              catalog, path, &violations);
  if (!violations.empty()) return violations.ToStatus();
  *item->mutable_create_time() = ToProto(occur_time);
  v1::CaseEvent event;
  *event.mutable_occur_time() = ToProto(occur_time);
  v1::CaseCreated& created = *event.mutable_created();
  *created.mutable_case_() = *item;
  created.mutable_case_()->clear_annotations();
  created.set_process_version(std::string(version));
  created.set_status_category(CategoryOf(catalog, item->status()));
  *created.mutable_context() = ContextOf(
      parties.account,
      parties.entitlement.has_value() ? &*parties.entitlement : nullptr);
  return event;
}

absl::StatusOr<v1::CaseEvent> MakeOpened(const Parties& parties,
                                         const Catalog& catalog,
                                         absl::Time occur_time,
                                         v1::Case* item) {
  std::string version;
  if (parties.entitlement.has_value()) {
    absl::StatusOr<std::string> published =
        VersionOf(*parties.entitlement, item->kind(), catalog);
    if (!published.ok()) return published.status();
    version = *std::move(published);
  }
  absl::StatusOr<v1::CaseEvent> created =
      MakeCreated(parties, version, catalog, occur_time, "case", item);
  if (created.ok()) item->set_process_version(version);
  return created;
}

absl::Status CompleteEvent(storage::Transaction& tx, const Catalog& catalog,
                           const Item& item, absl::string_view field,
                           v1::CaseEvent* event) {
  // The requests of one kind of event have its fields themselves.
  const bool of_request = field.empty();
  switch (event->event_case()) {
    case v1::CaseEvent::kFieldsChanged:
      return CompleteChange(tx, catalog, item,
                            of_request ? "" : PartOf(field, "fields_changed"),
                            event->mutable_fields_changed());
    case v1::CaseEvent::kMilestoneCompleted:
      return CompleteMilestoneEvent(
          catalog, item, tx.now(),
          of_request ? "name" : PartOf(field, "milestone_completed.milestone"),
          event->mutable_milestone_completed());
    case v1::CaseEvent::kEntitlementChanged: {
      v1::EntitlementChanged& changed = *event->mutable_entitlement_changed();
      const absl::Time at =
          event->has_occur_time() ? ToTime(event->occur_time()) : tx.now();
      tx.Prefetch([&](storage::Transaction& ahead) {
        (void)storage::AccountTable().Get(ahead, item.row.account());
        if (!changed.entitlement().empty()) {
          PrefetchJudgement(ahead, QuestionOf(item.row, at),
                            changed.entitlement());
        }
      });
      absl::StatusOr<v1::Account> account =
          Existing(tx, storage::AccountTable(), item.row.account(), "account");
      if (!account.ok()) return account.status();
      std::optional<v1::Entitlement> entitlement;
      changed.clear_process_version();
      if (!changed.entitlement().empty()) {
        absl::StatusOr<v1::Entitlement> found = FindEntitlement(
            tx, catalog, changed.entitlement(),
            of_request ? "entitlement"
                       : PartOf(field, "entitlement_changed.entitlement"),
            item.row, at);
        if (!found.ok()) return found.status();
        absl::StatusOr<std::string> version =
            VersionOf(*found, item.row.kind(), catalog);
        if (!version.ok()) return version.status();
        changed.set_process_version(*version);
        entitlement = *std::move(found);
      }
      *changed.mutable_context() = ContextOf(
          *account, entitlement.has_value() ? &*entitlement : nullptr);
      return absl::OkStatus();
    }
    case v1::CaseEvent::kContextRefreshed: {
      absl::StatusOr<v1::Account> account =
          Existing(tx, storage::AccountTable(), item.row.account(), "account");
      if (!account.ok()) return account.status();
      std::optional<v1::Entitlement> entitlement;
      if (!item.row.entitlement().empty()) {
        absl::StatusOr<v1::Entitlement> found =
            storage::EntitlementTable().Get(tx, item.row.entitlement());
        if (!found.ok()) return found.status();
        entitlement = *std::move(found);
      }
      *event->mutable_context_refreshed()->mutable_context() = ContextOf(
          *account, entitlement.has_value() ? &*entitlement : nullptr);
      return absl::OkStatus();
    }
    case v1::CaseEvent::kWorkLogged:
    case v1::CaseEvent::kInteraction:
    case v1::CaseEvent::kClockStopped:
    case v1::CaseEvent::kClockResumed:
      return absl::OkStatus();
    case v1::CaseEvent::EVENT_NOT_SET:
      return errors::FieldInvalid(field, ErrorReason::REQUIRED,
                                  "says nothing that happened");
    default:
      return errors::FieldInvalid(field, ErrorReason::SERVER_ONLY,
                                  "is of a kind that only the server records");
  }
}

}  // namespace charter::services
