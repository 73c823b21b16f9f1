#include "storage/table/binding.h"

#include <algorithm>
#include <memory>

#include "absl/base/internal/raw_logging.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "charter/v1/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "storage/table/column_value.h"

namespace charter::storage {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kAttributes = "attributes.";

// Specs are part of the binary: a wrong one is found by the first test.
[[noreturn]] void Wrong(const TableSpec& spec, absl::string_view what) {
  ABSL_RAW_LOG(FATAL, "table %s: %s", spec.table.c_str(),
               std::string(what).c_str());
  std::abort();
}

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool Behaves(const FieldDescriptor& field,
             google::api::FieldBehavior behavior) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior)
      return true;
  }
  return false;
}

bool IsResourceName(const FieldDescriptor& field) {
  return !field.options().GetExtension(v1::rule).resource().empty();
}

std::string ColumnName(const TableSpec& spec, const FieldDescriptor& field) {
  for (const auto& [from, to] : spec.renamed)
    if (from == field.name()) return to;
  return field.name();
}

sla::Type FilterType(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kInteger:
      return sla::Type::kNumber;
    case ColumnKind::kBool:
      return sla::Type::kBool;
    case ColumnKind::kTimestamp:
      return sla::Type::kInstant;
    case ColumnKind::kDuration:
      return sla::Type::kDuration;
    case ColumnKind::kDate:
      return sla::Type::kDate;
    default:
      return sla::Type::kString;
  }
}

std::vector<std::string> ValueNames(const FieldDescriptor& field) {
  std::vector<std::string> names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const auto* value = field.enum_type()->value(i);
    if (value->number() != 0) names.push_back(value->name());
  }
  return names;
}

}  // namespace

TableBinding::TableBinding(TableSpec spec) : spec_(std::move(spec)) {
  const google::protobuf::Descriptor& type = *spec_.message;
  for (const std::string& field : spec_.blob) {
    more_.push_back(type.FindFieldByName(field));
    if (more_.back() == nullptr)
      Wrong(spec_, absl::StrCat("there is no field ", field));
  }
  for (const std::vector<std::string>* names :
       {&spec_.ids, &spec_.null_when_empty, &spec_.not_stored}) {
    for (const std::string& field : *names) {
      if (type.FindFieldByName(field) == nullptr)
        Wrong(spec_, absl::StrCat("there is no field ", field));
    }
  }
  for (int i = 0; i < type.field_count(); ++i) AddField(type.field(i));
  for (const HiddenColumn& hidden : spec_.hidden) AddHidden(hidden);
  if (!more_.empty()) {
    const bool derived =
        std::any_of(more_.begin(), more_.end(), [](const auto* field) {
          return Behaves(*field, google::api::OUTPUT_ONLY);
        });
    AddColumn({"more", ColumnKind::kMore, nullptr, nullptr, false, derived});
  }
  if (name_ == nullptr || columns_.front().field != name_)
    Wrong(spec_, "the first field must be name");
  CheckLeads();
}

void TableBinding::AddField(const FieldDescriptor* field) {
  if (field->name() == "etag") {
    etag_ = field;
    return;
  }
  if (Contains(spec_.blob, field->name())) return;
  const bool child = std::any_of(
      spec_.children.begin(), spec_.children.end(),
      [field](const ChildTable& it) { return it.field == field->name(); });
  if (child || Contains(spec_.not_stored, field->name())) return;
  const std::optional<ColumnKind> kind = KindOfField(*field);
  if (!kind.has_value()) {
    Wrong(spec_, absl::StrCat("the field ", field->name(),
                              " fits no column: list it in blob, children or "
                              "not_stored"));
  }
  Column column{ColumnName(spec_, *field), *kind, field};
  if (field->name() == "name") name_ = field;
  if (field->name() == "delete_time") delete_time_ = field;
  if (*kind == ColumnKind::kText &&
      (field->name() == "name" || IsResourceName(*field) ||
       Contains(spec_.ids, field->name()))) {
    column.kind = ColumnKind::kId;
  }
  column.null_when_empty = Contains(spec_.null_when_empty, field->name());
  column.immutable = Behaves(*field, google::api::IMMUTABLE);
  column.derived =
      Behaves(*field, google::api::OUTPUT_ONLY) && field->name() != "name";
  AddColumn(column);
  sla::Field definition{field->name(), FilterType(*kind), {}};
  if (*kind == ColumnKind::kEnum) definition.values = ValueNames(*field);
  AddToFilter(std::move(definition));
}

// Of the last column.
void TableBinding::AddToFilter(sla::Field field) {
  const Column& column = columns_.back();
  FilterColumn sql{column.name, FilterKind::kNumber, {}};
  if (column.kind == ColumnKind::kId) sql.kind = FilterKind::kId;
  if (column.kind == ColumnKind::kText) sql.kind = FilterKind::kText;
  if (column.kind == ColumnKind::kEnum) {
    sql.kind = FilterKind::kEnum;
    for (const std::string& name : field.values) {
      sql.names.emplace_back(
          name, column.field->enum_type()->FindValueByName(name)->number());
    }
  }
  filter_columns_.emplace(schema_.Add(std::move(field)), std::move(sql));
  filter_slots_.push_back(columns_.size() - 1);
}

