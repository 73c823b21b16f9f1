#include "server/services/items/event_convert.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

using sla::ItemSlot;

constexpr absl::string_view kAttributes = "attributes.";

// A text field of Case and its slot.
struct TextField {
  const char* name;
  int slot;
  const std::string& (v1::Case::*get)() const;
  std::string* (v1::Case::*mutate)();
};

constexpr TextField kTextFields[] = {
    {"account", ItemSlot::kAccount, &v1::Case::account,
     &v1::Case::mutable_account},
    {"contact", ItemSlot::kContact, &v1::Case::contact,
     &v1::Case::mutable_contact},
    {"asset", ItemSlot::kAsset, &v1::Case::asset, &v1::Case::mutable_asset},
    {"product", ItemSlot::kProduct, &v1::Case::product,
     &v1::Case::mutable_product},
    {"entitlement", ItemSlot::kEntitlement, &v1::Case::entitlement,
     &v1::Case::mutable_entitlement},
    {"subject", ItemSlot::kSubject, &v1::Case::subject,
     &v1::Case::mutable_subject},
    {"description", ItemSlot::kDescription, &v1::Case::description,
     &v1::Case::mutable_description},
    {"status", ItemSlot::kStatus, &v1::Case::status, &v1::Case::mutable_status},
    {"type", ItemSlot::kType, &v1::Case::type, &v1::Case::mutable_type},
    {"origin", ItemSlot::kOrigin, &v1::Case::origin, &v1::Case::mutable_origin},
    {"reason", ItemSlot::kReason, &v1::Case::reason, &v1::Case::mutable_reason},
    {"owner", ItemSlot::kOwner, &v1::Case::owner, &v1::Case::mutable_owner},
    {"parent", ItemSlot::kParent, &v1::Case::parent, &v1::Case::mutable_parent},
    {"business_hours", ItemSlot::kBusinessHours, &v1::Case::business_hours,
     &v1::Case::mutable_business_hours},
    {"external_id", ItemSlot::kExternalId, &v1::Case::external_id,
     &v1::Case::mutable_external_id},
};

sla::Value TextValue(const std::string& text) {
  return text.empty() ? sla::Value() : sla::Value(text);
}

sla::Value ToValue(const v1::AttributeValue& value) {
  switch (value.value_case()) {
    case v1::AttributeValue::kStringValue:
      return TextValue(value.string_value());
    case v1::AttributeValue::kNumberValue:
      return value.number_value();
    case v1::AttributeValue::kBoolValue:
      return value.bool_value();
    case v1::AttributeValue::kDateValue: {
      const std::optional<sla::Date> date = ToDate(value.date_value());
      return date.has_value() ? sla::Value(*date) : sla::Value();
    }
    case v1::AttributeValue::kTimeValue:
      return ToInstant(value.time_value());
    case v1::AttributeValue::VALUE_NOT_SET:
      break;
  }
  return {};
}

v1::AttributeValue FromValue(const sla::Value& value) {
  v1::AttributeValue result;
  if (const auto* text = std::get_if<std::string>(&value))
    result.set_string_value(*text);
  if (const auto* number = std::get_if<double>(&value))
    result.set_number_value(*number);
  if (const auto* flag = std::get_if<bool>(&value))
    result.set_bool_value(*flag);
  if (const auto* date = std::get_if<sla::Date>(&value))
    *result.mutable_date_value() = ToProto(*date);
  if (const auto* time = std::get_if<sla::Instant>(&value)) {
    *result.mutable_time_value() = ToProto(*time);
  }
  return result;
}

const std::string& Text(const sla::Record& record, int slot) {
  static const std::string* const empty = new std::string;
  const auto* text = std::get_if<std::string>(&record[slot]);
  return text == nullptr ? *empty : *text;
}

// Adds the changes that `path` of `item` makes.
void AddChanges(const v1::Case& item, absl::string_view path,
                const std::string& category, const Catalog& catalog,
                std::vector<sla::FieldChange>* changes) {
  if (path == "priority") {
    changes->push_back(
        {ItemSlot::kPriority, static_cast<double>(item.priority())});
    return;
  }
  absl::string_view id = path;
  if (absl::ConsumePrefix(&id, kAttributes)) {
    const std::optional<int> slot = catalog.schema.Find(path);
    if (!slot.has_value()) return;
    const auto found = item.attributes().find(std::string(id));
    changes->push_back({*slot, found == item.attributes().end()
                                   ? sla::Value()
                                   : ToValue(found->second)});
    return;
  }
  for (const TextField& field : kTextFields) {
    if (path != field.name) continue;
    changes->push_back({field.slot, TextValue((item.*field.get)())});
    if (field.slot == ItemSlot::kStatus) {
      changes->push_back({ItemSlot::kStatusCategory, TextValue(category)});
    }
    return;
  }
}

