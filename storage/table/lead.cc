#include "storage/table/lead.h"

#include <algorithm>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/table/column_value.h"
#include "storage/table/page_token.h"

namespace charter::storage {
namespace {

using sla::Node;

const Equality* FindEquality(const std::vector<Equality>& all,
                             absl::string_view column) {
  auto found = std::find_if(
      all.begin(), all.end(),
      [column](const Equality& it) { return it.column == column; });
  return found == all.end() ? nullptr : &*found;
}

// What a caller writes for a lead.
std::string Describe(const TableBinding& binding, const Lead& lead) {
  std::vector<std::string> parts;
  for (const std::string& name : lead.equal) {
    const Column* column = binding.FindColumn(name);
    parts.push_back(absl::StrCat(column == nullptr || column->field == nullptr
                                     ? name
                                     : column->field->name(),
                                 " == …"));
  }
  if (!lead.range.empty()) parts.push_back(absl::StrCat(lead.range, " < …"));
  return absl::StrCat("`", absl::StrJoin(parts, " && "), "`");
}

// `field == value`, true of every row for which `node` is.
struct Term {
  int slot;
  sla::Value value;
};

std::optional<Term> EqualTerm(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kCompare:
      if (node.op != sla::CompareOp::kEqual || node.other.has_value())
        return std::nullopt;
      return Term{node.field.slot, node.literal};
    case Node::Kind::kIn:
      if (node.list.size() != 1) return std::nullopt;
      return Term{node.field.slot, node.list.front()};
    case Node::Kind::kField:
      return Term{node.field.slot, true};
    case Node::Kind::kNot:
      // Bool columns are never NULL.
      if (node.children.front().kind != Node::Kind::kField) return std::nullopt;
      return Term{node.children.front().field.slot, false};
    default:
      return std::nullopt;
  }
}

// Parts with their length before them.
void AppendPart(absl::string_view part, std::string* out) {
  absl::StrAppend(out, part.size(), ":", part);
}

std::optional<absl::string_view> TakePart(absl::string_view* in) {
  const size_t colon = in->find(':');
  size_t size = 0;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(in->substr(0, colon), &size) ||
      in->size() - colon - 1 < size) {
    return std::nullopt;
  }
  const absl::string_view part = in->substr(colon + 1, size);
  in->remove_prefix(colon + 1 + size);
  return part;
}

// Tells leads apart in tokens, whatever release made them.
std::string Signature(const Lead& lead) {
  return absl::StrCat(absl::StrJoin(lead.equal, ","), "/", lead.range,
                      lead.range.empty() || lead.order.empty() ? "" : ",",
                      absl::StrJoin(lead.order, ","));
}

// Calls `visit` with each of the filter's top-level && terms.
template <typename Visit>
void ForEachTerm(const sla::Expression& filter, const Visit& visit) {
  const Node& root = filter.root();
  if (root.kind != Node::Kind::kAnd) return visit(root);
  for (const Node& child : root.children) visit(child);
}

}  // namespace

std::vector<Equality> EqualitiesOf(const sla::Expression& filter,
                                   const TableBinding& binding,
                                   bool* impossible) {
  std::vector<Equality> found;
  ForEachTerm(filter, [&](const Node& node) {
    const std::optional<Term> term = EqualTerm(node);
    // Custom fields have no column.
    if (!term.has_value() || term->slot >= binding.filter_schema().size())
      return;
    const Column& column = binding.filter_column(term->slot);
    std::optional<Value> value = ValueOfLiteral(column, term->value);
    if (!value.has_value()) {
      *impossible = true;
      return;
    }
    // Stands as NULL, which equals nothing in SQL.
    if (column.null_when_empty && value->text()->empty()) return;
    found.push_back({column.name, *std::move(value)});
  });
  return found;
}

