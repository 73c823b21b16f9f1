// How a resource message and its table fit together. Most of it is read from
// the descriptor; a TableSpec, one per `<resource>_table.cc`, says the rest.
#ifndef CHARTER_STORAGE_TABLE_BINDING_H_
#define CHARTER_STORAGE_TABLE_BINDING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "charter/v1/item.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/sla/expression/schema.h"
#include "server/sla/expression/value.h"
#include "storage/filter/filter_sql.h"
#include "storage/sql/rows.h"
#include "storage/sql/value.h"

namespace charter::storage {

// How a value stands in its column. NULL stands for an absent message or an
// absent `optional` scalar; a plain string is '' and never NULL.
enum class ColumnKind {
  kId,         // string -> ASCII text, compared by bytes: resource names
  kText,       // string -> UTF-8 text; what is looked up by it is compared by
               // bytes as well (MySQL: VARBINARY)
  kInteger,    // int32, int64
  kBool,       // 0 or 1
  kEnum,       // the value's number
  kTimestamp,  // google.protobuf.Timestamp -> microseconds since 1970 UTC
  kDuration,   // google.protobuf.Duration -> microseconds
  kDate,       // google.type.Date -> days since 1970-01-01
  kMore,       // the column `more`: a message of the same type that holds just
               // TableSpec::blob and fields that this binary does not know
};

// A column without a field.
struct HiddenColumn {
  std::string name;
  ColumnKind kind = ColumnKind::kInteger;
  // Makes the value from the message at each insert and update. Null: the
  // column is written by who passes HiddenValues, and NULL until then.
  Value (*make)(const google::protobuf::Message&) = nullptr;
  // A bool column that filters may name, like a field.
  bool filterable = false;
};

// A repeated string field in a table of its own, written as a set and read in
// order of value. Columns: `parent_column` (the owner's name), `value_column`.
struct ChildTable {
  std::string field;
  std::string table;
  std::string parent_column;
  std::string value_column;
};

// A way to list: columns compared for equality and the order among equal ones,
// both served by one index, which ends with the name. Order columns are never
// NULL.
struct Lead {
  // Columns, or the field of a child table alone: the rows that hold a value.
  std::vector<std::string> equal = {};
  std::vector<std::string> order = {};  // columns; then the name
  bool descending = false;
  // A date that the filter bounds from below, from above or both; the order,
  // which ascends, begins with it. Rows without that date are in no such
  // filter.
  std::string range = {};
};

// What the descriptor can't say. Every field of the message that is not named
// in `blob`, `children` or `not_stored` has a column of its field's name.
struct TableSpec {
  const google::protobuf::Descriptor* message = nullptr;
  std::string table = {};
  // Fields whose column has another name: a field's name may be a word of SQL.
  std::vector<std::pair<std::string, std::string>> renamed =
      {};  // field, column
  // String fields that hold resource names, besides those whose `(rule)` says
  // so. Their columns are ASCII.
  std::vector<std::string> ids = {};
  // Plain string fields that are NULL when empty, so that a unique key bears
  // many.
  std::vector<std::string> null_when_empty = {};
  // Repeated, nested and map fields that no query looks into.
  std::vector<std::string> blob = {};
  // Fields without a column: computed when read, or input only. `etag` is
  // always one.
  std::vector<std::string> not_stored = {};
  // The value of a custom field, which filters name as `attributes.NAME`; the
  // function gives null where the message has none. Null: no custom fields.
  const v1::AttributeValue* (*attribute)(const google::protobuf::Message&,
                                         const std::string& name) = nullptr;
  std::vector<HiddenColumn> hidden = {};
  std::vector<ChildTable> children = {};
  // The first that fits is taken, so the most selective come first. One without
  // `equal` fits every filter.
  std::vector<Lead> leads = {};
  // Whose a row is, for callers who are confined to an account
  // (confinement.h): the column with the account's name.
  std::string owner = "account";
  // Rows that belong to no account and that all see: the deployment's own
  // definitions. A table with neither an owner nor this is closed to confined
  // callers.
  bool shared = false;
  // What makes a row of the account a contact's own, as SQL over
  // `:confined_contact` without an OR at its top; empty: being the account's.
  std::string own_of_contact = {};
  // Unique keys other than the name, with the field a caller knows it by.
  std::vector<std::pair<std::string, std::string>> unique = {};  // key, field
};

// One column and the field behind it.
struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kText;
  // Null for hidden columns and `more`.
  const google::protobuf::FieldDescriptor* field = nullptr;
  const HiddenColumn* hidden = nullptr;
  bool null_when_empty = false;
  // Only the service sets it (OUTPUT_ONLY), or made from such fields:
  // UpdateDerived writes it.
  bool derived = false;
  bool immutable = false;  // written once, with the row (IMMUTABLE)
};

