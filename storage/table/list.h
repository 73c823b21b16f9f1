// What one page of a list is asked by.
#ifndef CHARTER_STORAGE_TABLE_LIST_H_
#define CHARTER_STORAGE_TABLE_LIST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "google/protobuf/descriptor.h"
#include "server/sla/expression/schema.h"
#include "storage/sql/value.h"

namespace charter::storage {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;
// Rows looked at for one page; after so many it ends early, maybe empty, with a
// token (X3).
inline constexpr int kMaxRowsChecked = 10000;

// A page also ends early when its rows have this many octets on the wire, so
// that it fits into a message of gRPC's usual limit.
inline constexpr size_t kMaxPageBytes = 2 << 20;

// `column = value`, or of a child table's field: it holds the value. Named by
// code, never by a caller.
struct Equality {
  std::string column;
  Value value;
};

struct ListQuery {
  // A Charter expression over the table's filter_schema(); empty: all. Its
  // top-level && terms choose the lead (X3); the whole of it is evaluated on
  // the rows, so that the result is the same on every engine.
  std::string filter;
  // What the caller is confined to: the parent, or the account of a customer.
  // Always in the SQL, and taken into account when the lead is chosen: one lead
  // must have these columns alone, or some of them (INTERNAL).
  std::vector<Equality> restrict_to;
  // Custom fields that the filter may name as `attributes.NAME`, named so here.
  std::vector<sla::Field> attributes;
  // Fields that the filter may not name, because the caller does not see them;
  // null: none. Outlives the call.
  const absl::flat_hash_set<const google::protobuf::FieldDescriptor*>* unseen =
      nullptr;
  // 0: kDefaultPageSize; more than kMaxPageSize: kMaxPageSize. Never negative:
  // the call path refuses it.
  int page_size = 0;
  // Also resources that have a delete_time.
  bool show_deleted = false;
  // ListPage::next of the page before; empty: the first page. It came out of a
  // sealed token, so everything else is as it was then.
  std::string after;
};

template <typename Message>
struct ListPage {
  std::vector<Message> rows;  // may be empty though there are more
  // Where the next page begins: the payload of a page token (page_token.h).
  // Empty at the end, and only there.
  std::string next;
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_LIST_H_