DateRanges DateRangesOf(const sla::Expression& filter,
                        const TableBinding& binding) {
  DateRanges ranges;
  ForEachTerm(filter, [&](const Node& node) {
    if (node.kind != Node::Kind::kCompare || node.other.has_value() ||
        node.op == sla::CompareOp::kNotEqual ||
        node.field.slot >= binding.filter_schema().size())
      return;
    const Column& column = binding.filter_column(node.field.slot);
    if (column.kind != ColumnKind::kDate) return;
    const std::optional<Value> value = ValueOfLiteral(column, node.literal);
    if (!value.has_value()) return;
    const int64_t day = *value->integer();
    DateRange& range = ranges[column.name];
    ++range.terms;
    const sla::CompareOp op = node.op;
    if (op == sla::CompareOp::kGreater)
      range.from = std::max(range.from, day + 1);
    if (op == sla::CompareOp::kGreaterEqual || op == sla::CompareOp::kEqual)
      range.from = std::max(range.from, day);
    if (op == sla::CompareOp::kLess) range.until = std::min(range.until, day);
    if (op == sla::CompareOp::kLessEqual || op == sla::CompareOp::kEqual)
      range.until = std::min(range.until, day + 1);
  });
  return ranges;
}

std::string TextOf(const TableBinding& binding, const Equality& equality) {
  const ChildTable* child = binding.FindChild(equality.column);
  if (child == nullptr)
    return absl::StrCat(equality.column, " = :", equality.column);
  return absl::StrCat("name IN (SELECT ", child->parent_column, " FROM ",
                      child->table, " WHERE ", child->value_column,
                      " = :", equality.column, ")");
}

ChosenLead::ChosenLead(const TableBinding& binding, const Lead& lead)
    : binding_(&binding), lead_(&lead) {
  if (!lead.range.empty()) order_.push_back(binding.FindColumn(lead.range));
  for (const std::string& column : lead.order)
    order_.push_back(binding.FindColumn(column));
  order_.push_back(&binding.columns().front());
}

absl::StatusOr<ChosenLead> ChosenLead::Choose(
    const TableBinding& binding, const std::vector<Equality>& restrict_to,
    const std::vector<Equality>& filter, const DateRanges& ranges) {
  for (const Lead& lead : binding.spec().leads) {
    ChosenLead chosen(binding, lead);
    if (!lead.range.empty()) {
      const auto range = ranges.find(lead.range);
      if (range == ranges.end()) continue;
      chosen.range_ = range->second;
      chosen.terms_used_ = range->second.terms;
    }
    const bool fits = std::all_of(
        lead.equal.begin(), lead.equal.end(), [&](const std::string& column) {
          const Equality* equality = FindEquality(restrict_to, column);
          if (equality == nullptr) {
            equality = FindEquality(filter, column);
            if (equality != nullptr) ++chosen.terms_used_;
          }
          if (equality == nullptr) return false;
          chosen.equal_.push_back(*equality);
          return true;
        });
    if (!fits) continue;
    for (const Equality& it : restrict_to) {
      if (FindEquality(chosen.equal_, it.column) == nullptr)
        chosen.unused_.push_back(it);
    }
    return chosen;
  }
  std::vector<std::string> leads;
  for (const Lead& lead : binding.spec().leads)
    leads.push_back(Describe(binding, lead));
  return absl::InvalidArgumentError(
      absl::StrCat("the filter would have to look at every row: join one of "
                   "these to it by &&: ",
                   absl::StrJoin(leads, ", ")));
}

std::string ChosenLead::Where(const Dialect& dialect, const Place& after,
                              const Place& until, Binds* binds) const {
  std::vector<std::string> terms;
  for (const Equality& it : equal_) {
    terms.push_back(TextOf(*binding_, it));
    binds->Add(it.column, it.value);
  }
  // A place is within the range: one bound at each end.
  const std::string& range = lead_->range;
  if (!range.empty() && after.empty()) {
    terms.push_back(absl::StrCat(range, " >= :range_from"));
    binds->Add("range_from", range_.from);
  }
  if (!range.empty() && until.empty()) {
    terms.push_back(absl::StrCat(range, " < :range_until"));
    binds->Add("range_until", range_.until);
  }
  if (!after.empty()) terms.push_back(Seek(dialect, after, true, binds));
  if (!until.empty()) terms.push_back(Seek(dialect, until, false, binds));
  if (terms.empty()) return "";
  return absl::StrCat(" WHERE ", absl::StrJoin(terms, " AND "));
}

