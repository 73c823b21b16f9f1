#include "tools/charterctl/cells.h"

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/type/date.pb.h"
#include "google/type/money.pb.h"
#include "nlohmann/json.hpp"

namespace charter::tools {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::type::Date;
using google::type::Money;
using Json = nlohmann::json;

// Digits after the point of an amount; more are cut off as zeros.
constexpr int kNanoDigits = 9;

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) ==
        google::api::OUTPUT_ONLY) {
      return true;
    }
  }
  return false;
}

bool IsMessage(const FieldDescriptor& field, const Descriptor* type) {
  return !field.is_repeated() && field.message_type() == type;
}

bool IsTexts(const FieldDescriptor& field) {
  return field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING;
}

std::string ToText(const Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

bool FromText(absl::string_view text, Date* date) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) return false;
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
  return true;
}

std::string ToText(const Money& money) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  // Two digits at least, as people write amounts.
  std::string digits =
      absl::StrFormat("%09d", negative ? -money.nanos() : money.nanos());
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  const uint64_t units = negative ? uint64_t{0} - money.units() : money.units();
  return absl::StrCat(negative ? "-" : "", units, ".", digits, " ",
                      money.currency_code());
}

bool FromText(absl::string_view text, Money* money) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (parts.size() != 2) return false;
  absl::string_view amount = parts[0];
  const bool negative = absl::ConsumePrefix(&amount, "-");
  const size_t point = amount.find('.');
  std::string nanos(
      point == absl::string_view::npos ? "" : amount.substr(point + 1));
  const absl::string_view whole = amount.substr(0, point);
  const bool digits =
      absl::StrCat(whole, nanos).find_first_not_of("0123456789") ==
      std::string::npos;
  if (!digits || whole.empty() || nanos.size() > kNanoDigits) return false;
  nanos.resize(kNanoDigits, '0');
  int64_t units = 0;
  int32_t fraction = 0;
  if (!absl::SimpleAtoi(whole, &units) || !absl::SimpleAtoi(nanos, &fraction))
    return false;
  money->set_units(negative ? -units : units);
  money->set_nanos(negative ? -fraction : fraction);
  money->set_currency_code(std::string(parts[1]));
  return true;
}

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

// The field's value as JSON has it, keys in order.
Json JsonOf(const Message& message, const FieldDescriptor& field) {
  std::unique_ptr<Message> alone(message.New());
  alone->CopyFrom(message);
  std::vector<const FieldDescriptor*> set;
  alone->GetReflection()->ListFields(*alone, &set);
  for (const FieldDescriptor* other : set) {
    if (other != &field) alone->GetReflection()->ClearField(alone.get(), other);
  }
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(*alone, &text, options).ok())
    return Json();
  return Json::parse(text).at(field.name());
}

// What a cell of the field must look like.
std::string Form(const FieldDescriptor& field) {
  if (IsMessage(field, Date::descriptor())) return "a date such as 2026-03-31";
  if (IsMessage(field, Money::descriptor()))
    return "an amount such as 12.50 EUR";
  if (field.is_repeated() || field.type() == FieldDescriptor::TYPE_MESSAGE) {
    const std::string type =
        field.message_type() == nullptr ? "" : field.message_type()->name();
    if (!field.is_repeated() && type == "Timestamp")
      return "an instant such as 2026-03-31T08:00:00Z";
    if (!field.is_repeated() && type == "Duration")
      return "a duration such as 3600s";
    return "JSON";
  }
  if (field.type() == FieldDescriptor::TYPE_BOOL) return "true or false";
  if (field.type() != FieldDescriptor::TYPE_ENUM) return "a number";
  std::vector<std::string> values;
  for (int i = 1; i < field.enum_type()->value_count(); ++i)
    values.push_back(field.enum_type()->value(i)->name());
  return absl::StrCat("one of ", absl::StrJoin(values, ", "));
}

}  // namespace

std::vector<const FieldDescriptor*> ColumnsOf(const Descriptor& resource) {
  std::vector<const FieldDescriptor*> columns = {
      resource.FindFieldByName("name")};
  for (int i = 0; i < resource.field_count(); ++i) {
    const FieldDescriptor* field = resource.field(i);
    if (field != columns.front() && field->name() != "etag" &&
        !IsOutputOnly(*field)) {
      columns.push_back(field);
    }
  }
  return columns;
}

std::string ToCell(const Message& resource, const FieldDescriptor& field) {
  if (!IsSet(resource, field)) return "";
  const auto& reflection = *resource.GetReflection();
  if (IsMessage(field, Date::descriptor())) {
    return ToText(
        static_cast<const Date&>(reflection.GetMessage(resource, &field)));
  }
  if (IsMessage(field, Money::descriptor())) {
    return ToText(
        static_cast<const Money&>(reflection.GetMessage(resource, &field)));
  }
  if (IsTexts(field)) {
    std::vector<std::string> texts;
    for (int i = 0; i < reflection.FieldSize(resource, &field); ++i)
      texts.push_back(reflection.GetRepeatedString(resource, &field, i));
    return absl::StrJoin(texts, ";");
  }
  if (!field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING)
    return reflection.GetString(resource, &field);
  const Json value = JsonOf(resource, field);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

absl::Status FromCell(absl::string_view cell, const FieldDescriptor& field,
                      Message* resource) {
  const auto& reflection = *resource->GetReflection();
  reflection.ClearField(resource, &field);
  if (cell.empty()) return absl::OkStatus();
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat(field.name(), ": `", cell, "` is not ", Form(field)));
  if (!field.is_repeated() && field.type() == FieldDescriptor::TYPE_STRING) {
    reflection.SetString(resource, &field, std::string(cell));
    return absl::OkStatus();
  }
  if (IsTexts(field)) {
    for (absl::string_view text : absl::StrSplit(cell, ';', absl::SkipEmpty()))
      reflection.AddString(resource, &field, std::string(text));
    return absl::OkStatus();
  }
  if (IsMessage(field, Date::descriptor())) {
    return FromText(cell, static_cast<Date*>(
                              reflection.MutableMessage(resource, &field)))
               ? absl::OkStatus()
               : wrong;
  }
  if (IsMessage(field, Money::descriptor())) {
    return FromText(cell, static_cast<Money*>(
                              reflection.MutableMessage(resource, &field)))
               ? absl::OkStatus()
               : wrong;
  }
  // As JSON, or as a text within JSON: numbers, enums and instants may be one.
  for (const bool quoted : {false, true}) {
    const Json value = quoted ? Json(std::string(cell))
                              : Json::parse(cell.begin(), cell.end(), nullptr,
                                            /*allow_exceptions=*/false);
    if (value.is_discarded()) continue;
    std::unique_ptr<Message> read(resource->New());
    const std::string text = Json{{field.name(), value}}.dump(
        -1, ' ', false, Json::error_handler_t::replace);
    if (google::protobuf::util::JsonStringToMessage(text, read.get()).ok()) {
      resource->MergeFrom(*read);
      return absl::OkStatus();
    }
  }
  return wrong;
}

}  // namespace charter::tools
