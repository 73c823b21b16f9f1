// Checks requests by what their protos say: field_behavior, (charter.v1.rule),
// and what holds for every field of its type. Handlers needn't check it again.
#ifndef CHARTER_SERVER_CALL_VALIDATOR_H_
#define CHARTER_SERVER_CALL_VALIDATOR_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "re2/re2.h"
#include "server/services/shared/errors.h"

namespace charter::call {

// What holds for every request, besides its rules:
//  - REQUIRED fields are there: texts, lists and messages are not empty, enums
//    not unspecified. Of the resource in an Update only those that the mask
//    names (`*`: all), for what the mask leaves out isn't written.
//  - OUTPUT_ONLY fields are not looked at: handlers ignore them. So is the
//    `name` of a resource that is to be created.
//  - Texts: at most 1,024 bytes unless a rule says otherwise, without U+0000.
//    (That they are UTF-8 was checked when they were parsed.)
//  - Enums have values that this server knows.
//  - Timestamps lie in the years 0001 to 9999, Durations within 10,000 years,
//    both well-formed; Dates are days of the calendar; doubles are finite.
//  - Lists and maps have at most 1,000 elements unless a rule says otherwise.
//  - A `request_id` (format UUID4) is 1 to 64 letters, digits and `-._:`.
class Validator {
 public:
  Validator();
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  // Prepares a request type and all messages in it; not thread-safe, call it at
  // start. FAILED_PRECONDITION names a rule that makes no sense: a pattern that
  // RE2 doesn't take, a rule for a type that it doesn't fit.
  absl::Status Prepare(const google::protobuf::Descriptor& type);

  // OK, or INVALID_ARGUMENT FIELD_INVALID with all violations (at most 100).
  // The type must be prepared. Thread-safe.
  absl::Status Check(const google::protobuf::Message& request) const;

 private:
  struct FieldCheck;
  struct TypeCheck;
  struct Run;

  absl::StatusOr<const TypeCheck*> PrepareType(
      const google::protobuf::Descriptor& type);
  absl::StatusOr<FieldCheck> PrepareField(
      const google::protobuf::FieldDescriptor& field);
  void CheckMessage(const TypeCheck& type,
                    const google::protobuf::Message& message,
                    const std::string& path, Run& run) const;
  void CheckField(const FieldCheck& check,
                  const google::protobuf::Message& message,
                  const std::string& path, Run& run) const;
  void CheckValue(const FieldCheck& check,
                  const google::protobuf::Message& message, int index,
                  const std::string& path, Run& run) const;
  void CheckText(const FieldCheck& check, absl::string_view text,
                 const std::string& path, Run& run) const;
  void CheckInner(const FieldCheck& check,
                  const google::protobuf::Message& value,
                  const std::string& path, Run& run) const;

  std::map<const google::protobuf::Descriptor*, std::unique_ptr<TypeCheck>>
      types_;
};

// The path of the first text in `bytes`, a serialized `type`, that is not
// UTF-8; nullopt: there is none. Protobuf refuses such a message without saying
// where.
std::optional<std::string> FindBadUtf8(
    const std::string& bytes, const google::protobuf::Descriptor& type);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_VALIDATOR_H_
