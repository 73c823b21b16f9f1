#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sla/expression/expression.h"
#include "storage/filter/filter_sql.h"
#include "storage/sql/errors.h"
#include "storage/sql/union.h"
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

// What the lead leaves to be checked on its rows: of the filter, and of what
// the caller is confined to.
class Rest {
 public:
  Rest(const TableBinding& binding, const ChosenLead& lead,
       const sla::Expression* filter, const Confinement* confined) {
    const std::string& own = binding.spec().own_of_contact;
    if (confined != nullptr && !confined->contact.empty() && !own.empty()) {
      parts_.push_back(own);
      binds_.push_back({"confined_contact", confined->contact});
    }
    for (const Equality& it : lead.unused()) {
      parts_.push_back(TextOf(binding, it));
      binds_.push_back({it.column, it.value});
    }
    if (filter == nullptr || TopLevelTerms(*filter) <= lead.terms_used())
      return;
    FilterSql sql = ToSql(*filter, binding.filter_columns());
    parts_.push_back(absl::StrCat("(", sql.where, ")"));
    binds_.insert(binds_.end(), sql.binds.begin(), sql.binds.end());
  }

  bool empty() const { return parts_.empty(); }

  // A condition whose fields no engine takes for a reason to leave the lead's
  // index.
  std::string Text(Binds* binds) const {
    for (const Bind& bind : binds_) binds->Add(bind.name, bind.value);
    return absl::StrCat("CASE WHEN ", absl::StrJoin(parts_, " AND "),
                        " THEN 1 ELSE 0 END = 1");
  }

 private:
  std::vector<std::string> parts_;
  std::vector<Bind> binds_;
};

using Fields = absl::flat_hash_set<const google::protobuf::FieldDescriptor*>;

// A filter tells as much of a field as reading it does.
absl::Status CheckSeen(const TableBinding& binding,
                       const sla::Expression& filter, const sla::Schema& schema,
                       const Fields& unseen) {
  for (int slot : filter.slots()) {
    bool hidden;
    if (slot >= binding.filter_schema().size()) {  // attributes.NAME
      hidden = unseen.contains(
          binding.spec().message->FindFieldByName("attributes"));
    } else {
      const Column& column = binding.filter_column(slot);
      // Made from fields of which some may be unseen.
      hidden = column.field == nullptr || unseen.contains(column.field);
    }
    if (hidden) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown field `", schema.field(slot).name, "`"));
    }
  }
  return absl::OkStatus();
}

// Whether a lead finds the rows of a restriction, however few they are.
bool ServesRestriction(const TableBinding& binding,
                       const std::vector<Equality>& restrict_to) {
  if (restrict_to.empty()) return true;
  const auto restricted = [&](const std::string& column) {
    return std::any_of(restrict_to.begin(), restrict_to.end(),
                       [&](const Equality& it) { return it.column == column; });
  };
  const std::vector<Lead>& leads = binding.spec().leads;
  return std::any_of(leads.begin(), leads.end(), [&](const Lead& lead) {
    return !lead.equal.empty() &&
           std::all_of(lead.equal.begin(), lead.equal.end(), restricted);
  });
}

}  // namespace

absl::Status TableBase::Confine(const Transaction& tx, ListQuery* query,
                                bool* impossible) const {
  const TableSpec& spec = binding_.spec();
  if (spec.shared) return absl::OkStatus();
  if (binding_.FindColumn(spec.owner) == nullptr) {
    return StorageError(ErrorKind::kInternal,
                        absl::StrCat("table ", binding_.table(),
                                     " is closed to callers of one account"));
  }
  const Value own(tx.confined_to()->account);
  for (const Equality& it : query->restrict_to) {
    if (it.column != spec.owner) continue;
    // The service itself asks for one account's rows.
    *impossible = it.value != own;
    return absl::OkStatus();
  }
  query->restrict_to.push_back({spec.owner, own});
  return absl::OkStatus();
}

// Goes through the lead's rows in windows. Within one, SQL picks the rows that
// the filter selects; how many rows were looked at is known all the same.
absl::Status TableBase::FindLast(Transaction& tx, absl::string_view column,
                                 absl::Span<const std::string> values,
                                 int limit, Sink sink) const {
  if (tx.confined_to() != nullptr) {
    return StorageError(ErrorKind::kInternal,
                        "FindLast is not for callers of one account");
  }
  constexpr size_t kMost = 64;
  if (values.size() > kMost || binding_.FindColumn(column) == nullptr) {
    return StorageError(ErrorKind::kInternal,
                        absl::StrCat("table ", binding_.table(),
                                     ": FindLast takes at most 64 values of a "
                                     "column that there is"));
  }
  if (values.empty()) return absl::OkStatus();
  const size_t parts = PaddedParts(values.size());
  Selection selection;
  selection.sql = UnionOf(tx.dialect(), "*", parts, [&](size_t i) {
    return absl::StrCat(texts_.select, " WHERE ", column, " = :value_", i,
                        " ORDER BY name DESC LIMIT :limit");
  });
  // No row has the values that pad.
  for (size_t i = 0; i < parts; ++i) {
    selection.binds.Add(absl::StrCat("value_", i),
                        i < values.size() ? values[i] : "");
  }
  selection.binds.Add("limit", limit);
  return ReadAll(
      tx, selection, sink, [](const Message&) { return true; }, nullptr);
}