// A spec put together with its descriptor: everything that is looked up once.
// Immutable, lives as long as the process.
class TableBinding {
 public:
  // Aborts when the spec names a field that isn't there, or a field is neither
  // mappable nor listed.
  explicit TableBinding(TableSpec spec);
  TableBinding(const TableBinding&) = delete;
  TableBinding& operator=(const TableBinding&) = delete;

  const TableSpec& spec() const { return spec_; }
  const std::string& table() const { return spec_.table; }
  // In the order in which they are selected; `row_version`, where there is one,
  // is no part of it.
  const std::vector<Column>& columns() const { return columns_; }
  const Column* FindColumn(absl::string_view name) const;
  // Null: no repeated field of this name has a table of its own.
  const ChildTable* FindChild(absl::string_view field) const;
  // Whether clients can write the resource: it then has an `etag` made from the
  // hidden column `row_version`.
  bool has_etag() const { return etag_ != nullptr; }
  const google::protobuf::FieldDescriptor* etag() const { return etag_; }
  const google::protobuf::FieldDescriptor* name() const { return name_; }
  const google::protobuf::FieldDescriptor* delete_time() const {
    return delete_time_;
  }

  // The value of a column, from a message. NULL for a hidden column that isn't
  // made from it.
  Value Get(const Column& column,
            const google::protobuf::Message& message) const;
  // Sets what a column holds, from a row, in a message that is new. False: the
  // row is damaged.
  bool Set(const Column& column, Row row, size_t index,
           google::protobuf::Message* message) const;

  // What a list filter may name (X3): every field with a column except maps and
  // blobs, and hidden columns marked so. Enum values are their names.
  const sla::Schema& filter_schema() const { return schema_; }
  // The column behind a slot of filter_schema().
  const Column& filter_column(int slot) const {
    return columns_[filter_slots_[slot]];
  }
  // The same for the translation of filters into SQL.
  const FilterColumns& filter_columns() const { return filter_columns_; }
  // Fills the slots of `record` that `slots` names, from the message. `schema`
  // is filter_schema(), or a copy to which fields `attributes.NAME` were added.
  void ToRecord(const google::protobuf::Message& message,
                const sla::Schema& schema, const std::vector<int>& slots,
                sla::Record* record) const;

 private:
  void AddField(const google::protobuf::FieldDescriptor* field);
  void AddHidden(const HiddenColumn& hidden);
  void AddColumn(Column column);
  void AddToFilter(sla::Field field);
  void CheckLeads() const;
  Value More(const google::protobuf::Message& message) const;

  const TableSpec spec_;
  std::vector<Column> columns_;
  absl::flat_hash_map<std::string, size_t> by_name_;
  // The fields of TableSpec::blob.
  std::vector<const google::protobuf::FieldDescriptor*> more_;
  const google::protobuf::FieldDescriptor* name_ = nullptr;
  const google::protobuf::FieldDescriptor* etag_ = nullptr;
  const google::protobuf::FieldDescriptor* delete_time_ = nullptr;
  sla::Schema schema_;
  std::vector<size_t> filter_slots_;
  FilterColumns filter_columns_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_BINDING_H_
