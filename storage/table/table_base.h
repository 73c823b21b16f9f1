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
#include "storage/table/list.h"

namespace charter::storage {

// Whether reading locks the rows until the transaction ends. Rows that a
// decision rests on are locked first; in order subject, then wake-up, and
// within a kind by name.
enum class Lock { kNone, kForUpdate, kForUpdateSkipLocked };

// The hidden columns that are not made from the message, in the order of
// TableSpec::hidden.
using HiddenValues = std::vector<Value>;

// Whether `given`, as a client sent it, lets the row with `current` be written:
// it is empty or the same.
bool EtagMatches(absl::string_view given, absl::string_view current);

// The etag of a row's version. `kind` is the table's name.
std::string MakeEtag(absl::string_view kind, absl::string_view name,
                     int64_t row_version);

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
  absl::Status Insert(Transaction& tx, Message* message,
                      const HiddenValues* hidden) const;
  absl::Status InsertAll(Transaction& tx, absl::Span<Message* const> messages,
                         const std::vector<HiddenValues>* hidden) const;
  absl::Status Update(Transaction& tx, Message* message,
                      const HiddenValues* hidden) const;
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
  absl::StatusOr<std::vector<std::string>> DueForPurge(Transaction& tx,
                                                       absl::Time now,
                                                       int limit) const;
  std::string DuplicateField(const absl::Status& status) const;

  const TableBinding& binding() const { return binding_; }

 private:
  const TableBinding binding_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_TABLE_BASE_H_
