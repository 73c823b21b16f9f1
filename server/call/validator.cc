#include "server/call/validator.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/field_info.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/type/date.pb.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"

namespace charter::call {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMaxTextBytes = 1024;
constexpr int kMaxElements = 1000;
constexpr size_t kMaxViolations = 100;
constexpr size_t kMaxRequestId = 64;

bool Is(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) {
      return true;
    }
  }
  return false;
}

bool IsRequestId(absl::string_view text) {
  if (text.size() > kMaxRequestId) return false;
  for (char c : text) {
    if (!absl::ascii_isalnum(c) && !absl::StrContains("-._:", c)) return false;
  }
  return true;
}

// The message types that are values of their own.
enum class Kind { kPlain, kTimestamp, kDuration, kDate, kOpaque, kMessage };

Kind KindOf(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return Kind::kPlain;
  const std::string& name = field.message_type()->full_name();
  if (name == "google.protobuf.Timestamp") return Kind::kTimestamp;
  if (name == "google.protobuf.Duration") return Kind::kDuration;
  if (name == "google.type.Date") return Kind::kDate;
  if (absl::StartsWith(name, "google.rpc.") ||
      (absl::StartsWith(name, "google.protobuf.") &&
       name != "google.protobuf.FieldMask")) {
    return Kind::kOpaque;
  }
  return Kind::kMessage;
}

template <typename T>
const T& As(const Message& message) {
  return static_cast<const T&>(message);
}

}  // namespace

struct Validator::FieldCheck {
  const FieldDescriptor* field = nullptr;
  Kind kind = Kind::kPlain;
  v1::FieldRule rule;
  bool required = false;
  bool identifier = false;
  bool request_id = false;
  int max_text = kMaxTextBytes;
  int max_items = kMaxElements;
  std::shared_ptr<const RE2> pattern;
  const TypeCheck* inner = nullptr;  // of messages that are looked into
};

struct Validator::TypeCheck {
  std::vector<FieldCheck> fields;
  // Where the type is an update's: the mask that says what is written.
  const FieldDescriptor* mask = nullptr;
};

// What is carried along while a request is walked through.
struct Validator::Run {
  services::FieldViolations violations;
  bool full() const { return violations.size() >= kMaxViolations; }

  // Set while the resource of an update is looked at: the mask in force.
  const google::protobuf::FieldMask* mask = nullptr;
  // Its `name` says which resource to update.
  bool name_required = false;

  bool IsWritten(const FieldDescriptor& field) const {
    if (mask == nullptr) return true;
    for (const std::string& path : mask->paths()) {
      if (path == "*" || path == field.name()) return true;
    }
    return false;
  }
};

Validator::Validator() = default;
Validator::~Validator() = default;

absl::Status Validator::Prepare(const Descriptor& type) {
  return PrepareType(type).status();
}

absl::StatusOr<const Validator::TypeCheck*> Validator::PrepareType(
    const Descriptor& type) {
  std::unique_ptr<TypeCheck>& entry = types_[&type];
  if (entry != nullptr) return entry.get();
  entry = std::make_unique<TypeCheck>();
  TypeCheck* check = entry.get();  // types may contain themselves
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (Is(field, google::api::OUTPUT_ONLY)) continue;
    absl::StatusOr<FieldCheck> prepared = PrepareField(field);
    if (!prepared.ok()) return prepared.status();
    if (field.name() == "update_mask") check->mask = &field;
    check->fields.push_back(*std::move(prepared));
  }
  return check;
}

absl::StatusOr<Validator::FieldCheck> Validator::PrepareField(
    const FieldDescriptor& field) {
  FieldCheck check;
  check.field = &field;
  check.kind = KindOf(field);
  check.rule = field.options().GetExtension(v1::rule);
  check.required = Is(field, google::api::REQUIRED) || check.rule.not_empty();
  check.identifier = Is(field, google::api::IDENTIFIER);
  check.request_id =
      field.options().GetExtension(google::api::field_info).format() ==
      google::api::FieldInfo::UUID4;
  const v1::FieldRule& rule = check.rule;
  if (rule.max_length() > 0) check.max_text = rule.max_length();
  if (rule.max_items() > 0) check.max_items = rule.max_items();
  const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  const bool number = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
                      field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  auto misfit = [&](absl::string_view option) {
    return absl::FailedPreconditionError(absl::StrCat(
        field.full_name(), ": the rule ", option, " doesn't fit its type"));
  };
  if (rule.max_length() > 0 && !text) return misfit("max_length");
  if ((rule.has_min() || rule.has_max()) && !number) return misfit("min, max");
  if (!rule.resource().empty() && !text) return misfit("resource");
  if (rule.max_items() > 0 && !field.is_repeated()) return misfit("max_items");
  if ((rule.has_min_seconds() || rule.has_max_seconds()) &&
      check.kind != Kind::kDuration) {
    return misfit("min_seconds, max_seconds");
  }
  if (!rule.pattern().empty()) {
    if (!text) return misfit("pattern");
    check.pattern = std::make_shared<RE2>(rule.pattern(), RE2::Quiet);
    if (!check.pattern->ok()) {
      return absl::FailedPreconditionError(absl::StrCat(
          field.full_name(),
          ": the rule's pattern is wrong: ", check.pattern->error()));
    }
  }
  if (check.kind == Kind::kMessage) {
    absl::StatusOr<const TypeCheck*> inner = PrepareType(*field.message_type());
    if (!inner.ok()) return inner.status();
    check.inner = *inner;
  }
  return check;
}

