#include "server/services/shared/field_mask.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/services/shared/errors.h"

namespace charter::services {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;

bool Is(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) {
      return true;
    }
  }
  return false;
}

// What an update leaves alone whatever the mask says.
bool NotForClients(const FieldDescriptor& field) {
  return Is(field, google::api::OUTPUT_ONLY) ||
         Is(field, google::api::IDENTIFIER) || field.name() == "etag";
}

bool IsTextMap(const FieldDescriptor& field) {
  return field.is_map() && field.message_type()->map_key()->type() ==
                               FieldDescriptor::TYPE_STRING;
}

// A message whose fields are fields of the resource: not a list, and not one
// of protobuf's own values (Timestamp and the like).
bool HasPaths(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         !field.is_repeated() &&
         field.message_type()->file()->package().rfind("charter.", 0) == 0;
}

// Where a path leads.
struct Target {
  std::vector<const FieldDescriptor*> fields;  // the last may be a map …
  std::string key;                             // … of which this key is meant
  bool has_key = false;
};

absl::StatusOr<Target> Resolve(absl::string_view path,
                               const Descriptor& resource) {
  Target target;
  const Descriptor* type = &resource;
  absl::string_view rest = path;
  while (true) {
    const size_t dot = rest.find('.');
    const absl::string_view part = rest.substr(0, dot);
    const FieldDescriptor* field =
        type == nullptr ? nullptr : type->FindFieldByName(std::string(part));
    if (field == nullptr) {
      return errors::FieldMaskInvalid(
          path, absl::StrCat("there is no field `", part, "` in ",
                             type == nullptr ? "it" : type->name()));
    }
    target.fields.push_back(field);
    if (dot == absl::string_view::npos) return target;
    rest = rest.substr(dot + 1);
    if (IsTextMap(*field)) {
      if (rest.empty()) {
        return errors::FieldMaskInvalid(path, "it ends with a dot");
      }
      target.key = std::string(rest);
      target.has_key = true;
      return target;
    }
    if (field->is_repeated()) {
      return errors::FieldMaskInvalid(
          path, absl::StrCat("`", field->name(),
                             "` is a list and can only be replaced as a "
                             "whole"));
    }
    type = HasPaths(*field) ? field->message_type() : nullptr;
  }
}

// The map's entry of that key, or null. Reflection has no look-up by key.
const Message* FindEntry(const Message& message, const FieldDescriptor& map,
                         const std::string& key) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* key_field = map.message_type()->map_key();
  for (int i = 0; i < reflection.FieldSize(message, &map); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, &map, i);
    if (entry.GetReflection()->GetString(entry, key_field) == key) {
      return &entry;
    }
  }
  return nullptr;
}

void RemoveEntry(const FieldDescriptor& map, const std::string& key,
                 Message* message) {
  const Reflection& reflection = *message->GetReflection();
  const FieldDescriptor* key_field = map.message_type()->map_key();
  for (int i = 0; i < reflection.FieldSize(*message, &map); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(*message, &map, i);
    if (entry.GetReflection()->GetString(entry, key_field) == key) {
      reflection.SwapElements(message, &map, i,
                              reflection.FieldSize(*message, &map) - 1);
      reflection.RemoveLast(message, &map);
      return;
    }
  }
}

// Copies one field as a whole. Both messages are of one type.
void CopyField(const Message& from, const FieldDescriptor& field, Message* to) {
  to->GetReflection()->ClearField(to, &field);
  google::protobuf::FieldMask mask;
  mask.add_paths(field.name());
  FieldMaskUtil::MergeMessageTo(from, mask, FieldMaskUtil::MergeOptions(), to);
}

// The field of an Update request that holds a resource of this type. AIP-134
// names it as the type: `attribute_definition` of AttributeDefinition.
std::string RequestField(const Descriptor& type) {
  std::string field;
  for (const char letter : type.name()) {
    if (absl::ascii_isupper(letter) && !field.empty()) field += '_';
    field += absl::ascii_tolower(letter);
  }
  return field;
}

bool SameField(const Message& a, const Message& b,
               const FieldDescriptor& field) {
  const Reflection& reflection = *a.GetReflection();
  if (!field.is_repeated() && field.has_presence() &&
      reflection.HasField(a, &field) != reflection.HasField(b, &field)) {
    return false;
  }
  MessageDifferencer differencer;
  std::vector<const FieldDescriptor*> only = {&field};
  return differencer.CompareWithFields(a, b, only, only);
}

