#include "storage/table/child_tables.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace charter::storage {

using google::protobuf::Message;

bool ChildValues::Fill(const std::string& name, int64_t version,
                       Message* message) const {
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  for (const Field& field : fields_) {
    const auto read_at = field.versions.find(name);
    if (read_at == field.versions.end() || read_at->second != version)
      return false;
    const auto found = field.values.find(name);
    if (found == field.values.end()) continue;
    for (const std::string& value : found->second)
      reflection.AddString(message, field.field, value);
  }
  return true;
}

ChildTables::ChildTables(const TableBinding& binding) : binding_(binding) {
  for (const ChildTable& child : binding.spec().children) {
    children_.push_back(
        {&child, binding.spec().message->FindFieldByName(child.field)});
  }
}

void ChildValues::Add(ChildValues others) {
  if (fields_.empty()) {
    fields_ = std::move(others.fields_);
    return;
  }
  for (size_t i = 0; i < fields_.size(); ++i) {
    fields_[i].values.merge(others.fields_[i].values);
    fields_[i].versions.merge(others.fields_[i].versions);
  }
}

absl::StatusOr<ChildValues> ChildTables::Load(Transaction& tx,
                                              absl::string_view which,
                                              const Binds& binds) const {
  ChildValues loaded;
  for (const Child& child : children_) {
    ChildValues::Field& field =
        loaded.fields_.emplace_back(ChildValues::Field{child.field, {}, {}});
    const std::string value = absl::StrCat("child.", child.spec->value_column);
    absl::StatusOr<Rows> rows =
        tx.Query(absl::StrCat("SELECT parent.name, parent.row_version, ", value,
                              " FROM ", binding_.table(), " parent LEFT JOIN ",
                              child.spec->table, " child ON child.",
                              child.spec->parent_column,
                              " = parent.name WHERE parent.name ", which,
                              " ORDER BY parent.name, ", value),
                 binds);
    if (!rows.ok()) return rows.status();
    for (Row row : *rows) {
      std::string name(row.Text(0));
      if (const auto text = row.OptionalText(2); text.has_value())
        field.values[name].emplace_back(*text);
      field.versions[std::move(name)] = row.Int64(1);
    }
  }
  return loaded;
}

absl::StatusOr<ChildValues> ChildTables::LoadOf(
    Transaction& tx, absl::Span<const Value> names) const {
  constexpr size_t kBatch = 1000;
  ChildValues loaded;
  for (size_t from = 0; from < names.size(); from += kBatch) {
    Binds binds;
    const std::string list =
        InList("name", names.subspan(from, kBatch), &binds);
    absl::StatusOr<ChildValues> some =
        Load(tx, absl::StrCat("IN ", list), binds);
    if (!some.ok()) return some.status();
    loaded.Add(*std::move(some));
  }
  return loaded;
}

absl::Status ChildTables::Insert(Transaction& tx,
                                 absl::Span<Message* const> messages) const {
  for (const Child& child : children_) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const Message* message : messages) {
      const std::string name =
          message->GetReflection()->GetString(*message, binding_.name());
      for (std::string& value : Set(child, *message))
        pairs.emplace_back(name, std::move(value));
    }
    absl::Status status = InsertValues(tx, child, pairs);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ChildTables::Replace(Transaction& tx,
                                  const Message& message) const {
  if (children_.empty()) return absl::OkStatus();
  const std::string name =
      message.GetReflection()->GetString(message, binding_.name());
  absl::StatusOr<ChildValues> loaded = Load(tx, "= :name", {{"name", name}});
  if (!loaded.ok()) return loaded.status();
  for (size_t i = 0; i < children_.size(); ++i) {
    const Child& child = children_[i];
    std::vector<std::string> before = loaded->fields_[i].values[name];
    const std::vector<std::string> after = Set(child, message);
    std::vector<std::string> gone, added;
    std::set_difference(before.begin(), before.end(), after.begin(),
                        after.end(), std::back_inserter(gone));
    std::set_difference(after.begin(), after.end(), before.begin(),
                        before.end(), std::back_inserter(added));
    if (!gone.empty()) {
      Binds binds{{"name", name}};
      const std::vector<Value> values(gone.begin(), gone.end());
      const std::string list = InList("value", values, &binds);
      absl::StatusOr<int64_t> done =
          tx.Execute(absl::StrCat("DELETE FROM ", child.spec->table, " WHERE ",
                                  child.spec->parent_column, " = :name AND ",
                                  child.spec->value_column, " IN ", list),
                     binds);
      if (!done.ok()) return done.status();
    }
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::string& value : added) pairs.emplace_back(name, std::move(value));
    absl::Status status = InsertValues(tx, child, pairs);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ChildTables::Delete(Transaction& tx,
                                 absl::string_view name) const {
  for (const Child& child : children_) {
    absl::StatusOr<int64_t> done =
        tx.Execute(absl::StrCat("DELETE FROM ", child.spec->table, " WHERE ",
                                child.spec->parent_column, " = :name"),
                   {{"name", name}});
    if (!done.ok()) return done.status();
  }
  return absl::OkStatus();
}

std::vector<std::string> ChildTables::Set(const Child& child,
                                          const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<std::string> values;
  for (int i = 0; i < reflection.FieldSize(message, child.field); ++i)
    values.push_back(reflection.GetRepeatedString(message, child.field, i));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

absl::Status ChildTables::InsertValues(
    Transaction& tx, const Child& child,
    const std::vector<std::pair<std::string, std::string>>& pairs) const {
  std::vector<std::vector<Value>> rows;
  rows.reserve(pairs.size());
  for (const auto& [name, value] : pairs)
    rows.push_back({Value(name), Value(value)});
  const absl::string_view columns[] = {child.spec->parent_column,
                                       child.spec->value_column};
  return tx.InsertRowsLater(child.spec->table, columns, rows);
}

}  // namespace charter::storage
