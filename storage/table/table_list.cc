#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/sla/expression/expression.h"
#include "storage/filter/filter_sql.h"
#include "storage/table/lead.h"
#include "storage/table/table_base.h"

namespace charter::storage {
namespace {

// Rows fetched by one statement.
constexpr int kMaxChunk = 500;
// Rows of the lead that the first statement with a filter goes over. Most pages
// are full by then.
constexpr int kFirstWindow = 1000;

using google::protobuf::Message;

// The rows of one page, picked from those that are fetched.
class Picker {
 public:
  Picker(const TableBinding& binding, const ListQuery& query,
         const sla::Schema& schema, const sla::Expression* filter)
      : binding_(binding),
        query_(query),
        schema_(schema),
        filter_(filter),
        limit_(query.page_size == 0 ? kDefaultPageSize
                                    : std::min(query.page_size, kMaxPageSize)) {
  }

  // Rows to fetch next: the rest of the page, and the one that says whether
  // another page follows; more when rows fell out.
  int NextChunk() const {
    return std::min(std::max(limit_ - picked_ + 1, 2 * (seen_ - picked_)),
                    kMaxChunk);
  }

  // Whether the row is part of the page.
  bool Take(const Message& row) {
    ++seen_;
    if (full_ || !Matches(row)) return false;
    if (picked_ == limit_ || bytes_ >= kMaxPageBytes) {
      full_ = true;
      return false;
    }
    ++picked_;
    bytes_ += row.ByteSizeLong();
    return true;
  }
  // Whether a row came that belongs to the next page.
  bool full() const { return full_; }
  // Rows given to Take.
  int seen() const { return seen_; }

 private:
  bool Matches(const Message& row) {
    if (!query_.show_deleted && binding_.delete_time() != nullptr &&
        row.GetReflection()->HasField(row, binding_.delete_time())) {
      return false;
    }
    if (filter_ == nullptr) return true;
    binding_.ToRecord(row, schema_, filter_->slots(), &record_);
    return filter_->Evaluate(record_);
  }

  const TableBinding& binding_;
  const ListQuery& query_;
  const sla::Schema& schema_;
  const sla::Expression* filter_;
  const int limit_;
  int picked_ = 0;
  int seen_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
  sla::Record record_;
};

size_t TopLevelTerms(const sla::Expression& filter) {
  const sla::Node& root = filter.root();
  return root.kind == sla::Node::Kind::kAnd ? root.children.size() : 1;
}

// The filter as a condition whose fields no engine takes for a reason to leave
// the lead's index.
std::string Check(const FilterSql& filter) {
  return absl::StrCat("CASE WHEN ", filter.where, " THEN 1 ELSE 0 END = 1");
}

}  // namespace

// Goes through the lead's rows in windows. Within one, SQL picks the rows that
// the filter selects; how many rows were looked at is known all the same.
absl::Status TableBase::List(Transaction& tx, const ListQuery& query, Sink sink,
                             absl::FunctionRef<void()> drop_last,
                             std::string* next) const {
  next->clear();
  std::optional<sla::Schema> extended;
  if (!query.attributes.empty()) {
    extended = binding_.filter_schema();
    for (const sla::Field& field : query.attributes) extended->Add(field);
  }
  const sla::Schema& schema =
      extended.has_value() ? *extended : binding_.filter_schema();
  std::optional<sla::Expression> filter;
  std::vector<Equality> equalities;
  if (!query.filter.empty()) {
    absl::StatusOr<sla::Expression> parsed =
        sla::Expression::Parse(query.filter, schema, sla::Usage::kLevel);
    if (!parsed.ok()) return parsed.status();
    filter = *std::move(parsed);
    bool impossible = false;
    equalities = EqualitiesOf(*filter, binding_, &impossible);
    if (impossible) return absl::OkStatus();
  }
  absl::StatusOr<ChosenLead> lead =
      ChosenLead::Choose(binding_, query.restrict_to, equalities);
  if (!lead.ok()) return lead.status();
  Place place;
  if (!query.after.empty()) {
    absl::StatusOr<Place> decoded = lead->Decode(query.after);
    if (!decoded.ok()) return decoded.status();
    place = *std::move(decoded);
  }
  // What the lead leaves of the filter.
  std::optional<FilterSql> rest;
  if (filter.has_value() && TopLevelTerms(*filter) > lead->terms_used())
    rest = ToSql(*filter, binding_.filter_columns());

  Picker picker(binding_, query, schema,
                filter.has_value() ? &*filter : nullptr);
  int checked = 0;
  while (checked < kMaxRowsChecked) {
    const int window = checked == 0 && rest.has_value()
                           ? kFirstWindow
                           : kMaxRowsChecked - checked;
    Place until;
    if (rest.has_value()) {
      absl::StatusOr<Place> end = WindowEnd(tx, *lead, place, window);
      if (!end.ok()) return end.status();
      until = *std::move(end);
    }
    while (true) {
      Binds binds;
      std::string sql = absl::StrCat(
          texts_.select, lead->Where(tx.dialect(), place, until, &binds));
      if (rest.has_value()) {
        absl::StrAppend(&sql, binds.size() == 0 ? " WHERE " : " AND ",
                        Check(*rest));
        for (const Bind& bind : rest->binds) binds.Add(bind.name, bind.value);
      }
      const int chunk = rest.has_value() ? picker.NextChunk()
                                         : std::min(picker.NextChunk(), window);
      binds.Add("limit", chunk);
      const int before = picker.seen();
      absl::Status status = ReadAll(
          tx, absl::StrCat(sql, lead->OrderBy(), " LIMIT :limit"), binds, sink,
          [&](const Message& row) {
            const bool taken = picker.Take(row);
            if (!picker.full()) place = lead->PlaceOf(row);
            if (!taken) drop_last();
            return !picker.full();
          },
          nullptr);
      if (!status.ok()) return status;
      if (picker.full()) {
        *next = lead->Encode(place);
        return absl::OkStatus();
      }
      const int fetched = picker.seen() - before;
      if (!rest.has_value()) checked += fetched;
      if (fetched < chunk && until.empty()) return absl::OkStatus();
      if (fetched < chunk || !rest.has_value()) break;
    }
    if (rest.has_value()) {
      checked += window;
      place = until;
    }
  }
  *next = lead->Encode(place);
  return absl::OkStatus();
}

absl::StatusOr<Place> TableBase::WindowEnd(Transaction& tx,
                                           const ChosenLead& lead,
                                           const Place& after,
                                           int window) const {
  Binds binds;
  const std::string where = lead.Where(tx.dialect(), after, {}, &binds);
  binds.Add("skipped", window - 1);
  absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT ", lead.PlaceColumns(), " FROM ", binding_.table(),
                   where, lead.OrderBy(), " LIMIT 1 OFFSET :skipped"),
      binds);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return Place();
  return lead.PlaceOf((*rows)[0]);
}

}  // namespace charter::storage
