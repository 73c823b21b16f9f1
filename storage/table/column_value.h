// One field's value on its way between a message, a column and a filter.
#ifndef CHARTER_STORAGE_TABLE_COLUMN_VALUE_H_
#define CHARTER_STORAGE_TABLE_COLUMN_VALUE_H_

#include <optional>

#include "charter/v1/item.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/sla/expression/value.h"
#include "storage/sql/rows.h"
#include "storage/sql/value.h"
#include "storage/table/binding.h"

namespace charter::storage {

// How a field stands in a column, or nothing when it can't stand in one:
// repeated fields, maps, doubles, other messages. Strings give kText.
std::optional<ColumnKind> KindOfField(
    const google::protobuf::FieldDescriptor& field);

// Of a column that has a field.
Value ValueOfField(const Column& column,
                   const google::protobuf::Message& message);
// Leaves the field as it is, unset, when the cell is NULL.
void SetField(const Column& column, Row row, size_t index,
              google::protobuf::Message* message);
// As filters see it: an enum as its value's name, and 0 as not set.
sla::Value FilterValueOfField(const Column& column,
                              const google::protobuf::Message& message);
sla::Value FilterValueOf(const v1::AttributeValue& value);

// What the column must hold to equal a filter's literal; nothing when it can
// never.
std::optional<Value> ValueOfLiteral(const Column& column,
                                    const sla::Value& literal);

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_COLUMN_VALUE_H_
