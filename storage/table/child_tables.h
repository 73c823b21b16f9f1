// The child tables of one resource: its repeated string fields that have a
// table of their own.
#ifndef CHARTER_STORAGE_TABLE_CHILD_TABLES_H_
#define CHARTER_STORAGE_TABLE_CHILD_TABLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "storage/sql/transaction.h"
#include "storage/table/binding.h"

namespace charter::storage {

// The values of all children of some rows, and the versions of these rows when
// the children were read.
class ChildValues {
 public:
  // Sets the repeated fields of the row `name`, which was read at `version`.
  // False: its children were read at another one, or when it was no longer
  // there.
  bool Fill(const std::string& name, int64_t version,
            google::protobuf::Message* message) const;
  // Those of other rows of the same table.
  void Add(ChildValues others);

 private:
  friend class ChildTables;
  struct Field {
    const google::protobuf::FieldDescriptor* field;
    absl::flat_hash_map<std::string, std::vector<std::string>> values;
    absl::flat_hash_map<std::string, int64_t> versions;
  };
  std::vector<Field> fields_;
};

// Rows and children are read by two statements, between which somebody may
// write them: so children are read with the version of their row.
class ChildTables {
 public:
  // `binding` outlives this.
  explicit ChildTables(const TableBinding& binding);

  bool empty() const { return children_.empty(); }
  // The children of the rows whose names are `which`, say "= :name": one
  // statement per table.
  absl::StatusOr<ChildValues> Load(Transaction& tx, absl::string_view which,
                                   const Binds& binds) const;
  // The children of the rows of these names: one statement per table and 1,000
  // names.
  absl::StatusOr<ChildValues> LoadOf(Transaction& tx,
                                     absl::Span<const Value> names) const;
  // Writes the children of new rows: one statement per table.
  absl::Status Insert(
      Transaction& tx,
      absl::Span<google::protobuf::Message* const> messages) const;
  // Makes the stored sets of one row what the message says.
  absl::Status Replace(Transaction& tx,
                       const google::protobuf::Message& message) const;
  absl::Status Delete(Transaction& tx, absl::string_view name) const;

 private:
  struct Child {
    const ChildTable* spec;
    const google::protobuf::FieldDescriptor* field;
  };

  // As a set: sorted, each once.
  static std::vector<std::string> Set(const Child& child,
                                      const google::protobuf::Message& message);
  absl::Status InsertValues(
      Transaction& tx, const Child& child,
      const std::vector<std::pair<std::string, std::string>>& pairs) const;

  const TableBinding& binding_;
  std::vector<Child> children_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_CHILD_TABLES_H_
