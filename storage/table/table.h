// Resources in the database: a proto message is the record. Table<Message>
// gets, writes and lists them; resource_tables.h has one per resource.
#ifndef CHARTER_STORAGE_TABLE_TABLE_H_
#define CHARTER_STORAGE_TABLE_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/sql/transaction.h"
#include "storage/sql/value.h"
#include "storage/table/binding.h"
#include "storage/table/list.h"
#include "storage/table/table_base.h"

namespace charter::storage {

// All methods are const and thread-safe; they work inside the caller's
// transaction and give back storage's own errors (errors.h) besides those
// named. Names are full resource names (`accounts/acme`), and every message
// read has its `etag` filled in. A row and its children are of one moment: one
// that is written between the two reads is kConflict, which restarts the
// lambda.
//
// The etag is `"VERSION-HASH"` with the quotes. VERSION, the hidden
// row_version, goes up by one with each Update; UpdateDerived leaves it alone.
template <typename Message>
class Table {
 public:
  explicit Table(TableSpec spec) : base_(WithDescriptor(std::move(spec))) {}

  // NOT_FOUND. Deleted resources (delete_time) are found as well. `hidden` gets
  // the hidden columns that are not made from the message, in the spec's order;
  // may be null.
  absl::StatusOr<Message> Get(Transaction& tx, absl::string_view name,
                              Lock lock = Lock::kNone,
                              HiddenValues* hidden = nullptr) const {
    Message message;
    absl::Status status = base_.Get(tx, name, lock, &message, hidden);
    if (!status.ok()) return status;
    return message;
  }

  // Those of `names` that exist, in order of name, each once; `hidden`, if not
  // null, is filled in step. Locks in order of name. One statement per 1,000
  // names.
  absl::StatusOr<std::vector<Message>> BatchGet(
      Transaction& tx, absl::Span<const std::string> names,
      Lock lock = Lock::kNone,
      std::vector<HiddenValues>* hidden = nullptr) const {
    return Collect([&](const TableBase::Sink& sink) {
      return base_.BatchGet(tx, names, lock, sink, hidden);
    });
  }

  // All rows whose columns have these values, in order of name: foreign keys
  // and unique keys. For few rows: everything is loaded.
  absl::StatusOr<std::vector<Message>> Find(Transaction& tx,
                                            absl::Span<const Equality> equal,
                                            Lock lock = Lock::kNone) const {
    return Collect([&](const TableBase::Sink& sink) {
      return base_.Find(tx, equal, lock, sink);
    });
  }
  absl::StatusOr<std::vector<Message>> Find(
      Transaction& tx, std::initializer_list<Equality> equal,
      Lock lock = Lock::kNone) const {
    return Find(tx, absl::MakeConstSpan(equal.begin(), equal.size()), lock);
  }
  // All rows whose column has one of these values, in order of name. One
  // statement per 1,000.
  absl::StatusOr<std::vector<Message>> FindIn(
      Transaction& tx, absl::string_view column,
      absl::Span<const std::string> values) const {
    absl::StatusOr<std::vector<Message>> found =
        Collect([&](const TableBase::Sink& sink) {
          return base_.FindIn(tx, column, values, sink);
        });
    if (!found.ok()) return found;
    // Here and not by the database: it might read the whole table by its names
    // to save itself the sorting.
    std::sort(
        found->begin(), found->end(),
        [](const Message& a, const Message& b) { return a.name() < b.name(); });
    return found;
  }

  // Of each of `values` (at most 64) of the column the last `limit` rows in
  // order of name, which are the newest where the server makes the names; in
  // one statement.
  absl::StatusOr<std::vector<Message>> FindLast(
      Transaction& tx, absl::string_view column,
      absl::Span<const std::string> values, int limit) const {
    return Collect([&](const TableBase::Sink& sink) {
      return base_.FindLast(tx, column, values, limit, sink);
    });
  }

  // Writes a new row and fills in the etag. Fields of the message that this
  // binary does not know are dropped. ALREADY_EXISTS (kDuplicateKey; ask
  // DuplicateField).
  absl::Status Insert(Transaction& tx, Message* message,
                      const HiddenValues* hidden = nullptr) const {
    return base_.Insert(tx, message, hidden);
  }
  // The same for many, in as few statements as the engine likes. `hidden` is
  // null or has one per message.
  absl::Status InsertAll(
      Transaction& tx, std::vector<Message>* messages,
      const std::vector<HiddenValues>* hidden = nullptr) const {
    std::vector<google::protobuf::Message*> all;
    all.reserve(messages->size());
    for (Message& message : *messages) all.push_back(&message);
    return base_.InsertAll(tx, all, hidden);
  }

