#include "storage/filter/filter_sql.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "storage/sql/transaction.h"

// Every condition is two-valued where it matters: what is NULL is false under
// AND, OR and WHERE, and a NOT is never put around anything that may be NULL.
// Negation is pushed down to the single comparisons, whose opposites are
// written with IS NULL (!(f < 1) holds for an f that is not set).
//
// Text: `=` ignores trailing spaces under most of MySQL's collations, also
// binary ones, LIKE ignores case on SQLite, and casts are spelled differently.
// HEX is the same on all, exact, and orders as the bytes do; a plain `=` stands
// beside it for the index.
namespace charter::storage {
namespace {

using sla::CompareOp;
using sla::Node;

constexpr absl::string_view kTrue = "1 = 1";
constexpr absl::string_view kFalse = "1 = 0";
constexpr double kMaxWhole = 9007199254740992.0;  // 2^53

std::string Constant(bool value) { return std::string(value ? kTrue : kFalse); }

std::string Hex(absl::string_view text) {
  return absl::AsciiStrToUpper(absl::BytesToHexString(text));
}

const std::string& Text(const sla::Value& value) {
  return std::get<std::string>(value);
}

// Whether a column of kind kId can hold `text` at all.
bool IsId(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(c); });
}

CompareOp Opposite(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return CompareOp::kNotEqual;
    case CompareOp::kNotEqual:
      return CompareOp::kEqual;
    case CompareOp::kLess:
      return CompareOp::kGreaterEqual;
    case CompareOp::kLessEqual:
      return CompareOp::kGreater;
    case CompareOp::kGreater:
      return CompareOp::kLessEqual;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLess;
  }
  return op;
}

absl::string_view OpText(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return " = ";
    case CompareOp::kNotEqual:
      return " <> ";
    case CompareOp::kLess:
      return " < ";
    case CompareOp::kLessEqual:
      return " <= ";
    case CompareOp::kGreater:
      return " > ";
    case CompareOp::kGreaterEqual:
      return " >= ";
  }
  return "";
}

// A value that is no text, as its column holds it.
struct ToColumn {
  Value operator()(double number) const {
    if (std::trunc(number) == number && std::abs(number) <= kMaxWhole) {
      return static_cast<int64_t>(number);
    }
    return number;
  }
  Value operator()(bool b) const { return b ? 1 : 0; }
  Value operator()(sla::Date date) const {
    return date - sla::Date(1970, 1, 1);
  }
  Value operator()(sla::Instant instant) const { return instant.micros(); }
  Value operator()(sla::Duration duration) const { return duration.micros(); }
  Value operator()(const std::string& text) const { return text; }
  Value operator()(std::monostate) const { return nullptr; }
};

class Translator {
 public:
  Translator(const FilterColumns& columns, absl::string_view prefix)
      : columns_(columns), prefix_(prefix) {}

  FilterSql Run(const Node& root) {
    FilterSql result;
    result.where = Condition(root, false).value_or(std::string(kTrue));
    for (Bind& bind : binds_) result.binds.Add(bind.name, bind.value);
    result.exact = exact_;
    return result;
  }

 private:
  // The condition that holds where `node` does, or with `negate` where it does
  // not; or at least there, when a part had no translation and exact_ became
  // false. Nothing: of no row can be said that it doesn't.
  std::optional<std::string> Condition(const Node& node, bool negate) {
    switch (node.kind) {
      case Node::Kind::kConstant:
        return Constant(node.constant != negate);
      case Node::Kind::kNot:
        return Condition(node.children[0], !negate);
      case Node::Kind::kAnd:
      case Node::Kind::kOr:
        return Chain(node, negate);
      default:
        break;
    }
    std::optional<std::string> leaf = Leaf(node, negate);
    if (!leaf) exact_ = false;
    return leaf;
  }

  std::optional<std::string> Chain(const Node& node, bool negate) {
    const bool all = (node.kind == Node::Kind::kAnd) != negate;
    const size_t binds_before = binds_.size();
    std::vector<std::string> parts;
    for (const Node& child : node.children) {
      if (std::optional<std::string> part = Condition(child, negate)) {
        parts.push_back(*std::move(part));
      } else if (!all) {
        binds_.resize(binds_before);
        return std::nullopt;
      }
    }
    if (parts.empty()) return std::nullopt;
    if (parts.size() == 1) return std::move(parts[0]);
    return absl::StrCat("(", absl::StrJoin(parts, all ? " AND " : " OR "), ")");
  }