void AddContext(
    const google::protobuf::Map<std::string, v1::AttributeValue>& context,
    const Catalog& catalog, std::vector<sla::FieldChange>* changes) {
  for (absl::string_view name : kContextFields) {
    const std::optional<int> slot = catalog.schema.Find(name);
    const auto found = context.find(std::string(name));
    changes->push_back({*slot, found == context.end()
                                   ? sla::Value()
                                   : ToValue(found->second)});
  }
}

std::vector<std::string> PathsOf(const v1::FieldsChanged& changed) {
  return {changed.update_mask().paths().begin(),
          changed.update_mask().paths().end()};
}

sla::Interaction ToInteraction(const v1::Interaction& interaction) {
  sla::Interaction result;
  result.direction = interaction.direction() == v1::Interaction::OUTBOUND
                         ? sla::Direction::kOutbound
                         : sla::Direction::kInbound;
  result.author =
      interaction.author() == v1::Interaction::CUSTOMER ? sla::Author::kCustomer
      : interaction.author() == v1::Interaction::AGENT  ? sla::Author::kAgent
                                                        : sla::Author::kSystem;
  result.channel = interaction.channel();
  result.automatic = interaction.automatic();
  return result;
}

void ApplyCreated(const v1::CaseCreated& created, const Catalog& catalog,
                  sla::Event* event) {
  event->kind = sla::EventKind::kCreated;
  const v1::Case& item = created.case_();
  for (const TextField& field : kTextFields) {
    if (!(item.*field.get)().empty()) {
      event->changes.push_back({field.slot, TextValue((item.*field.get)())});
    }
  }
  event->changes.push_back(
      {ItemSlot::kStatusCategory, TextValue(created.status_category())});
  event->changes.push_back(
      {ItemSlot::kPriority, static_cast<double>(item.priority())});
  for (const auto& [id, value] : item.attributes()) {
    const std::optional<int> slot =
        catalog.schema.Find(absl::StrCat(kAttributes, id));
    if (slot.has_value()) event->changes.push_back({*slot, ToValue(value)});
  }
  AddContext(created.context(), catalog, &event->changes);
  event->attach = sla::Attachment{created.process_version(),
                                  sla::AttachStart::kFromItemStart};
}

bool Fits(const v1::AttributeValue& value, v1::AttributeDefinition::Type type) {
  switch (value.value_case()) {
    case v1::AttributeValue::kStringValue:
      return type == v1::AttributeDefinition::STRING;
    case v1::AttributeValue::kNumberValue:
      return type == v1::AttributeDefinition::NUMBER &&
             std::isfinite(value.number_value());
    case v1::AttributeValue::kBoolValue:
      return type == v1::AttributeDefinition::BOOL;
    case v1::AttributeValue::kDateValue:
      return type == v1::AttributeDefinition::DATE &&
             ToDate(value.date_value()).has_value();
    case v1::AttributeValue::kTimeValue:
      return type == v1::AttributeDefinition::INSTANT &&
             InRange(value.time_value());
    case v1::AttributeValue::VALUE_NOT_SET:
      return true;
  }
  return false;
}

void CheckAttribute(const std::string& id, const v1::AttributeValue& value,
                    const Catalog& catalog, const std::string& path,
                    FieldViolations* violations) {
  const auto definition = catalog.attributes.find(id);
  if (definition == catalog.attributes.end()) {
    violations->Add(path, ErrorReason::NOT_FOUND,
                    "is no custom field; attributeDefinitions lists them");
    return;
  }
  const v1::AttributeDefinition& attribute = definition->second;
  if (!Fits(value, attribute.type())) {
    violations->Add(
        path, ErrorReason::WRONG_TYPE,
        absl::StrCat("takes a value of type ",
                     v1::AttributeDefinition::Type_Name(attribute.type())));
    return;
  }
  if (value.value_case() == v1::AttributeValue::kStringValue &&
      attribute.values_size() > 0 &&
      std::find(attribute.values().begin(), attribute.values().end(),
                value.string_value()) == attribute.values().end()) {
    violations->Add(path, ErrorReason::UNKNOWN_VALUE,
                    "is none of the values of this custom field");
  }
}

}  // namespace

