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
    const Column& column = *binding.FindColumn(name);
    parts.push_back(absl::StrCat(
        column.field == nullptr ? name : column.field->name(), " == …"));
  }
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
  return absl::StrCat(absl::StrJoin(lead.equal, ","), "/",
                      absl::StrJoin(lead.order, ","));
}

}  // namespace

std::vector<Equality> EqualitiesOf(const sla::Expression& filter,
                                   const TableBinding& binding,
                                   bool* impossible) {
  std::vector<Equality> found;
  auto add = [&](const Node& node) {
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
  };
  const Node& root = filter.root();
  if (root.kind == Node::Kind::kAnd) {
    for (const Node& child : root.children) add(child);
  } else {
    add(root);
  }
  return found;
}

ChosenLead::ChosenLead(const TableBinding& binding, const Lead& lead)
    : binding_(&binding), lead_(&lead) {
  for (const std::string& column : lead.order)
    order_.push_back(binding.FindColumn(column));
  order_.push_back(&binding.columns().front());
}

absl::StatusOr<ChosenLead> ChosenLead::Choose(
    const TableBinding& binding, const std::vector<Equality>& restrict_to,
    const std::vector<Equality>& filter) {
  for (const Lead& lead : binding.spec().leads) {
    ChosenLead chosen(binding, lead);
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
    terms.push_back(absl::StrCat(it.column, " = :", it.column));
    binds->Add(it.column, it.value);
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
