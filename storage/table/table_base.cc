#include "storage/table/table_base.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/sql/errors.h"

namespace charter::storage {
namespace {

constexpr absl::string_view kVersion = "row_version";
// Names in one statement.
constexpr size_t kBatch = 1000;
constexpr absl::string_view kByName = " ORDER BY name";

absl::string_view LockText(const Dialect& dialect, Lock lock) {
  switch (lock) {
    case Lock::kShared:
      return dialect.ForShare();
    case Lock::kForUpdate:
      return dialect.ForUpdate();
    case Lock::kForUpdateSkipLocked:
      return dialect.ForUpdateSkipLocked();
    case Lock::kNone:
      break;
  }
  return "";
}

bool IsFree(const Column& column) {
  return column.hidden != nullptr && column.hidden->make == nullptr;
}

bool All(const google::protobuf::Message&) { return true; }

bool ByText(const Value& a, const Value& b) { return *a.text() < *b.text(); }

absl::Status Misuse(const TableBinding& binding, absl::string_view what) {
  return StorageError(ErrorKind::kInternal,
                      absl::StrCat("table ", binding.table(), ": ", what));
}

absl::Status WrittenMeanwhile(absl::string_view name) {
  return StorageError(
      ErrorKind::kConflict,
      absl::StrCat(name, " was written by somebody else meanwhile"));
}

}  // namespace

TableBase::TableBase(TableSpec spec)
    : binding_(std::move(spec)),
      texts_(MakeTexts()),
      hidden_count_(std::count_if(binding_.columns().begin(),
                                  binding_.columns().end(), IsFree)),
      children_(binding_) {}

TableBase::Texts TableBase::MakeTexts() const {
  Texts texts;
  if (binding_.has_etag()) texts.columns.push_back(kVersion);
  for (const Column& column : binding_.columns())
    texts.columns.push_back(column.name);
  const std::string columns = absl::StrJoin(texts.columns, ", ");
  const std::string& table = binding_.table();
  texts.select = absl::StrCat("SELECT ", columns, " FROM ", table);
  texts.insert =
      absl::StrCat("INSERT INTO ", table, " (", columns,
                   ") VALUES (:", absl::StrJoin(texts.columns, ", :"), ")");
  const std::string where = " WHERE name = :name";
  const std::string head = absl::StrCat("UPDATE ", table, " SET ");
  const std::string if_version = absl::StrCat(
      ", row_version = row_version + 1", where, " AND row_version = :version");
  texts.update = absl::StrCat(head, SetList(false, false), if_version);
  texts.update_hidden = absl::StrCat(head, SetList(false, true), if_version);
  texts.derive = absl::StrCat(head, SetList(true, false), where);
  texts.derive_hidden = absl::StrCat(head, SetList(true, true), where);
  texts.remove = absl::StrCat("DELETE FROM ", table, where);
  return texts;
}

std::string TableBase::SetList(bool derived_only, bool with_hidden) const {
  std::vector<std::string> parts;
  for (const Column& column : binding_.columns()) {
    const bool wanted =
        IsFree(column) ? with_hidden : !derived_only || column.derived;
    if (wanted && column.field != binding_.name())
      parts.push_back(absl::StrCat(column.name, " = :", column.name));
  }
  return absl::StrJoin(parts, ", ");
}

void TableBase::BindChanges(const Message& message, bool derived_only,
                            const HiddenValues* hidden, Binds* binds) const {
  size_t next = 0;
  for (const Column& column : binding_.columns()) {
    if (IsFree(column)) {
      if (hidden != nullptr) binds->Add(column.name, (*hidden)[next++]);
    } else if ((!derived_only || column.derived) &&
               column.field != binding_.name()) {
      binds->Add(column.name, binding_.Get(column, message));
    }
  }
}

std::vector<Value> TableBase::RowOf(const Message& message, int64_t version,
                                    const HiddenValues* hidden) const {
  std::vector<Value> values;
  values.reserve(texts_.columns.size());
  if (binding_.has_etag()) values.emplace_back(version);
  size_t next = 0;
  for (const Column& column : binding_.columns()) {
    if (IsFree(column) && hidden != nullptr) {
      values.push_back((*hidden)[next++]);
    } else {
      values.push_back(binding_.Get(column, message));
    }
  }
  return values;
}

absl::Status TableBase::ReadRow(Row row, Message* message,
                                HiddenValues* hidden) const {
  size_t index = binding_.has_etag() ? 1 : 0;
  for (const Column& column : binding_.columns()) {
    if (IsFree(column)) {
      if (hidden != nullptr) hidden->emplace_back(row.OptionalInt64(index));
    } else if (!binding_.Set(column, row, index, message)) {
      return StorageError(ErrorKind::kCorrupt,
                          absl::StrCat("a row of ", binding_.table(),
                                       " holds octets that are no message"));
    }
    ++index;
  }
  if (binding_.has_etag()) SetEtag(message, row.Int64(0));
  return absl::OkStatus();
}

absl::Status TableBase::Confine(const Transaction& tx, std::string* condition,
                                Binds* binds) const {
  const Confinement* confined = tx.confined_to();
  const TableSpec& spec = binding_.spec();
  if (confined == nullptr || spec.shared) return absl::OkStatus();
  if (binding_.FindColumn(spec.owner) == nullptr)
    return Misuse(binding_, "it is closed to callers of one account");
  absl::StrAppend(condition, " AND ", spec.owner, " = :confined_account");
  binds->Add("confined_account", confined->account);
  if (confined->contact.empty() || spec.own_of_contact.empty())
    return absl::OkStatus();
  absl::StrAppend(condition, " AND ", spec.own_of_contact);
  binds->Add("confined_contact", confined->contact);
  return absl::OkStatus();
}

absl::Status TableBase::CheckOwn(const Transaction& tx,
                                 const Message& message) const {
  const Confinement* confined = tx.confined_to();
  if (confined == nullptr) return absl::OkStatus();
  const Column* owner = binding_.FindColumn(binding_.spec().owner);
  if (!binding_.spec().shared && owner != nullptr &&
      binding_.Get(*owner, message) == Value(confined->account)) {
    return absl::OkStatus();
  }
  return Misuse(binding_, "a caller of one account may not write this row");
}

absl::Status TableBase::CheckHidden(const HiddenValues* hidden) const {
  if (hidden == nullptr || hidden->size() == hidden_count_)
    return absl::OkStatus();
  return Misuse(binding_, absl::StrCat("it has ", hidden_count_,
                                       " hidden values, not ", hidden->size()));
}

std::string TableBase::NameOf(const Message& message) const {
  return message.GetReflection()->GetString(message, binding_.name());
}

void TableBase::SetEtag(Message* message, int64_t version) const {
  message->GetReflection()->SetString(
      message, binding_.etag(),
      MakeEtag(binding_.table(), NameOf(*message), version));
}

absl::StatusOr<TableBase::Selection> TableBase::Where(
    const Transaction& tx, std::string condition, Binds binds,
    absl::string_view rest) const {
  if (absl::Status status = Confine(tx, &condition, &binds); !status.ok())
    return status;
  Selection selection;
  selection.sql = absl::StrCat(texts_.select, " WHERE ", condition, rest);
  if (!children_.empty()) {
    selection.which = absl::StrCat("IN (SELECT name FROM ", binding_.table(),
                                   " WHERE ", condition, ")");
  }
  selection.binds = std::move(binds);
  return selection;
}

absl::StatusOr<ChildValues> TableBase::LoadChildren(Transaction& tx,
                                                    const Selection& selection,
                                                    const Rows& rows) const {
  if (rows.empty()) return ChildValues();
  if (!selection.which.empty())
    return children_.Load(tx, selection.which, selection.binds);
  const size_t name_index = binding_.has_etag() ? 1 : 0;
  std::vector<Value> names;
  for (Row row : rows) names.emplace_back(row.Text(name_index));
  return children_.LoadOf(tx, names);
}

absl::Status TableBase::ReadAll(Transaction& tx, const Selection& selection,
                                Sink sink,
                                absl::FunctionRef<bool(const Message&)> go_on,
                                std::vector<HiddenValues>* hidden) const {
  const bool with_children = !children_.empty();
  if (with_children && !selection.which.empty()) {
    tx.Prefetch([&](Transaction& ahead) {
      (void)ahead.Query(selection.sql, selection.binds);
      (void)children_.Load(ahead, selection.which, selection.binds);
    });
  }
  absl::StatusOr<Rows> rows = tx.Query(selection.sql, selection.binds);
  if (!rows.ok()) return rows.status();
  ChildValues children;
  if (with_children) {
    absl::StatusOr<ChildValues> loaded = LoadChildren(tx, selection, *rows);
    if (!loaded.ok()) return loaded.status();
    children = *std::move(loaded);
  }
  const size_t name_index = binding_.has_etag() ? 1 : 0;
  for (Row row : *rows) {
    Message* message = sink();
    HiddenValues* hidden_of_row =
        hidden == nullptr ? nullptr : &hidden->emplace_back();
    absl::Status status = ReadRow(row, message, hidden_of_row);
    if (!status.ok()) return status;
    if (with_children && !children.Fill(std::string(row.Text(name_index)),
                                        row.Int64(0), message)) {
      return WrittenMeanwhile(row.Text(name_index));
    }
    if (!go_on(*message)) break;
  }
  return absl::OkStatus();
}

absl::Status TableBase::Get(Transaction& tx, absl::string_view name, Lock lock,
                            Message* message, HiddenValues* hidden) const {
  int found = 0;
  std::vector<HiddenValues> hidden_values;
  std::string condition = "name = :name";
  Binds binds = {{"name", name}};
  absl::Status status = Confine(tx, &condition, &binds);
  if (!status.ok()) return status;
  const Selection selection = {absl::StrCat(texts_.select, " WHERE ", condition,
                                            LockText(tx.dialect(), lock)),
                               std::move(binds),
                               tx.confined_to() == nullptr ? "= :name" : ""};
  status = ReadAll(
      tx, selection,
      [&] {
        ++found;
        return message;
      },
      All, hidden == nullptr ? nullptr : &hidden_values);
  if (!status.ok()) return status;
  if (found == 0)
    return absl::NotFoundError(absl::StrCat(name, " does not exist"));
  if (hidden != nullptr) *hidden = std::move(hidden_values.front());
  return absl::OkStatus();
}

absl::Status TableBase::ReadIn(Transaction& tx, absl::string_view column,
                               absl::Span<const std::string> values, Lock lock,
                               Sink sink,
                               std::vector<HiddenValues>* hidden) const {
  const bool by_name = column == "name";
  std::vector<Value> all(values.begin(), values.end());
  std::sort(all.begin(), all.end(), ByText);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (size_t from = 0; from < all.size(); from += kBatch) {
    Binds binds;
    const std::string in = absl::StrCat(
        "IN ", InList(by_name ? "name" : "value",
                      absl::MakeConstSpan(all).subspan(from, kBatch), &binds));
    absl::StatusOr<Selection> selection = Where(
        tx, absl::StrCat(column, " ", in), std::move(binds),
        absl::StrCat(by_name ? kByName : "", LockText(tx.dialect(), lock)));
    if (!selection.ok()) return selection.status();
    if (!by_name && !binding_.FindColumn(column)->immutable)
      selection->which.clear();
    if (by_name && tx.confined_to() == nullptr) selection->which = in;
    absl::Status status = ReadAll(tx, *selection, sink, All, hidden);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TableBase::BatchGet(Transaction& tx,
                                 absl::Span<const std::string> names, Lock lock,
                                 Sink sink,
                                 std::vector<HiddenValues>* hidden) const {
  return ReadIn(tx, "name", names, lock, sink, hidden);
}

absl::Status TableBase::Find(Transaction& tx, absl::Span<const Equality> equal,
                             Lock lock, Sink sink) const {
  if (equal.empty()) return Misuse(binding_, "Find needs a column");
  std::string condition;
  Binds binds;
  bool immutable = true;
  for (const Equality& it : equal) {
    const Column* column = binding_.FindColumn(it.column);
    if (column == nullptr)
      return Misuse(binding_, absl::StrCat("it has no column ", it.column));
    immutable &= column->immutable;
    absl::StrAppend(&condition, condition.empty() ? "" : " AND ", it.column,
                    " = :", it.column);
    binds.Add(it.column, it.value);
  }
  absl::StatusOr<Selection> selection =
      Where(tx, std::move(condition), std::move(binds),
            absl::StrCat(kByName, LockText(tx.dialect(), lock)));
  if (!selection.ok()) return selection.status();
  if (!immutable) selection->which.clear();
  return ReadAll(tx, *selection, sink, All, nullptr);
}

absl::Status TableBase::FindIn(Transaction& tx, absl::string_view column,
                               absl::Span<const std::string> values,
                               Sink sink) const {
  if (binding_.FindColumn(column) == nullptr)
    return Misuse(binding_, absl::StrCat("it has no column ", column));
  return ReadIn(tx, column, values, Lock::kNone, sink, nullptr);
}

absl::Status TableBase::Insert(Transaction& tx, Message* message,
                               const HiddenValues* hidden) const {
  if (absl::Status status = CheckHidden(hidden); !status.ok()) return status;
  if (absl::Status status = CheckOwn(tx, *message); !status.ok()) return status;
  message->DiscardUnknownFields();
  std::vector<Value> row = RowOf(*message, 1, hidden);
  Binds binds;
  for (size_t i = 0; i < row.size(); ++i)
    binds.Add(texts_.columns[i], std::move(row[i]));
  absl::Status status = tx.ExecuteLater(texts_.insert, binds);
  if (status.ok()) status = children_.Insert(tx, {message});
  if (!status.ok()) return status;
  if (binding_.has_etag()) SetEtag(message, 1);
  return absl::OkStatus();
}

absl::Status TableBase::InsertAll(
    Transaction& tx, absl::Span<Message* const> messages,
    const std::vector<HiddenValues>* hidden) const {
  if (hidden != nullptr && hidden->size() != messages.size())
    return Misuse(binding_, "hidden values must be one per message");
  std::vector<std::vector<Value>> rows;
  rows.reserve(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    const HiddenValues* of_row = hidden == nullptr ? nullptr : &(*hidden)[i];
    if (absl::Status status = CheckHidden(of_row); !status.ok()) return status;
    if (absl::Status status = CheckOwn(tx, *messages[i]); !status.ok())
      return status;
    messages[i]->DiscardUnknownFields();
    rows.push_back(RowOf(*messages[i], 1, of_row));
  }
  absl::Status status =
      tx.InsertRowsLater(binding_.table(), texts_.columns, rows);
  if (status.ok()) status = children_.Insert(tx, messages);
  if (!status.ok() || !binding_.has_etag()) return status;
  for (Message* message : messages) SetEtag(message, 1);
  return absl::OkStatus();
}

absl::Status TableBase::Update(Transaction& tx, Message* message,
                               const HiddenValues* hidden, bool later) const {
  if (absl::Status status = CheckHidden(hidden); !status.ok()) return status;
  if (absl::Status status = CheckOwn(tx, *message); !status.ok()) return status;
  if (!binding_.has_etag())
    return Misuse(binding_, "it has no etag: use UpdateDerived");
  const std::string name = NameOf(*message);
  const std::optional<int64_t> version = VersionOfEtag(
      binding_.table(), name,
      message->GetReflection()->GetString(*message, binding_.etag()));
  if (!version.has_value())
    return Misuse(binding_, "Update takes a message that was read");
  Binds binds;
  BindChanges(*message, false, hidden, &binds);
  binds.Add("name", name);
  binds.Add("version", *version);
  const std::string& sql =
      hidden == nullptr ? texts_.update : texts_.update_hidden;
  absl::StatusOr<int64_t> done = 1;
  if (later) {
    if (absl::Status status = tx.ExecuteLater(sql, binds); !status.ok())
      return status;
  } else {
    done = tx.Execute(sql, binds);
  }
  if (!done.ok()) return done.status();
  if (*done == 0) return WrittenMeanwhile(name);
  if (absl::Status status = children_.Replace(tx, *message); !status.ok())
    return status;
  SetEtag(message, *version + 1);
  return absl::OkStatus();
}

absl::Status TableBase::UpdateDerived(Transaction& tx, const Message& message,
                                      const HiddenValues* hidden) const {
  if (absl::Status status = CheckHidden(hidden); !status.ok()) return status;
  if (absl::Status status = CheckOwn(tx, message); !status.ok()) return status;
  const std::string name = NameOf(message);
  Binds binds;
  BindChanges(message, true, hidden, &binds);
  binds.Add("name", name);
  absl::StatusOr<int64_t> done = tx.Execute(
      hidden == nullptr ? texts_.derive : texts_.derive_hidden, binds);
  if (!done.ok()) return done.status();
  if (*done == 0)
    return absl::NotFoundError(absl::StrCat(name, " does not exist"));
  return absl::OkStatus();
}

absl::Status TableBase::Delete(Transaction& tx, absl::string_view name) const {
  absl::StatusOr<int64_t> done = tx.Execute(texts_.remove, {{"name", name}});
  if (!done.ok()) return done.status();
  if (*done == 0)
    return absl::NotFoundError(absl::StrCat(name, " does not exist"));
  return children_.Delete(tx, name);
}

absl::Status TableBase::Reconcile(
    Transaction& tx, absl::Span<const Message* const> before,
    absl::Span<const Message* const> after) const {
  if (binding_.has_etag())
    return Misuse(binding_, "Reconcile is for rows that are computed");
  absl::flat_hash_map<std::string, std::vector<Value>> old;
  for (const Message* message : before)
    old.emplace(NameOf(*message), RowOf(*message, 0, nullptr));
  std::vector<std::vector<Value>> rows;
  bool changed = false;
  for (const Message* message : after) {
    std::vector<Value> row = RowOf(*message, 0, nullptr);
    auto found = old.find(NameOf(*message));
    const bool is_new = found == old.end();
    if (is_new || found->second != row) {
      rows.push_back(std::move(row));
      changed |= !is_new;
    }
    if (!is_new) old.erase(found);
  }
  std::vector<Value> gone;
  for (const auto& [name, row] : old) gone.emplace_back(name);
  std::sort(gone.begin(), gone.end(), ByText);
  for (size_t from = 0; from < gone.size(); from += kBatch) {
    Binds binds;
    const std::string list =
        InList("name", absl::MakeConstSpan(gone).subspan(from, kBatch), &binds);
    absl::Status status = tx.ExecuteLater(
        absl::StrCat("DELETE FROM ", binding_.table(), " WHERE name IN ", list),
        binds);
    if (!status.ok()) return status;
  }
  std::string suffix;
  if (changed) {
    const absl::string_view key[] = {"name"};
    std::vector<absl::string_view> others;
    for (absl::string_view column : texts_.columns)
      if (column != "name") others.push_back(column);
    suffix = tx.dialect().OrUpdate(key, others);
  }
  return tx.InsertRowsLater(binding_.table(), texts_.columns, rows, suffix);
}

absl::StatusOr<std::vector<std::string>> TableBase::DueForPurge(
    Transaction& tx, absl::Time now, int limit) const {
  if (binding_.FindColumn("purge_time") == nullptr)
    return Misuse(binding_, "its rows are not purged");
  absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT name FROM ", binding_.table(),
                            " WHERE purge_time <= :now ORDER BY purge_time "
                            "LIMIT :limit"),
               {{"now", absl::ToUnixMicros(now)}, {"limit", limit}});
  if (!rows.ok()) return rows.status();
  std::vector<std::string> names;
  for (Row row : *rows) names.emplace_back(row.Text(0));
  return names;
}

std::string TableBase::DuplicateField(const absl::Status& status) const {
  const std::string key = DuplicateKeyOf(status);
  for (const auto& [name, field] : binding_.spec().unique)
    if (name == key) return field;
  return "name";
}

}  // namespace charter::storage