absl::Status Validator::Check(const Message& request) const {
  auto type = types_.find(request.GetDescriptor());
  if (type == types_.end()) {
    return absl::InternalError(absl::StrCat(
        request.GetDescriptor()->full_name(), " was not prepared"));
  }
  Run run;
  CheckMessage(*type->second, request, "", run);
  return run.violations.ToStatus();
}

void Validator::CheckMessage(const TypeCheck& type, const Message& message,
                             const std::string& path, Run& run) const {
  const auto& reflection = *message.GetReflection();
  for (const FieldCheck& check : type.fields) {
    if (run.full()) return;
    const std::string here = absl::StrCat(path, check.field->name());
    if (type.mask != nullptr && check.kind == Kind::kMessage &&
        check.field != type.mask && !check.field->is_repeated() &&
        reflection.HasField(message, check.field)) {
      // The resource of an update. One that is itself part of a request (the
      // fields that an event changed) is known by its parent's name.
      const auto* outer_mask = run.mask;
      const bool outer_name = run.name_required;
      run.mask = &As<google::protobuf::FieldMask>(
          reflection.GetMessage(message, type.mask));
      run.name_required = path.empty();
      CheckMessage(*check.inner, reflection.GetMessage(message, check.field),
                   absl::StrCat(here, "."), run);
      run.mask = outer_mask;
      run.name_required = outer_name;
      continue;
    }
    CheckField(check, message, here, run);
  }
}

void Validator::CheckField(const FieldCheck& check, const Message& message,
                           const std::string& path, Run& run) const {
  const auto& reflection = *message.GetReflection();
  const FieldDescriptor& field = *check.field;
  if (check.identifier) {
    if (!run.name_required) return;
    const std::string& name = reflection.GetString(message, &field);
    if (name.empty()) {
      run.violations.Add(path, services::ErrorReason::REQUIRED,
                         "it says which one to change");
    } else {
      CheckText(check, name, path, run);
    }
    return;
  }
  if (field.is_repeated()) {
    const int size = reflection.FieldSize(message, &field);
    if (size == 0 && check.required && run.IsWritten(field)) {
      run.violations.Add(path, services::ErrorReason::REQUIRED,
                         "it must have at least one element");
    }
    if (size > check.max_items) {
      run.violations.Add(path, services::ErrorReason::TOO_MANY,
                         absl::StrCat("it has ", size, " elements; at most ",
                                      check.max_items, " are allowed"));
      return;
    }
    for (int i = 0; i < size && !run.full(); ++i) {
      CheckValue(check, message, i, absl::StrCat(path, "[", i, "]"), run);
    }
    return;
  }
  if (field.has_presence() && !reflection.HasField(message, &field)) {
    if (check.required && run.IsWritten(field)) {
      run.violations.Add(path, services::ErrorReason::REQUIRED,
                         "it must be given");
    }
    return;
  }
  const bool empty_text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                          reflection.GetString(message, &field).empty();
  const bool no_value = field.type() == FieldDescriptor::TYPE_ENUM &&
                        reflection.GetEnumValue(message, &field) == 0;
  if (empty_text || no_value) {
    if (check.required && run.IsWritten(field)) {
      run.violations.Add(path, services::ErrorReason::REQUIRED,
                         "it must be given");
    }
    return;
  }
  CheckValue(check, message, -1, path, run);
}

