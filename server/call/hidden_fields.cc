#include "server/call/hidden_fields.h"

#include <memory>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "charter/v1/annotations.pb.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/field_mask.pb.h"
#include "server/call/roles.h"
#include "server/services/shared/errors.h"

namespace charter::call {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;
using services::HiddenFields;

// Adds the internal fields of a message and of those within it.
void AddInternal(const Descriptor& type, std::set<const Descriptor*>* seen,
                 HiddenFields* fields) {
  if (!seen->insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->options().GetExtension(v1::rule).internal())
      fields->insert(field);
    if (field->message_type() != nullptr)
      AddInternal(*field->message_type(), seen, fields);
  }
}

// A message of a type that is known by its name only.
std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  const absl::string_view url = any.type_url();
  const Descriptor* type =
      DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(url.substr(url.rfind('/') + 1)));
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> message(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
  return message->ParseFromString(any.value()) ? std::move(message) : nullptr;
}

void HidePacked(const HiddenFields& fields, google::protobuf::Any* any) {
  std::unique_ptr<Message> inner = Unpack(*any);
  if (inner == nullptr) {
    // What can't be looked into isn't told.
    any->clear_value();
    return;
  }
  Hide(fields, inner.get());
  any->set_value(inner->SerializeAsString());
}

void Refuse(const std::string& path, services::FieldViolations* violations) {
  violations->Add(path, services::ErrorReason::NOT_YOURS,
                  "you may neither see nor write it: leave it out");
}

void FindSet(const HiddenFields& fields, const Message& message,
             const std::string& prefix, services::FieldViolations* violations) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string path = absl::StrCat(prefix, field->name());
    if (fields.contains(field)) {
      Refuse(path, violations);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        FindSet(fields, reflection.GetRepeatedMessage(message, field, i),
                absl::StrCat(path, "[", i, "]."), violations);
      }
    } else {
      FindSet(fields, reflection.GetMessage(message, field),
              absl::StrCat(path, "."), violations);
    }
  }
}

// Paths of a mask are about the request's one other message.
void FindMasked(const HiddenFields& fields, const Message& request,
                services::FieldViolations* violations) {
  const Descriptor& type = *request.GetDescriptor();
  const FieldDescriptor* mask_field = type.FindFieldByName("update_mask");
  if (mask_field == nullptr ||
      !request.GetReflection()->HasField(request, mask_field)) {
    return;
  }
  const auto& mask = static_cast<const google::protobuf::FieldMask&>(
      request.GetReflection()->GetMessage(request, mask_field));
  for (const std::string& path : mask.paths()) {
    if (path == "*") {
      violations->Add("update_mask", services::ErrorReason::NOT_YOURS,
                      "`*` would clear fields that you do not see: name those "
                      "that you write");
      continue;
    }
    for (int i = 0; i < type.field_count(); ++i) {
      const Descriptor* resource = type.field(i)->message_type();
      if (resource == nullptr || type.field(i) == mask_field) continue;
      for (absl::string_view part : absl::StrSplit(path, '.')) {
        const FieldDescriptor* field =
            resource->FindFieldByName(std::string(part));
        if (field == nullptr) break;
        if (fields.contains(field)) {
          Refuse(absl::StrCat("update_mask, path `", path, "`"), violations);
          break;
        }
        resource = field->message_type();
        if (resource == nullptr) break;
      }
    }
  }
}

}  // namespace

absl::StatusOr<HiddenFields> FieldsNamed(
    const std::vector<std::string>& names) {
  HiddenFields fields;
  for (const std::string& name : names) {
    const FieldDescriptor* field =
        DescriptorPool::generated_pool()->FindFieldByName(
            absl::StrCat("charter.v1.", name));
    if (field == nullptr || field->is_extension()) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no field `", name,
                       "`; give MESSAGE.FIELD, as `Case.owner`"));
    }
    fields.insert(field);
  }
  return fields;
}

const std::shared_ptr<const HiddenFields>& InternalFields() {
  static const auto& internal = *new std::shared_ptr<const HiddenFields>([] {
    auto fields = std::make_shared<HiddenFields>();
    std::set<const Descriptor*> seen;
    for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
      AddInternal(*method->input_type(), &seen, fields.get());
      AddInternal(*method->output_type(), &seen, fields.get());
    }
    return fields;
  }());
  return internal;
}

void Hide(const HiddenFields& fields, Message* message) {
  if (message->GetDescriptor() == google::protobuf::Any::descriptor())
    return HidePacked(fields, static_cast<google::protobuf::Any*>(message));
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(*message, &set);
  for (const FieldDescriptor* field : set) {
    if (fields.contains(field)) {
      reflection.ClearField(message, field);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(*message, field); ++i)
        Hide(fields, reflection.MutableRepeatedMessage(message, field, i));
    } else {
      Hide(fields, reflection.MutableMessage(message, field));
    }
  }
}

absl::Status CheckNothingHidden(const HiddenFields& fields,
                                const Message& request) {
  services::FieldViolations violations;
  FindSet(fields, request, "", &violations);
  FindMasked(fields, request, &violations);
  return violations.ToStatus();
}

}  // namespace charter::call
