#include "storage/table/column_value.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "server/sla/time.h"

namespace charter::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kMicros = 1000000;
constexpr absl::CivilDay kEpoch(1970, 1, 1);

// Timestamp and Duration have the same two fields.
template <typename Time>
int64_t ToMicros(const Message& message) {
  const auto& time = static_cast<const Time&>(message);
  return time.seconds() * kMicros + time.nanos() / 1000;
}

absl::CivilDay ToDay(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void SetDate(absl::CivilDay day, google::type::Date* date) {
  date->set_year(static_cast<int32_t>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

// A Timestamp's nanos are never negative, a Duration's have its sign.
void SetTimestamp(int64_t micros, google::protobuf::Timestamp* time) {
  int64_t seconds = micros / kMicros;
  int64_t rest = micros % kMicros;
  if (rest < 0) {
    rest += kMicros;
    --seconds;
  }
  time->set_seconds(seconds);
  time->set_nanos(static_cast<int32_t>(rest * 1000));
}

void SetDuration(int64_t micros, google::protobuf::Duration* duration) {
  duration->set_seconds(micros / kMicros);
  duration->set_nanos(static_cast<int32_t>(micros % kMicros * 1000));
}

int64_t IntegerOf(const FieldDescriptor& field, const Reflection& reflection,
                  const Message& message) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT32
             ? reflection.GetInt32(message, &field)
             : reflection.GetInt64(message, &field);
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isascii);
}

}  // namespace

std::optional<ColumnKind> KindOfField(const FieldDescriptor& field) {
  if (field.is_repeated()) return std::nullopt;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return std::nullopt;
      return ColumnKind::kText;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return ColumnKind::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return ColumnKind::kBool;
    case FieldDescriptor::CPPTYPE_ENUM:
      return ColumnKind::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
    default:
      return std::nullopt;
  }
  const google::protobuf::Descriptor* type = field.message_type();
  if (type == google::protobuf::Timestamp::descriptor())
    return ColumnKind::kTimestamp;
  if (type == google::protobuf::Duration::descriptor())
    return ColumnKind::kDuration;
  if (type == google::type::Date::descriptor()) return ColumnKind::kDate;
  return std::nullopt;
}

Value ValueOfField(const Column& column, const Message& message) {
  const FieldDescriptor& field = *column.field;
  const Reflection& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return {};
  switch (column.kind) {
    case ColumnKind::kId:
    case ColumnKind::kText: {
      std::string scratch;
      const std::string& text =
          reflection.GetStringReference(message, &field, &scratch);
      if (text.empty() && column.null_when_empty) return {};
      return Value(text);
    }
    case ColumnKind::kInteger:
      return Value(IntegerOf(field, reflection, message));
    case ColumnKind::kBool:
      return Value(reflection.GetBool(message, &field));
    case ColumnKind::kEnum:
      return Value(reflection.GetEnumValue(message, &field));
    case ColumnKind::kTimestamp:
      return Value(ToMicros<google::protobuf::Timestamp>(
          reflection.GetMessage(message, &field)));
    case ColumnKind::kDuration:
      return Value(ToMicros<google::protobuf::Duration>(
          reflection.GetMessage(message, &field)));
    case ColumnKind::kDate:
      return Value(ToDay(static_cast<const google::type::Date&>(
                       reflection.GetMessage(message, &field))) -
                   kEpoch);
    case ColumnKind::kMore:
      break;
  }
  return {};
}

