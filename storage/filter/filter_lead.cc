#include "storage/filter/filter_lead.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace charter::storage {
namespace {

using sla::Node;

void Collect(const Node& node, std::vector<FieldEquality>* equalities) {
  const auto add = [&](const sla::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->empty()) return;
    equalities->push_back({node.field.slot, value});
  };
  switch (node.kind) {
    case Node::Kind::kAnd:
      for (const Node& child : node.children) Collect(child, equalities);
      break;
    case Node::Kind::kCompare:
      if (node.op == sla::CompareOp::kEqual && !node.other) add(node.literal);
      break;
    case Node::Kind::kIn:
      if (node.list.size() == 1) add(node.list.front());
      break;
    case Node::Kind::kField:
      add(true);
      break;
    default:
      break;
  }
}

}  // namespace

std::vector<FieldEquality> TopLevelEqualities(const sla::Expression& filter) {
  std::vector<FieldEquality> equalities;
  Collect(filter.root(), &equalities);
  return equalities;
}

absl::StatusOr<size_t> ChooseLead(const sla::Expression* filter,
                                  const sla::Schema& schema,
                                  absl::Span<const FilterLead> leads) {
  std::vector<FieldEquality> equalities;
  if (filter != nullptr) equalities = TopLevelEqualities(*filter);
  const auto is_equal = [&](const std::string& field) {
    const std::optional<int> slot = schema.Find(field);
    return slot && std::any_of(equalities.begin(), equalities.end(),
                               [&](const FieldEquality& equality) {
                                 return equality.slot == *slot;
                               });
  };
  std::optional<size_t> best;
  for (size_t i = 0; i < leads.size(); ++i) {
    const std::vector<std::string>& fields = leads[i].equal_fields;
    if (!std::all_of(fields.begin(), fields.end(), is_equal)) continue;
    if (!best || fields.size() > leads[*best].equal_fields.size()) best = i;
  }
  if (best) return *best;
  return absl::InvalidArgumentError(absl::StrCat(
      "filter: no index serves it; its outermost && must compare with == all "
      "fields of one of these: ",
      absl::StrJoin(leads, "; ", [](std::string* out, const FilterLead& lead) {
        absl::StrAppend(out, absl::StrJoin(lead.equal_fields, " and "));
        if (!lead.order.empty()) {
          absl::StrAppend(out, " (ordered by ", lead.order, ")");
        }
      })));
}

}  // namespace charter::storage
