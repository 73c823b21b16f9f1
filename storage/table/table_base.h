// Table<Message> without its type: use table.h.
#ifndef CHARTER_STORAGE_TABLE_TABLE_BASE_H_
#define CHARTER_STORAGE_TABLE_TABLE_BASE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "storage/sql/rows.h"
#include "storage/sql/transaction.h"
#include "storage/sql/value.h"
#include "storage/table/binding.h"
#include "storage/table/child_tables.h"
#include "storage/table/etag.h"
#include "storage/table/lead.h"
#include "storage/table/list.h"

namespace charter::storage {

// Whether reading locks the rows until the transaction ends. Rows that a
// decision rests on are locked first; in order subject, then wake-up, and
// within a kind by name. kShared: nobody writes them meanwhile, but others may
// lock them so as well; who will write them takes kForUpdate at once, as two
// that both went from one to the other would wait for each other.
enum class Lock { kNone, kShared, kForUpdate, kForUpdateSkipLocked };

// The hidden columns that are not made from the message, in the order of
// TableSpec::hidden.
using HiddenValues = std::vector<Value>;

class TableBase {
 public:
  using Message = google::protobuf::Message;
  // Gives an empty message to read the next row into.
  using Sink = absl::FunctionRef<Message*()>;

  explicit TableBase(TableSpec spec);

  absl::Status Get(Transaction& tx, absl::string_view name, Lock lock,
                   Message* message, HiddenValues* hidden) const;
  absl::Status BatchGet(Transaction& tx, absl::Span<const std::string> names,
                        Lock lock, Sink sink,
                        std::vector<HiddenValues>* hidden) const;
  absl::Status Find(Transaction& tx, absl::Span<const Equality> equal,
                    Lock lock, Sink sink) const;
  absl::Status FindIn(Transaction& tx, absl::string_view column,
                      absl::Span<const std::string> values, Sink sink) const;
  absl::Status FindLast(Transaction& tx, absl::string_view column,
                        absl::Span<const std::string> values, int limit,
                        Sink sink) const;
  absl::Status Insert(Transaction& tx, Message* message,
                      const HiddenValues* hidden) const;
  absl::Status InsertAll(Transaction& tx, absl::Span<Message* const> messages,
                         const std::vector<HiddenValues>* hidden) const;
  absl::Status Update(Transaction& tx, Message* message,
                      const HiddenValues* hidden, bool later) const;
  absl::Status UpdateDerived(Transaction& tx, const Message& message,
                             const HiddenValues* hidden) const;
  absl::Status Delete(Transaction& tx, absl::string_view name) const;
  absl::Status Reconcile(Transaction& tx,
                         absl::Span<const Message* const> before,
                         absl::Span<const Message* const> after) const;
  // `drop_last` takes back the message that `sink` gave last.
  absl::Status List(Transaction& tx, const ListQuery& query, Sink sink,
                    absl::FunctionRef<void()> drop_last,
                    std::string* next) const;
  absl::StatusOr<int64_t> Count(Transaction& tx) const;
  absl::StatusOr<std::vector<std::string>> DueForPurge(Transaction& tx,
                                                       absl::Time now,
                                                       int limit) const;
  std::string DuplicateField(const absl::Status& status) const;

  const TableBinding& binding() const { return binding_; }

 private:
  // Texts that are the same in every call.
  struct Texts {
    std::string select;  // SELECT columns FROM table
    std::string insert;
    std::string update, update_hidden;
    std::string derive, derive_hidden;
    std::string remove;
    std::vector<absl::string_view> columns;  // as in insert
  };

  Texts MakeTexts() const;
  std::string SetList(bool derived_only, bool with_hidden) const;
  // Values of every column, row_version included, in the order of columns.
  std::vector<Value> RowOf(const Message& message, int64_t version,
                           const HiddenValues* hidden) const;
  // Adds what SetList names.
  void BindChanges(const Message& message, bool derived_only,
                   const HiddenValues* hidden, Binds* binds) const;
  absl::Status ReadRow(Row row, Message* message, HiddenValues* hidden) const;
  // A SELECT of all columns.
  struct Selection {
    std::string sql;
    Binds binds;
    // The names of the rows, as ChildTables::Load takes them, whatever is
    // written meanwhile; empty: known only from the rows.
    std::string which;
  };
  // Runs it and reads its rows, children included, each into a message of the
  // sink, until `go_on` gives false for one. `hidden` may be null.
  absl::Status ReadAll(Transaction& tx, const Selection& selection, Sink sink,
                       absl::FunctionRef<bool(const Message&)> go_on,
                       std::vector<HiddenValues>* hidden) const;
  // Rows whose column has one of the values, of which each statement takes so
  // many.
  absl::Status ReadIn(Transaction& tx, absl::string_view column,
                      absl::Span<const std::string> values, Lock lock,
                      Sink sink, std::vector<HiddenValues>* hidden) const;
  absl::StatusOr<ChildValues> LoadChildren(Transaction& tx,
                                           const Selection& selection,
                                           const Rows& rows) const;
  // The selection of the rows that a condition finds. `rest`: order and lock.
  absl::StatusOr<Selection> Where(const Transaction& tx, std::string condition,
                                  Binds binds, absl::string_view rest) const;
  // The place of the last of the `window` rows after a place, or nothing when
  // there are fewer.
  absl::StatusOr<Place> WindowEnd(Transaction& tx, const ChosenLead& lead,
                                  const Place& after, int window) const;
  absl::Status CheckHidden(const HiddenValues* hidden) const;
  // Narrows a selection of rows to those that the caller of `tx` is confined
  // to; `condition` is its WHERE.
  absl::Status Confine(const Transaction& tx, std::string* condition,
                       Binds* binds) const;
  // `impossible` is set when no row can be the caller's.
  absl::Status Confine(const Transaction& tx, ListQuery* query,
                       bool* impossible) const;
  // A write of a row that the caller of `tx` may not have is a defect of
  // whoever tries. INTERNAL.
  absl::Status CheckOwn(const Transaction& tx, const Message& message) const;

  std::string NameOf(const Message& message) const;
  void SetEtag(Message* message, int64_t version) const;

  const TableBinding binding_;
  const Texts texts_;
  size_t hidden_count_ = 0;
  const ChildTables children_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_TABLE_BASE_H_