std::string EngineEventId(const v1::CaseEvent& event, int number) {
  return event.has_action_applied() ? event.action_applied().effect_key()
                                    : absl::StrCat(number);
}

std::string CategoryOf(const Catalog& catalog, absl::string_view status) {
  const auto found = catalog.status_categories.find(status);
  return found == catalog.status_categories.end() ? "" : found->second;
}

const std::vector<std::string>& HistoryFields() {
  static const std::vector<std::string>* const fields = [] {
    auto* all = new std::vector<std::string>{"priority"};
    for (const TextField& field : kTextFields) all->push_back(field.name);
    return all;
  }();
  return *fields;
}

sla::Event ToEvent(const v1::CaseEvent& event, int number,
                   const Catalog& catalog) {
  sla::Event result;
  result.id = EngineEventId(event, number);
  result.occur_time = ToInstant(event.occur_time());
  result.record_time = ToInstant(event.record_time());
  switch (event.event_case()) {
    case v1::CaseEvent::kCreated:
      ApplyCreated(event.created(), catalog, &result);
      break;
    case v1::CaseEvent::kFieldsChanged:
      result.kind = sla::EventKind::kFieldsChanged;
      for (const std::string& path : PathsOf(event.fields_changed())) {
        AddChanges(event.fields_changed().case_(), path,
                   event.fields_changed().status_category(), catalog,
                   &result.changes);
      }
      break;
    case v1::CaseEvent::kInteraction:
      result.kind = sla::EventKind::kInteraction;
      result.interaction = ToInteraction(event.interaction());
      break;
    case v1::CaseEvent::kMilestoneCompleted:
      result.kind = sla::EventKind::kMilestoneCompleted;
      result.milestone = event.milestone_completed().instance();
      break;
    case v1::CaseEvent::kClockStopped:
      result.kind = sla::EventKind::kStopped;
      break;
    case v1::CaseEvent::kClockResumed:
      result.kind = sla::EventKind::kResumed;
      break;
    case v1::CaseEvent::kEntitlementChanged: {
      const v1::EntitlementChanged& changed = event.entitlement_changed();
      result.kind = sla::EventKind::kEntitlementChanged;
      result.changes.push_back(
          {ItemSlot::kEntitlement, TextValue(changed.entitlement())});
      AddContext(changed.context(), catalog, &result.changes);
      result.attach =
          sla::Attachment{changed.process_version(),
                          changed.start() == v1::EntitlementChanged::FROM_EVENT
                              ? sla::AttachStart::kFromEvent
                              : sla::AttachStart::kFromItemStart};
      break;
    }
    case v1::CaseEvent::kVersionMoved:
      result.kind = sla::EventKind::kMoved;
      result.attach = sla::Attachment{event.version_moved().process_version(),
                                      sla::AttachStart::kFromItemStart};
      break;
    case v1::CaseEvent::kContextRefreshed:
      result.kind = sla::EventKind::kContextRefreshed;
      AddContext(event.context_refreshed().context(), catalog, &result.changes);
      break;
    case v1::CaseEvent::kActionApplied:
      result.kind = sla::EventKind::kActionApplied;
      for (const std::string& path : PathsOf(event.action_applied().fields())) {
        AddChanges(event.action_applied().fields().case_(), path,
                   event.action_applied().fields().status_category(), catalog,
                   &result.changes);
      }
      break;
    case v1::CaseEvent::kDeleted:
      result.kind = sla::EventKind::kDeleted;
      break;
    case v1::CaseEvent::kWorkLogged:
      result.kind = sla::EventKind::kWorkLogged;
      break;
    case v1::CaseEvent::kMerged:
      result.kind = sla::EventKind::kMerged;
      break;
    case v1::CaseEvent::EVENT_NOT_SET:
      break;
  }
  return result;
}

sla::History ToHistory(const v1::Case& item,
                       absl::Span<const v1::CaseEvent> events,
                       const Catalog& catalog) {
  sla::History history;
  history.item = item.name();
  if (item.has_live_from()) history.live_from = ToInstant(item.live_from());
  history.events.reserve(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    history.events.push_back(
        ToEvent(events[i], static_cast<int>(i) + 1, catalog));
  }
  return history;
}