  std::optional<std::string> Leaf(const Node& node, bool negate) {
    const FilterColumn* column = Find(node.field);
    if (column == nullptr || node.kind == Node::Kind::kChanged) {
      return std::nullopt;
    }
    if (node.other) {
      const FilterColumn* other = Find(*node.other);
      if (other == nullptr || column->kind == FilterKind::kEnum ||
          other->kind == FilterKind::kEnum) {
        return std::nullopt;
      }
      return CompareColumns(node, *column, *other, negate);
    }
    switch (column->kind) {
      case FilterKind::kEnum:
        return Enum(node, *column, negate);
      case FilterKind::kNumber:
        return Number(node, *column, negate);
      case FilterKind::kText:
      case FilterKind::kId:
        return TextCondition(node, *column, negate);
    }
    return std::nullopt;
  }

  const FilterColumn* Find(const sla::FieldRef& field) const {
    if (field.source != sla::Source::kRecord) return nullptr;
    const auto it = columns_.find(field.slot);
    return it == columns_.end() ? nullptr : &it->second;
  }

  std::string CompareColumns(const Node& node, const FilterColumn& left,
                             const FilterColumn& right, bool negate) {
    const CompareOp op = negate ? Opposite(node.op) : node.op;
    if (node.type == sla::Type::kString) {
      return absl::StrCat(HexOrEmpty(left), OpText(op), HexOrEmpty(right));
    }
    // A comparison with what is not set is false, but for !=.
    const bool null_holds = negate != (node.op == CompareOp::kNotEqual);
    const std::string compare = absl::StrCat(left.sql, OpText(op), right.sql);
    if (!null_holds) return compare;
    return absl::StrCat("(", left.sql, " IS NULL OR ", right.sql,
                        " IS NULL OR ", compare, ")");
  }

  std::string Number(const Node& node, const FilterColumn& column,
                     bool negate) {
    const std::string& sql = column.sql;
    bool null_holds = negate;
    std::string condition;
    switch (node.kind) {
      case Node::Kind::kHas:
        return absl::StrCat(sql, negate ? " IS NULL" : " IS NOT NULL");
      case Node::Kind::kField:
        condition = absl::StrCat(sql, negate ? " = 0" : " <> 0");
        break;
      case Node::Kind::kIn: {
        std::vector<Value> values;
        for (const sla::Value& value : node.list) {
          values.push_back(std::visit(ToColumn(), value));
        }
        condition =
            absl::StrCat(sql, negate ? " NOT IN " : " IN ", BindList(values));
        break;
      }
      default:
        null_holds = negate != (node.op == CompareOp::kNotEqual);
        condition =
            absl::StrCat(sql, OpText(negate ? Opposite(node.op) : node.op),
                         BindOne(std::visit(ToColumn(), node.literal)));
        break;
    }
    if (!null_holds) return condition;
    return absl::StrCat("(", sql, " IS NULL OR ", condition, ")");
  }

  // Whatever is asked of the text: it holds for these numbers and not for
  // those.
  std::string Enum(const Node& node, const FilterColumn& column, bool negate) {
    sla::Record record(node.field.slot + 1);
    const auto holds = [&] { return EvaluateNode(node, record) != negate; };
    const bool null_holds = holds();
    std::vector<Value> numbers;  // those that differ from "not set"
    for (const auto& [name, number] : column.names) {
      record[node.field.slot] = name;
      if (holds() != null_holds) numbers.push_back(number);
    }
    if (numbers.empty()) return Constant(null_holds);
    if (!null_holds) {
      return absl::StrCat(column.sql, " IN ", BindList(numbers));
    }
    return absl::StrCat("(", column.sql, " IS NULL OR ", column.sql, " NOT IN ",
                        BindList(numbers), ")");
  }