  // Writes all columns that this binary knows, if the row still has the version
  // of the message's etag, and fills in the new etag. The message is one that
  // was read in this transaction, then changed; a row that changed meanwhile is
  // kConflict, which restarts the lambda. Compare a client's etag with the
  // message's before changing it (EtagMatches). ALREADY_EXISTS as for Insert.
  // `hidden` null: hidden columns stay as they are.
  absl::Status Update(Transaction& tx, Message* message,
                      const HiddenValues* hidden = nullptr) const {
    return base_.Update(tx, message, hidden, /*later=*/false);
  }
  // Update of a message that was read with kForUpdate in this transaction, so
  // that its row cannot have changed: by ExecuteLater, for many rows in few
  // round trips.
  absl::Status UpdateLater(Transaction& tx, Message* message,
                           const HiddenValues* hidden = nullptr) const {
    return base_.Update(tx, message, hidden, /*later=*/true);
  }
  // Writes only what clients cannot (OUTPUT_ONLY fields, hidden columns) and
  // leaves the etag as it is: timers, flags, recalculation. The caller holds
  // the row's lock. NOT_FOUND.
  absl::Status UpdateDerived(Transaction& tx, const Message& message,
                             const HiddenValues* hidden = nullptr) const {
    return base_.UpdateDerived(tx, message, hidden);
  }

  // Removes the row for good. NOT_FOUND.
  absl::Status Delete(Transaction& tx, absl::string_view name) const {
    return base_.Delete(tx, name);
  }

  // For rows that are computed as a whole (no etag): makes the rows `before`
  // into the rows `after` by writing only what differs, in at most one
  // statement for new and changed rows and one for those that are gone.
  absl::Status Reconcile(Transaction& tx, absl::Span<const Message> before,
                         absl::Span<const Message> after) const {
    return base_.Reconcile(tx, Pointers(before), Pointers(after));
  }

  // One page. INVALID_ARGUMENT: the filter is wrong (line and column), or has
  // no lead. See list.h.
  absl::StatusOr<ListPage<Message>> List(Transaction& tx,
                                         const ListQuery& query) const {
    ListPage<Message> page;
    absl::Status status = base_.List(
        tx, query,
        [&page]() -> google::protobuf::Message* {
          return &page.rows.emplace_back();
        },
        [&page] { page.rows.pop_back(); }, &page.next);
    if (!status.ok()) return status;
    return page;
  }

  // How many rows there are, deleted ones included. Reads a whole index: for
  // jobs and operators.
  absl::StatusOr<int64_t> Count(Transaction& tx) const {
    return base_.Count(tx);
  }

  // Names of at most `limit` rows whose purge_time is `now` or earlier, the
  // earliest first.
  absl::StatusOr<std::vector<std::string>> DueForPurge(Transaction& tx,
                                                       absl::Time now,
                                                       int limit) const {
    return base_.DueForPurge(tx, now, limit);
  }

  // For an ALREADY_EXISTS of this table: the field that is taken, `name` or,
  // say, `external_id`.
  std::string DuplicateField(const absl::Status& status) const {
    return base_.DuplicateField(status);
  }

  const TableBinding& binding() const { return base_.binding(); }

 private:
  static TableSpec WithDescriptor(TableSpec spec) {
    spec.message = Message::descriptor();
    return spec;
  }
  static std::vector<const google::protobuf::Message*> Pointers(
      absl::Span<const Message> messages) {
    std::vector<const google::protobuf::Message*> pointers;
    pointers.reserve(messages.size());
    for (const Message& message : messages) pointers.push_back(&message);
    return pointers;
  }
  template <typename Run>
  absl::StatusOr<std::vector<Message>> Collect(const Run& run) const {
    std::vector<Message> messages;
    absl::Status status = run([&messages]() -> google::protobuf::Message* {
      return &messages.emplace_back();
    });
    if (!status.ok()) return status;
    return messages;
  }

  const TableBase base_;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_TABLE_H_