// Written so that the engine finds the place by the lead's index: MySQL makes
// ranges of the alternatives but not of row values, SQLite the other way round.
std::string ChosenLead::Seek(const Dialect& dialect, const Place& place,
                             bool after, Binds* binds) const {
  const absl::string_view beyond = after != lead_->descending ? " > " : " < ";
  std::vector<std::string> columns, names;
  for (size_t i = 0; i < order_.size(); ++i) {
    columns.push_back(order_[i]->name);
    names.push_back(absl::StrCat(after ? "after_" : "until_", order_[i]->name));
    binds->Add(names.back(), place[i]);
  }
  // The row at `until` itself belongs to it.
  const absl::string_view last =
      after ? beyond : (lead_->descending ? " >= " : " <= ");
  if (columns.size() == 1) return absl::StrCat(columns[0], last, ":", names[0]);
  if (dialect.engine() == Engine::kSqlite) {
    return absl::StrCat("(", absl::StrJoin(columns, ", "), ")", last,
                        "(:", absl::StrJoin(names, ", :"), ")");
  }
  std::string text = absl::StrCat(columns.back(), last, ":", names.back());
  for (size_t i = columns.size() - 1; i-- > 0;) {
    text = absl::StrCat("(", columns[i], beyond, ":", names[i], " OR (",
                        columns[i], " = :", names[i], " AND ", text, "))");
  }
  return text;
}

std::string ChosenLead::OrderBy() const {
  return absl::StrCat(
      " ORDER BY ",
      absl::StrJoin(order_, ", ", [this](std::string* out, const Column* it) {
        absl::StrAppend(out, it->name, lead_->descending ? " DESC" : "");
      }));
}

std::string ChosenLead::PlaceColumns() const {
  return absl::StrJoin(order_, ", ", [](std::string* out, const Column* it) {
    absl::StrAppend(out, it->name);
  });
}

Place ChosenLead::PlaceOf(const google::protobuf::Message& message) const {
  Place place;
  for (const Column* column : order_)
    place.push_back(binding_->Get(*column, message));
  return place;
}

Place ChosenLead::PlaceOf(Row row) const {
  Place place;
  for (size_t i = 0; i < order_.size(); ++i) {
    if (order_[i]->kind == ColumnKind::kId) {
      place.emplace_back(row.Text(i));
    } else {
      place.emplace_back(row.Int64(i));
    }
  }
  return place;
}

std::string ChosenLead::Encode(const Place& place) const {
  std::string text;
  AppendPart(Signature(*lead_), &text);
  for (const Value& value : place) {
    AppendPart(value.text() != nullptr ? *value.text()
                                       : absl::StrCat(*value.integer()),
               &text);
  }
  return text;
}

absl::StatusOr<Place> ChosenLead::Decode(absl::string_view text) const {
  Place place;
  const bool same_lead = TakePart(&text) == Signature(*lead_);
  for (const Column* column : order_) {
    const std::optional<absl::string_view> part = TakePart(&text);
    int64_t number = 0;
    if (part.has_value() && column->kind == ColumnKind::kId) {
      place.emplace_back(*part);
    } else if (part.has_value() && absl::SimpleAtoi(*part, &number)) {
      place.emplace_back(number);
    }
  }
  if (same_lead && place.size() == order_.size() && text.empty()) return place;
  return InvalidTokenError(
      "the page token is of another release: begin at the first page");
}

}  // namespace charter::storage