  std::optional<std::string> TextCondition(const Node& node,
                                           const FilterColumn& column,
                                           bool negate) {
    const std::string& sql = column.sql;
    const auto empty = [&](bool is) {
      return absl::StrCat(HexOrEmpty(column), is ? " = ''" : " <> ''");
    };
    switch (node.kind) {
      case Node::Kind::kHas:
        return empty(negate);
      case Node::Kind::kCompare: {
        const std::string& text = Text(node.literal);
        const CompareOp op = negate ? Opposite(node.op) : node.op;
        if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) {
          return absl::StrCat(HexOrEmpty(column), OpText(op),
                              BindOne(Hex(text)));
        }
        const bool equal = op == CompareOp::kEqual;
        if (text.empty()) return empty(equal);
        return OneOf(column, {text}, !equal);
      }
      case Node::Kind::kIn: {
        std::vector<std::string> texts;
        bool has_empty = false;
        for (const sla::Value& value : node.list) {
          if (Text(value).empty()) {
            has_empty = true;
          } else {
            texts.push_back(Text(value));
          }
        }
        if (texts.empty()) return empty(!negate);
        const std::string one_of = OneOf(column, texts, negate);
        if (!has_empty) return one_of;
        return absl::StrCat("(", empty(!negate), negate ? " AND " : " OR ",
                            one_of, ")");
      }
      case Node::Kind::kMatches:
        return std::nullopt;
      default:
        break;
    }
    const std::string& text = Text(node.literal);
    if (text.empty()) return Constant(!negate);
    if (column.kind == FilterKind::kId && !IsId(text)) return Constant(negate);
    const int64_t digits = 2 * static_cast<int64_t>(text.size());
    switch (node.kind) {
      case Node::Kind::kStartsWith: {
        const std::string start =
            absl::StrCat("SUBSTR(HEX(", sql, "), 1, ", BindOne(digits), ") = ");
        return NotNull(column, absl::StrCat(start, BindOne(Hex(text))), negate);
      }
      case Node::Kind::kEndsWith: {
        const std::string end =
            absl::StrCat("SUBSTR(HEX(", sql, "), ", BindOne(-digits), ") = ");
        return NotNull(column, absl::StrCat(end, BindOne(Hex(text))), negate);
      }
      default:
        return NotNull(
            column, absl::StrCat("INSTR(", sql, ", ", BindOne(text), ") > 0"),
            negate);
    }
  }

  // The column is one of the texts, none of which is empty.
  std::string OneOf(const FilterColumn& column,
                    const std::vector<std::string>& texts, bool negate) {
    std::vector<Value> values;
    std::vector<Value> hex_values;
    for (const std::string& text : texts) {
      if (column.kind == FilterKind::kId && !IsId(text)) continue;
      values.push_back(text);
      hex_values.push_back(Hex(text));
    }
    if (values.empty()) return Constant(negate);
    const auto is = [&](const std::string& sql, const std::vector<Value>& set) {
      if (set.size() == 1) return absl::StrCat(sql, " = ", BindOne(set[0]));
      return absl::StrCat(sql, " IN ", BindList(set));
    };
    std::string condition = is(column.sql, values);
    if (column.kind == FilterKind::kText) {
      const std::string exact =
          is(absl::StrCat("HEX(", column.sql, ")"), hex_values);
      condition = absl::StrCat("(", condition, " AND ", exact, ")");
    }
    return NotNull(column, std::move(condition), negate);
  }

  // `condition`, which is NULL where the column is, or its opposite.
  static std::string NotNull(const FilterColumn& column, std::string condition,
                             bool negate) {
    if (!negate) return condition;
    return absl::StrCat("(", column.sql, " IS NULL OR NOT (", condition, "))");
  }

  // A text that is not set is "".
  static std::string HexOrEmpty(const FilterColumn& column) {
    return absl::StrCat("COALESCE(HEX(", column.sql, "), '')");
  }

  std::string NextName() { return absl::StrCat(prefix_, next_++); }

  std::string BindOne(Value value) {
    binds_.push_back({NextName(), std::move(value)});
    return absl::StrCat(":", binds_.back().name);
  }

  std::string BindList(const std::vector<Value>& values) {
    Binds list;
    std::string sql = InList(NextName(), values, &list);
    binds_.insert(binds_.end(), list.begin(), list.end());
    return sql;
  }

  const FilterColumns& columns_;
  const std::string prefix_;
  std::vector<Bind> binds_;
  int next_ = 0;
  bool exact_ = true;
};

}  // namespace

FilterSql ToSql(const sla::Expression& filter, const FilterColumns& columns,
                absl::string_view prefix) {
  return Translator(columns, prefix).Run(filter.root());
}

}  // namespace charter::storage