void SetField(const Column& column, Row row, size_t index, Message* message) {
  if (row.IsNull(index)) return;
  const FieldDescriptor& field = *column.field;
  const Reflection& reflection = *message->GetReflection();
  switch (column.kind) {
    case ColumnKind::kId:
    case ColumnKind::kText: {
      const absl::string_view text = row.Text(index);
      if (text.empty() && !field.has_presence()) return;
      reflection.SetString(message, &field, std::string(text));
      return;
    }
    case ColumnKind::kInteger:
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        reflection.SetInt32(message, &field,
                            static_cast<int32_t>(row.Int64(index)));
      } else {
        reflection.SetInt64(message, &field, row.Int64(index));
      }
      return;
    case ColumnKind::kBool:
      reflection.SetBool(message, &field, row.Int64(index) != 0);
      return;
    case ColumnKind::kEnum:
      reflection.SetEnumValue(message, &field,
                              static_cast<int>(row.Int64(index)));
      return;
    case ColumnKind::kTimestamp:
      SetTimestamp(row.Int64(index),
                   static_cast<google::protobuf::Timestamp*>(
                       reflection.MutableMessage(message, &field)));
      return;
    case ColumnKind::kDuration:
      SetDuration(row.Int64(index),
                  static_cast<google::protobuf::Duration*>(
                      reflection.MutableMessage(message, &field)));
      return;
    case ColumnKind::kDate:
      SetDate(kEpoch + row.Int64(index),
              static_cast<google::type::Date*>(
                  reflection.MutableMessage(message, &field)));
      return;
    case ColumnKind::kMore:
      return;
  }
}

sla::Value FilterValueOfField(const Column& column, const Message& message) {
  const FieldDescriptor& field = *column.field;
  const Reflection& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return {};
  switch (column.kind) {
    case ColumnKind::kId:
    case ColumnKind::kText:
      return reflection.GetString(message, &field);
    case ColumnKind::kInteger:
      return static_cast<double>(IntegerOf(field, reflection, message));
    case ColumnKind::kBool:
      return reflection.GetBool(message, &field);
    case ColumnKind::kEnum: {
      const int number = reflection.GetEnumValue(message, &field);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      if (number == 0 || value == nullptr) return {};
      return value->name();
    }
    case ColumnKind::kTimestamp:
      return sla::Instant::FromMicros(ToMicros<google::protobuf::Timestamp>(
          reflection.GetMessage(message, &field)));
    case ColumnKind::kDuration:
      return sla::Duration::Micros(ToMicros<google::protobuf::Duration>(
          reflection.GetMessage(message, &field)));
    case ColumnKind::kDate:
      return ToDay(static_cast<const google::type::Date&>(
          reflection.GetMessage(message, &field)));
    case ColumnKind::kMore:
      break;
  }
  return {};
}

sla::Value FilterValueOf(const v1::AttributeValue& value) {
  switch (value.value_case()) {
    case v1::AttributeValue::kStringValue:
      return value.string_value();
    case v1::AttributeValue::kNumberValue:
      return value.number_value();
    case v1::AttributeValue::kBoolValue:
      return value.bool_value();
    case v1::AttributeValue::kDateValue:
      return ToDay(value.date_value());
    case v1::AttributeValue::kTimeValue:
      return sla::Instant::FromMicros(
          ToMicros<google::protobuf::Timestamp>(value.time_value()));
    case v1::AttributeValue::VALUE_NOT_SET:
      break;
  }
  return {};
}

std::optional<Value> ValueOfLiteral(const Column& column,
                                    const sla::Value& literal) {
  switch (column.kind) {
    case ColumnKind::kId: {
      // Compared with other text, an ASCII column would lose its index.
      const auto& text = std::get<std::string>(literal);
      if (!IsAscii(text)) return std::nullopt;
      return Value(text);
    }
    case ColumnKind::kText:
      return Value(std::get<std::string>(literal));
    case ColumnKind::kInteger: {
      const double number = std::get<double>(literal);
      // Literals are at most 2^53 (see Expression).
      if (number != std::floor(number)) return std::nullopt;
      return Value(static_cast<int64_t>(number));
    }
    case ColumnKind::kBool:
      return Value(std::get<bool>(literal));
    case ColumnKind::kEnum: {
      const auto* value = column.field->enum_type()->FindValueByName(
          std::get<std::string>(literal));
      if (value == nullptr) return std::nullopt;
      return Value(value->number());
    }
    case ColumnKind::kTimestamp:
      return Value(std::get<sla::Instant>(literal).micros());
    case ColumnKind::kDuration:
      return Value(std::get<sla::Duration>(literal).micros());
    case ColumnKind::kDate:
      return Value(std::get<sla::Date>(literal) - kEpoch);
    case ColumnKind::kMore:
      break;
  }
  return std::nullopt;
}

}  // namespace charter::storage