// A copied message would bring its OUTPUT_ONLY fields along; those keep what
// the resource has.
void KeepOutputOnly(const Message& before, Message* after) {
  const Descriptor& type = *before.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (Is(field, google::api::OUTPUT_ONLY)) {
      CopyField(before, field, after);
    } else if (HasPaths(field) &&
               after->GetReflection()->HasField(*after, &field)) {
      const Reflection& reflection = *after->GetReflection();
      KeepOutputOnly(reflection.GetMessage(before, &field),
                     reflection.MutableMessage(after, &field));
    }
  }
}

absl::Status MergeOne(const std::string& path, const Message& update,
                      Message* resource) {
  absl::StatusOr<Target> target = Resolve(path, *resource->GetDescriptor());
  if (!target.ok()) return target.status();
  const Message* from = &update;
  Message* to = resource;
  for (size_t i = 0; i + 1 < target->fields.size(); ++i) {
    const FieldDescriptor* field = target->fields[i];
    // An absent message clears the field inside it, but makes no message.
    if (!from->GetReflection()->HasField(*from, field) &&
        !to->GetReflection()->HasField(*to, field)) {
      return absl::OkStatus();
    }
    from = &from->GetReflection()->GetMessage(*from, field);
    to = to->GetReflection()->MutableMessage(to, field);
  }
  const FieldDescriptor& field = *target->fields.back();
  if (target->has_key) {
    RemoveEntry(field, target->key, to);
    const Message* entry = FindEntry(*from, field, target->key);
    if (entry != nullptr) {
      to->GetReflection()->AddMessage(to, &field)->CopyFrom(*entry);
    }
    return absl::OkStatus();
  }
  if (Is(field, google::api::IMMUTABLE) && !SameField(*from, *to, field)) {
    return errors::FieldInvalid(
        absl::StrCat(RequestField(*update.GetDescriptor()), ".", path),
        ErrorReason::IMMUTABLE,
        "it is fixed when the resource is created and cannot be changed");
  }
  if (!HasPaths(field)) {
    CopyField(*from, field, to);
    return absl::OkStatus();
  }
  std::unique_ptr<Message> before(
      to->GetReflection()->GetMessage(*to, &field).New());
  before->CopyFrom(to->GetReflection()->GetMessage(*to, &field));
  CopyField(*from, field, to);
  if (to->GetReflection()->HasField(*to, &field)) {
    KeepOutputOnly(*before, to->GetReflection()->MutableMessage(to, &field));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> UpdatePaths(
    const google::protobuf::FieldMask& mask, const Message& update) {
  const Descriptor& type = *update.GetDescriptor();
  std::vector<std::string> paths;
  if (mask.paths_size() == 0) {
    std::vector<const FieldDescriptor*> set;
    update.GetReflection()->ListFields(update, &set);
    for (const FieldDescriptor* field : set) {
      if (!NotForClients(*field)) paths.push_back(field->name());
    }
    return paths;
  }
  if (mask.paths_size() == 1 && mask.paths(0) == "*") {
    for (int i = 0; i < type.field_count(); ++i) {
      if (!NotForClients(*type.field(i)))
        paths.push_back(type.field(i)->name());
    }
    return paths;
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") {
      return errors::FieldMaskInvalid(path, "`*` stands alone");
    }
    absl::StatusOr<Target> target = Resolve(path, type);
    if (!target.ok()) return target.status();
    bool ignored = false;
    for (const FieldDescriptor* field : target->fields) {
      ignored = ignored || NotForClients(*field);
    }
    if (!ignored) paths.push_back(path);
  }
  if (paths.empty()) {
    return errors::FieldMaskInvalid(
        mask.paths(0), "clients cannot write it, nor what else is named");
  }
  return paths;
}

absl::Status MergePaths(const std::vector<std::string>& paths,
                        const Message& update, Message* resource) {
  for (const std::string& path : paths) {
    absl::Status status = MergeOne(path, update, resource);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ApplyUpdate(
    const google::protobuf::FieldMask& mask, const Message& update,
    Message* resource) {
  absl::StatusOr<std::vector<std::string>> paths = UpdatePaths(mask, update);
  if (!paths.ok()) return paths;
  absl::Status status = MergePaths(*paths, update, resource);
  if (!status.ok()) return status;
  return paths;
}

void ClearOutputOnly(Message* message) {
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(*message, &set);
  for (const FieldDescriptor* field : set) {
    if (Is(*field, google::api::OUTPUT_ONLY)) {
      reflection.ClearField(message, field);
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE &&
               !field->is_map()) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
          ClearOutputOnly(reflection.MutableRepeatedMessage(message, field, i));
        }
      } else {
        ClearOutputOnly(reflection.MutableMessage(message, field));
      }
    }
  }
}

}  // namespace charter::services