v1::CaseEvent FromApplied(const sla::Event& applied, const Catalog& catalog) {
  v1::CaseEvent event;
  event.set_key(applied.id);
  *event.mutable_occur_time() = ToProto(applied.occur_time);
  *event.mutable_record_time() = ToProto(applied.record_time);
  event.set_actor("system");
  event.mutable_action_applied()->set_effect_key(applied.id);
  v1::FieldsChanged* fields = event.mutable_action_applied()->mutable_fields();
  for (const sla::FieldChange& change : applied.changes) {
    if (change.slot == ItemSlot::kStatusCategory) {
      fields->set_status_category(std::get<std::string>(change.value));
      continue;
    }
    const std::string& name = catalog.schema.field(change.slot).name;
    fields->mutable_update_mask()->add_paths(name);
    absl::string_view id = name;
    if (change.slot == ItemSlot::kPriority) {
      fields->mutable_case_()->set_priority(
          static_cast<int>(std::get<double>(change.value)));
    } else if (absl::ConsumePrefix(&id, kAttributes)) {
      (*fields->mutable_case_()->mutable_attributes())[std::string(id)] =
          FromValue(change.value);
    } else {
      for (const TextField& field : kTextFields) {
        if (field.slot != change.slot) continue;
        const auto* text = std::get_if<std::string>(&change.value);
        if (text != nullptr)
          *(fields->mutable_case_()->*field.mutate)() = *text;
      }
    }
  }
  return event;
}

void FillCase(const sla::Record& record, const Catalog& catalog,
              v1::Case* item) {
  for (const TextField& field : kTextFields) {
    *(item->*field.mutate)() = Text(record, field.slot);
  }
  const auto* priority = std::get_if<double>(&record[ItemSlot::kPriority]);
  item->set_priority(priority == nullptr ? 0 : static_cast<int>(*priority));
  item->clear_attributes();
  for (int slot = ItemSlot::kBuiltIn;
       slot < static_cast<int>(record.size()) && slot < catalog.schema.size();
       ++slot) {
    absl::string_view name = catalog.schema.field(slot).name;
    if (!sla::IsSet(record[slot]) || !absl::ConsumePrefix(&name, kAttributes))
      continue;
    (*item->mutable_attributes())[std::string(name)] = FromValue(record[slot]);
  }
  const auto* closed = std::get_if<bool>(&record[ItemSlot::kIsClosed]);
  item->set_closed(closed != nullptr && *closed);
  const auto* stopped = std::get_if<bool>(&record[ItemSlot::kIsStopped]);
  item->set_stopped(stopped != nullptr && *stopped);
  const auto* unanswered =
      std::get_if<sla::Instant>(&record[ItemSlot::kUnansweredSince]);
  if (unanswered != nullptr) {
    *item->mutable_unanswered_since() = ToProto(*unanswered);
  } else {
    item->clear_unanswered_since();
  }
  const auto* reopened = std::get_if<double>(&record[ItemSlot::kReopenCount]);
  item->set_reopen_count(reopened == nullptr ? 0 : static_cast<int>(*reopened));
}

void CheckFields(const v1::Case& item, absl::Span<const std::string> paths,
                 const Catalog& catalog, absl::string_view path,
                 FieldViolations* violations) {
  for (const std::string& field : paths) {
    if (field == "status" && CategoryOf(catalog, item.status()).empty()) {
      violations->Add(absl::StrCat(path, ".status"), ErrorReason::UNKNOWN_VALUE,
                      "is no status; itemStatuses lists them");
    } else if (field == "priority" &&
               (item.priority() < 1 || item.priority() > 5)) {
      violations->Add(absl::StrCat(path, ".priority"),
                      ErrorReason::OUT_OF_RANGE, "is 1, the highest, to 5");
    } else if (field == "business_hours" && !item.business_hours().empty() &&
               !catalog.HasHours(item.business_hours())) {
      violations->Add(absl::StrCat(path, ".business_hours"),
                      ErrorReason::NOT_FOUND,
                      "names no business hours that exist");
    } else if (field == "attributes") {
      for (const auto& [id, value] : item.attributes()) {
        CheckAttribute(id, value, catalog,
                       absl::StrCat(path, ".attributes[\"", id, "\"]"),
                       violations);
      }
    } else if (absl::StartsWith(field, kAttributes)) {
      const std::string id = field.substr(kAttributes.size());
      const auto found = item.attributes().find(id);
      CheckAttribute(id,
                     found == item.attributes().end() ? v1::AttributeValue()
                                                      : found->second,
                     catalog, absl::StrCat(path, ".attributes[\"", id, "\"]"),
                     violations);
    }
  }
}

}  // namespace charter::services