absl::Status TableBase::List(Transaction& tx, const ListQuery& asked, Sink sink,
                             absl::FunctionRef<void()> drop_last,
                             std::string* next) const {
  next->clear();
  std::optional<ListQuery> narrowed;
  if (tx.confined_to() != nullptr) {
    narrowed = asked;
    bool impossible = false;
    absl::Status status = Confine(tx, &*narrowed, &impossible);
    if (!status.ok() || impossible) return status;
  }
  const ListQuery& query = narrowed.has_value() ? *narrowed : asked;
  if (!ServesRestriction(binding_, query.restrict_to)) {
    return StorageError(ErrorKind::kInternal,
                        absl::StrCat("table ", binding_.table(),
                                     ": no lead serves the restriction"));
  }
  std::optional<sla::Schema> extended;
  if (!query.attributes.empty()) {
    extended = binding_.filter_schema();
    for (const sla::Field& field : query.attributes) extended->Add(field);
  }
  const sla::Schema& schema =
      extended.has_value() ? *extended : binding_.filter_schema();
  std::optional<sla::Expression> filter;
  std::vector<Equality> equalities;
  DateRanges ranges;
  if (!query.filter.empty()) {
    absl::StatusOr<sla::Expression> parsed =
        sla::Expression::Parse(query.filter, schema, sla::Usage::kLevel);
    if (!parsed.ok()) return parsed.status();
    filter = *std::move(parsed);
    if (query.unseen != nullptr) {
      absl::Status status = CheckSeen(binding_, *filter, schema, *query.unseen);
      if (!status.ok()) return status;
    }
    bool impossible = false;
    equalities = EqualitiesOf(*filter, binding_, &impossible);
    if (impossible) return absl::OkStatus();
    ranges = DateRangesOf(*filter, binding_);
  }
  absl::StatusOr<ChosenLead> lead =
      ChosenLead::Choose(binding_, query.restrict_to, equalities, ranges);
  if (!lead.ok()) return lead.status();
  Place place;
  if (!query.after.empty()) {
    absl::StatusOr<Place> decoded = lead->Decode(query.after);
    if (!decoded.ok()) return decoded.status();
    place = *std::move(decoded);
  }
  const Rest rest(binding_, *lead, filter.has_value() ? &*filter : nullptr,
                  tx.confined_to());

  Picker picker(binding_, query, schema,
                filter.has_value() ? &*filter : nullptr);
  int checked = 0;
  while (checked < kMaxRowsChecked) {
    const int window = checked == 0 && !rest.empty()
                           ? kFirstWindow
                           : kMaxRowsChecked - checked;
    Place until;
    if (!rest.empty()) {
      absl::StatusOr<Place> end = WindowEnd(tx, *lead, place, window);
      if (!end.ok()) return end.status();
      until = *std::move(end);
    }
    while (true) {
      Binds binds;
      std::string sql = absl::StrCat(
          texts_.select, lead->Where(tx.dialect(), place, until, &binds));
      if (!rest.empty()) {
        absl::StrAppend(&sql, binds.size() == 0 ? " WHERE " : " AND ");
        absl::StrAppend(&sql, rest.Text(&binds));
      }
      const int chunk = !rest.empty() ? picker.NextChunk()
                                      : std::min(picker.NextChunk(), window);
      binds.Add("limit", chunk);
      const int before = picker.seen();
      absl::Status status = ReadAll(
          tx, {absl::StrCat(sql, lead->OrderBy(), " LIMIT :limit"), binds, ""},
          sink,
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
      if (rest.empty()) checked += fetched;
      if (fetched < chunk && until.empty()) return absl::OkStatus();
      if (fetched < chunk || rest.empty()) break;
    }
    if (!rest.empty()) {
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

absl::StatusOr<int64_t> TableBase::Count(Transaction& tx) const {
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT COUNT(*) FROM ", binding_.table()));
  if (!rows.ok()) return rows.status();
  return (*rows)[0].Int64(0);
}

}  // namespace charter::storage
