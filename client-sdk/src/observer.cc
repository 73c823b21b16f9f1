#include "charter/client/observer.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "charter/client/status.h"
#include "charter/v1/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"

namespace charter::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMostRequestBytes = 1024;

// Text of the messages that the values of other fields are known to be.
bool Readable(const Descriptor* message) {
  const absl::string_view name = message->full_name();
  return absl::StartsWith(name, "charter.v1.") ||
         name == "google.protobuf.FieldMask" ||
         name == "google.protobuf.Timestamp" ||
         name == "google.protobuf.Duration" ||
         absl::StartsWith(name, "google.type.");
}

// Takes out what must not be read: the texts of sensitive fields, keys and
// values of maps, and messages that are not ours.
void Redact(Message* message) {
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    const auto& rule = field->options().GetExtension(charter::v1::rule);
    const bool ours = field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
                      (!field->is_map() && Readable(field->message_type()));
    // Expressions hold what is looked for, which may be a customer's.
    const bool sensitive = rule.sensitive() || field->name() == "filter";
    if (!ours ||
        (sensitive && field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)) {
      reflection->ClearField(message, field);
    } else if (sensitive) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
          reflection->SetRepeatedString(message, field, i, "...");
      } else {
        reflection->SetString(message, field, "...");
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(*message, field); ++i)
          Redact(reflection->MutableRepeatedMessage(message, field, i));
      } else {
        Redact(reflection->MutableMessage(message, field));
      }
    }
  }
}

class Log : public CallObserver {
 public:
  explicit Log(std::function<void(absl::string_view)> sink)
      : sink_(std::move(sink)) {}

  void OnCall(const CallRecord& record) override {
    const std::string reason = ReasonOf(record.status);
    sink_(absl::StrCat(record.method, " ",
                       absl::StatusCodeToString(record.status.code()),
                       reason.empty() ? "" : " ", reason,
                       " attempts=", record.attempts, " elapsed=",
                       absl::FormatDuration(
                           absl::Trunc(record.elapsed, absl::Microseconds(1))),
                       " request={", Redacted(record.request), "}"));
  }

 private:
  const std::function<void(absl::string_view)> sink_;
};

}  // namespace

std::shared_ptr<CallObserver> CallLog(
    std::function<void(absl::string_view)> sink) {
  return std::make_shared<Log>(std::move(sink));
}

std::string Redacted(const Message& message) {
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  copy->DiscardUnknownFields();  // of which nobody knows what they hold
  Redact(copy.get());
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(*copy, &text);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > kMostRequestBytes) {
    text.resize(kMostRequestBytes);
    text += "...";
  }
  return text;
}

}  // namespace charter::client