void TableBinding::AddHidden(const HiddenColumn& hidden) {
  AddColumn({hidden.name, hidden.kind, nullptr, &hidden, false,
             hidden.make != nullptr});
  if (!hidden.filterable) return;
  if (hidden.kind != ColumnKind::kBool || hidden.make == nullptr)
    Wrong(spec_, absl::StrCat("filters cannot name ", hidden.name));
  AddToFilter({hidden.name, sla::Type::kBool, {}});
}

void TableBinding::AddColumn(Column column) {
  if (!by_name_.emplace(column.name, columns_.size()).second)
    Wrong(spec_, absl::StrCat("two columns ", column.name));
  columns_.push_back(std::move(column));
}

void TableBinding::CheckLeads() const {
  for (const Lead& lead : spec_.leads) {
    for (const std::string& name : lead.equal) {
      const bool child = lead.equal.size() == 1 && FindChild(name) != nullptr;
      if (FindColumn(name) == nullptr && !child)
        Wrong(spec_, absl::StrCat("no column ", name, " for a lead"));
    }
    if (!lead.range.empty()) {
      const Column* column = FindColumn(lead.range);
      if (column == nullptr || column->kind != ColumnKind::kDate ||
          lead.descending)
        Wrong(spec_, absl::StrCat("no ascending date ", lead.range));
    }
    for (const std::string& name : lead.order) {
      const Column* column = FindColumn(name);
      // A place in the order is an id or a number.
      if (column == nullptr || column->kind == ColumnKind::kText)
        Wrong(spec_, absl::StrCat("no order by ", name));
    }
  }
}

const Column* TableBinding::FindColumn(absl::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &columns_[found->second];
}

const ChildTable* TableBinding::FindChild(absl::string_view field) const {
  const auto found =
      std::find_if(spec_.children.begin(), spec_.children.end(),
                   [field](const ChildTable& it) { return it.field == field; });
  return found == spec_.children.end() ? nullptr : &*found;
}

Value TableBinding::Get(const Column& column, const Message& message) const {
  if (column.field != nullptr) return ValueOfField(column, message);
  if (column.kind == ColumnKind::kMore) return More(message);
  if (column.hidden->make != nullptr) return column.hidden->make(message);
  return {};
}

bool TableBinding::Set(const Column& column, Row row, size_t index,
                       Message* message) const {
  if (column.field != nullptr) {
    SetField(column, row, index, message);
    return true;
  }
  if (column.kind != ColumnKind::kMore || row.IsNull(index)) return true;
  const absl::string_view octets = row.Text(index);
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const uint8_t*>(octets.data()),
      static_cast<int>(octets.size()));
  return message->MergePartialFromCodedStream(&input) &&
         input.ConsumedEntireMessage();
}

Value TableBinding::More(const Message& message) const {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool empty =
      reflection.GetUnknownFields(message).empty() &&
      std::none_of(more_.begin(), more_.end(), [&](const auto* field) {
        return field->is_repeated() ? reflection.FieldSize(message, field) > 0
                                    : reflection.HasField(message, field);
      });
  if (empty) return {};
  std::unique_ptr<Message> more(message.New());
  more->CopyFrom(message);
  for (int i = 0; i < spec_.message->field_count(); ++i) {
    const FieldDescriptor* field = spec_.message->field(i);
    if (std::find(more_.begin(), more_.end(), field) == more_.end())
      reflection.ClearField(more.get(), field);
  }
  Bytes octets;
  {
    google::protobuf::io::StringOutputStream stream(&octets.data);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    more->SerializePartialToCodedStream(&output);
  }
  return Value(std::move(octets));
}

void TableBinding::ToRecord(const Message& message, const sla::Schema& schema,
                            const std::vector<int>& slots,
                            sla::Record* record) const {
  record->resize(schema.size());
  for (int slot : slots) {
    sla::Value& value = (*record)[slot];
    if (slot < schema_.size()) {
      const Column& column = filter_column(slot);
      if (column.field != nullptr) {
        value = FilterValueOfField(column, message);
      } else {
        value = *column.hidden->make(message).integer() != 0;
      }
      continue;
    }
    absl::string_view name = schema.field(slot).name;
    absl::ConsumePrefix(&name, kAttributes);
    const v1::AttributeValue* attribute =
        spec_.attribute == nullptr
            ? nullptr
            : spec_.attribute(message, std::string(name));
    value = attribute == nullptr ? sla::Value() : FilterValueOf(*attribute);
  }
}

}  // namespace charter::storage
