// How a page is found: the lead that serves a filter, places in its order, and
// the SQL of both.
#ifndef CHARTER_STORAGE_TABLE_LEAD_H_
#define CHARTER_STORAGE_TABLE_LEAD_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/sla/expression/expression.h"
#include "storage/sql/dialect.h"
#include "storage/sql/rows.h"
#include "storage/sql/value.h"
#include "storage/table/binding.h"
#include "storage/table/list.h"

namespace charter::storage {

// The columns and values that every row of a filter must have, by its top-level
// && terms. `impossible` is set when no row can have them.
std::vector<Equality> EqualitiesOf(const sla::Expression& filter,
                                   const TableBinding& binding,
                                   bool* impossible);

// Days that the date of every row of a filter lies in, by its top-level &&
// terms, of which there are `terms`.
struct DateRange {
  int64_t from = std::numeric_limits<int32_t>::min();
  int64_t until = std::numeric_limits<int32_t>::max();  // not in it
  size_t terms = 0;
};
using DateRanges = absl::flat_hash_map<std::string, DateRange>;  // by column
DateRanges DateRangesOf(const sla::Expression& filter,
                        const TableBinding& binding);

// The equality as SQL, with the value's name `:column`.
std::string TextOf(const TableBinding& binding, const Equality& equality);

// The order columns of a row, then its name. Empty: before the first row, or
// after the last.
using Place = std::vector<Value>;

// A lead with the values of this call.
class ChosenLead {
 public:
  // The first lead of the binding whose columns are all in `restrict_to` or
  // `filter`, and its range in `ranges`. INVALID_ARGUMENT, with the leads there
  // are, when there is none.
  static absl::StatusOr<ChosenLead> Choose(
      const TableBinding& binding, const std::vector<Equality>& restrict_to,
      const std::vector<Equality>& filter, const DateRanges& ranges);

  // How many terms of the filter the lead takes care of.
  size_t terms_used() const { return terms_used_; }
  // What of `restrict_to` it does not.
  const std::vector<Equality>& unused() const { return unused_; }

  // WHERE: the rows of the lead after one place, up to and including another.
  std::string Where(const Dialect& dialect, const Place& after,
                    const Place& until, Binds* binds) const;
  // ORDER BY.
  std::string OrderBy() const;
  // The columns of a Place, for a SELECT.
  std::string PlaceColumns() const;

  Place PlaceOf(const google::protobuf::Message& message) const;
  Place PlaceOf(Row row) const;
  // For a page token. INVALID_ARGUMENT (IsInvalidToken) when the text is of
  // another lead.
  std::string Encode(const Place& place) const;
  absl::StatusOr<Place> Decode(absl::string_view text) const;

 private:
  ChosenLead(const TableBinding& binding, const Lead& lead);

  // Rows beyond (or before and at) a place.
  std::string Seek(const Dialect& dialect, const Place& place, bool after,
                   Binds* binds) const;

  const TableBinding* binding_;
  const Lead* lead_;
  size_t terms_used_ = 0;
  std::vector<Equality> equal_, unused_;
  DateRange range_;                   // of the lead's date
  std::vector<const Column*> order_;  // ends with the name
};

}  // namespace charter::storage

#endif  // CHARTER_STORAGE_TABLE_LEAD_H_
