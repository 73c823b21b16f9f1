#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/services/process/definitions.h"
#include "server/services/process/process.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/names.h"
#include "server/services/shared/resources.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::AttributeDefinition> Attributes() {
  return {storage::AttributeDefinitionTable(), "attributeDefinitions",
          "attribute_definition"};
}

absl::Status Check(storage::Transaction& tx, const v1::AttributeDefinition*,
                   v1::AttributeDefinition& attribute) {
  if (attribute.values_size() > 0 &&
      attribute.type() != v1::AttributeDefinition::STRING) {
    return errors::FieldInvalid("attribute_definition.values",
                                ErrorReason::INVALID,
                                "is for type STRING alone");
  }
  return storage::BumpGeneration(tx, attribute.name()).status();
}

// Whether `text` names the field, and not one whose name only begins so.
bool Names(absl::string_view text, absl::string_view field) {
  for (size_t at = text.find(field); at != absl::string_view::npos;
       at = text.find(field, at + 1)) {
    const size_t end = at + field.size();
    if (end == text.size() ||
        !(absl::ascii_isalnum(text[end]) || text[end] == '_'))
      return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<v1::AttributeDefinition> GetAttributeDefinition(
    Call& call, const v1::GetAttributeDefinitionRequest& request) {
  return GetResource(call, Attributes(), request.name());
}

absl::StatusOr<v1::ListAttributeDefinitionsResponse> ListAttributeDefinitions(
    Call& call, const v1::ListAttributeDefinitionsRequest& request) {
  return ListResources(
      call, Attributes(), request,
      &v1::ListAttributeDefinitionsResponse::add_attribute_definitions);
}

absl::StatusOr<v1::AttributeDefinition> CreateAttributeDefinition(
    Call& call, const v1::CreateAttributeDefinitionRequest& request) {
  return CreateResource<v1::AttributeDefinition>(
      call, Attributes(), request.attribute_definition(),
      request.attribute_definition_id(), Check);
}

absl::StatusOr<v1::AttributeDefinition> UpdateAttributeDefinition(
    Call& call, const v1::UpdateAttributeDefinitionRequest& request) {
  return UpdateResource<v1::AttributeDefinition>(call, Attributes(),
                                                 request.attribute_definition(),
                                                 request.update_mask(), Check);
}

absl::StatusOr<google::protobuf::Empty> DeleteAttributeDefinition(
    Call& call, const v1::DeleteAttributeDefinitionRequest& request) {
  return RemoveResource(
      call, Attributes(), request,
      [](storage::Transaction& tx,
         const v1::AttributeDefinition& attribute) -> absl::Status {
        const std::string field =
            absl::StrCat("attributes.", LastId(attribute.name()));
        // First, so that nobody begins to use it meanwhile.
        absl::Status bumped =
            storage::BumpGeneration(tx, attribute.name()).status();
        if (!bumped.ok()) return bumped;
        absl::Status used = ForEachDefinition(
            tx,
            [&](const std::string& name,
                const v1::ProcessDefinition& definition) -> absl::Status {
              for (const std::string& text : ExpressionsOf(definition)) {
                if (Names(text, field))
                  return errors::ResourceInUse(attribute.name(), name);
              }
              for (const v1::MilestonePlacement& placement :
                   definition.milestones()) {
                for (const v1::MilestoneTrigger& trigger :
                     placement.triggers()) {
                  for (const v1::MilestoneAction& action : trigger.actions()) {
                    if (action.set_fields().fields().contains(field)) {
                      return errors::ResourceInUse(attribute.name(), name);
                    }
                  }
                }
              }
              return absl::OkStatus();
            });
        if (!used.ok()) return used;
        return CheckNoRuleSays(tx, attribute.name(),
                               [&](const std::string& expression) {
                                 return Names(expression, field);
                               });
      });
}

}  // namespace charter::services