void Validator::CheckValue(const FieldCheck& check, const Message& message,
                           int index, const std::string& path, Run& run) const {
  const auto& reflection = *message.GetReflection();
  const FieldDescriptor& field = *check.field;
  const bool repeated = index >= 0;
  auto check_number = [&](int64_t value) {
    const v1::FieldRule& rule = check.rule;
    if (rule.has_min() && value < rule.min()) {
      run.violations.Add(
          path, services::ErrorReason::OUT_OF_RANGE,
          absl::StrCat("it is ", value, "; the least is ", rule.min()));
    } else if (rule.has_max() && value > rule.max()) {
      run.violations.Add(
          path, services::ErrorReason::OUT_OF_RANGE,
          absl::StrCat("it is ", value, "; the greatest is ", rule.max()));
    }
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text =
          repeated ? reflection.GetRepeatedStringReference(message, &field,
                                                           index, &scratch)
                   : reflection.GetStringReference(message, &field, &scratch);
      CheckText(check, text, path, run);
      return;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      check_number(repeated
                       ? reflection.GetRepeatedInt32(message, &field, index)
                       : reflection.GetInt32(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      check_number(repeated
                       ? reflection.GetRepeatedInt64(message, &field, index)
                       : reflection.GetInt64(message, &field));
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const double value =
          repeated ? reflection.GetRepeatedDouble(message, &field, index)
                   : reflection.GetDouble(message, &field);
      if (!std::isfinite(value)) {
        run.violations.Add(path, services::ErrorReason::OUT_OF_RANGE,
                           "it must be a finite number");
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value =
          repeated ? reflection.GetRepeatedEnumValue(message, &field, index)
                   : reflection.GetEnumValue(message, &field);
      if (field.enum_type()->FindValueByNumber(value) == nullptr) {
        run.violations.Add(
            path, services::ErrorReason::UNKNOWN_VALUE,
            absl::StrCat(field.enum_type()->name(), " has no value ", value));
      }
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      CheckInner(check,
                 repeated
                     ? reflection.GetRepeatedMessage(message, &field, index)
                     : reflection.GetMessage(message, &field),
                 path, run);
      return;
    default:
      return;  // bool, and types that our protos don't use
  }
}

void Validator::CheckText(const FieldCheck& check, absl::string_view text,
                          const std::string& path, Run& run) const {
  // The text itself is never repeated: it may be a customer's.
  if (text.size() > static_cast<size_t>(check.max_text)) {
    run.violations.Add(path, services::ErrorReason::TOO_LONG,
                       absl::StrCat("it has ", text.size(), " bytes; at most ",
                                    check.max_text, " are allowed"));
    return;
  }
  if (check.field->type() == FieldDescriptor::TYPE_BYTES) return;
  if (absl::StrContains(text, '\0')) {
    run.violations.Add(path, services::ErrorReason::BAD_CHARACTER,
                       "it must not hold U+0000");
    return;
  }
  if (text.empty()) return;
  if (check.request_id && !IsRequestId(text)) {
    run.violations.Add(path, services::ErrorReason::BAD_FORMAT,
                       "it must be a UUID, or up to 64 letters, digits and "
                       "`-._:`");
  }
  if (check.pattern != nullptr &&
      !RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                      *check.pattern)) {
    run.violations.Add(path, services::ErrorReason::BAD_FORMAT,
                       absl::StrCat("it must match ", check.rule.pattern()));
  }
  const std::string& resource = check.rule.resource();
  if (!resource.empty() && !services::IdsOf(text, resource).has_value()) {
    run.violations.Add(
        path, services::ErrorReason::BAD_NAME,
        absl::StrCat("it must be a name of the form ", resource, "/ID"));
  }
  if (check.rule.any_resource() && !services::IsResourceName(text)) {
    run.violations.Add(path, services::ErrorReason::BAD_NAME,
                       "it must be a resource name: COLLECTION/ID");
  }
}

void Validator::CheckInner(const FieldCheck& check, const Message& value,
                           const std::string& path, Run& run) const {
  switch (check.kind) {
    case Kind::kTimestamp:
      if (!services::InRange(As<google::protobuf::Timestamp>(value))) {
        run.violations.Add(path, services::ErrorReason::OUT_OF_RANGE,
                           "it must be an instant of the years 0001 to 9999 "
                           "with nanoseconds from 0 to 999,999,999");
      }
      return;
    case Kind::kDuration: {
      const auto& length = As<google::protobuf::Duration>(value);
      if (!services::InRange(length)) {
        run.violations.Add(path, services::ErrorReason::OUT_OF_RANGE,
                           "it must be at most 10,000 years, with nanoseconds "
                           "of the same sign as the seconds");
        return;
      }
      const sla::Duration d = services::ToSlaDuration(length);
      const v1::FieldRule& rule = check.rule;
      if (rule.has_min_seconds() &&
          d < sla::Duration::Seconds(rule.min_seconds())) {
        run.violations.Add(
            path, services::ErrorReason::OUT_OF_RANGE,
            absl::StrCat("it must be at least ", rule.min_seconds(), " s"));
      } else if (rule.has_max_seconds() &&
                 d > sla::Duration::Seconds(rule.max_seconds())) {
        run.violations.Add(
            path, services::ErrorReason::OUT_OF_RANGE,
            absl::StrCat("it must be at most ", rule.max_seconds(), " s"));
      }
      return;
    }
    case Kind::kDate:
      if (!services::ToDate(As<google::type::Date>(value)).has_value()) {
        run.violations.Add(path, services::ErrorReason::OUT_OF_RANGE,
                           "it must be a whole date of the calendar, in the "
                           "years 1 to 9999");
      }
      return;
    case Kind::kMessage: {
      // What is inside belongs to this value and is written with it.
      const auto* outer_mask = std::exchange(run.mask, nullptr);
      const bool outer_name = std::exchange(run.name_required, false);
      CheckMessage(*check.inner, value, absl::StrCat(path, "."), run);
      run.mask = outer_mask;
      run.name_required = outer_name;
      return;
    }
    case Kind::kPlain:
    case Kind::kOpaque:
      return;
  }
}

}  // namespace charter::call
