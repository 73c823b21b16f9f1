#include "tests/server/sla/expression/random_expression.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "rapidcheck.h"
#include "server/sla/expression/expression.h"
#include "tests/server/sla/expression/schema_for_test.h"

namespace charter::sla {
namespace {

// Evenly, also in a property's first, small cases.
int Pick(int n) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, n));
}
bool Coin() { return Pick(2) == 1; }

template <typename T>
T OneOf(const std::vector<T>& from) {
  return from[Pick(static_cast<int>(from.size()))];
}

const Schema& SchemaOf(int scope) {
  return scope == 2 ? EventSchema() : CaseSchema();
}
const Field& FieldOf(const Model::Operand& operand) {
  return SchemaOf(operand.scope).field(operand.slot);
}

// Few values of each type, so that fields and literals meet, and such that are
// told apart only by who compares exactly.
Value RandomValue(const Field& field) {
  static const std::vector<std::string> kTexts = {
      "",       "a",      "A",          "a ",     " a", "ab",  "b",
      "aab",    "a%",     "a_",         "_",      "%",  "\\",  "a\\%",
      "'",      "\"",     "é",          "e",      "É",  "a\n", "a\t",
      "a\x01b", "\u00df", "\U0001F600", "a\u0301"};
  switch (field.type) {
    case Type::kString:
      return OneOf(field.values.empty() ? kTexts : field.values);
    case Type::kNumber:
      return OneOf<double>(
          {-2.5, -1, 0, 1, 2, 3, 0.1, 1e20, 9007199254740992.0, 1e-300});
    case Type::kBool:
      return Coin();
    case Type::kDate:
      return OneOf<Date>({Date(1, 1, 1), Date(1969, 12, 31), Date(1970, 1, 1),
                          Date(2024, 2, 29), Date(9999, 12, 31)});
    case Type::kInstant:
      return OneOf<Instant>({Instant::Min(), Instant::Max(),
                             Instant::FromMicros(-1), Instant::FromMicros(0),
                             Instant::FromMicros(1767225600123456)});
    case Type::kDuration:
      return OneOf<Duration>({Duration::Zero(), Duration::Micros(1),
                              Duration::Micros(-1), Duration::Minutes(90),
                              Duration::Hours(-100000),
                              Duration::Micros(1500)});
  }
  return {};
}

Model::Operand RandomField(bool event_terms) {
  Model::Operand operand;
  operand.scope = event_terms ? Pick(3) : 0;
  operand.slot = Pick(SchemaOf(operand.scope).size());
  return operand;
}

bool IsOrdered(const Field& field) {
  return field.type != Type::kBool && field.values.empty();
}

Model RandomLeaf(bool event_terms) {
  Model model;
  model.kind = OneOf<Model::Kind>(
      {Model::Kind::kConstant, Model::Kind::kBare, Model::Kind::kHas,
       Model::Kind::kChanged, Model::Kind::kCompare, Model::Kind::kCompare,
       Model::Kind::kCompare, Model::Kind::kIn, Model::Kind::kCall});
  model.constant = Coin();
  model.field = RandomField(event_terms);
  const Field* field = &FieldOf(model.field);
  if (model.kind == Model::Kind::kConstant && Pick(4) != 0) {
    model.kind = Model::Kind::kCompare;
  }
  if (model.kind == Model::Kind::kChanged) {
    if (!event_terms) model.kind = Model::Kind::kHas;
    if (model.field.scope == 2) model.kind = Model::Kind::kHas;
    if (model.kind == Model::Kind::kChanged) model.field.scope = 0;
  }
  if (model.kind == Model::Kind::kBare && field->type != Type::kBool) {
    model.kind = Model::Kind::kCompare;
  }
  if (model.kind == Model::Kind::kCall) {
    if (field->type != Type::kString) {
      model.kind = Model::Kind::kIn;
    } else {
      model.word =
          OneOf<std::string>({"startsWith", "endsWith", "contains", "matches"});
      model.values.push_back(
          model.word == "matches"
              ? Value(OneOf<std::string>({"^a", "b$", "[ab]", "^$", "\\\\"}))
              : RandomValue({"", Type::kString, {}}));
    }
  }
  if (model.kind == Model::Kind::kIn) {
    for (int i = Pick(4); i >= 0; --i) {
      model.values.push_back(RandomValue(*field));
    }
  }
  if (model.kind == Model::Kind::kCompare) {
    bool ordered = IsOrdered(*field);
    model.mirrored = Coin();
    model.right = RandomField(event_terms);
    if (FieldOf(model.right).type == field->type) {
      model.other = true;
      ordered = ordered && IsOrdered(FieldOf(model.right));
    } else {
      model.values.push_back(RandomValue(*field));
    }
    model.word = ordered
                     ? OneOf<std::string>({"==", "!=", "<", "<=", ">", ">="})
                     : OneOf<std::string>({"==", "!="});
  }
  return model;
}

// Spaces, mostly none or one.
std::string Gap() {
  return OneOf<std::string>({"", "", " ", " ", "\n", "\t "});
}

std::string WriteText(const std::string& text) {
  const char quote = Coin() ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      absl::StrAppendFormat(&out, "\\%03o", byte);
    } else if (byte < 0x80 && Pick(8) == 0) {
      absl::StrAppendFormat(&out, "\\u%04X", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back(quote);
  return out;
}

std::string WriteValue(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return WriteText(*text);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return absl::StrFormat(std::abs(*number) > 1e15 ? "%.17e" : "%.17g",
                           *number);
  }
  if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
  if (const auto* date = std::get_if<Date>(&value)) {
    return absl::StrFormat(
        "date(%s)", WriteText(absl::StrFormat("%04d-%02d-%02d", date->year(),
                                              date->month(), date->day())));
  }
  if (const auto* instant = std::get_if<Instant>(&value)) {
    return absl::StrFormat(
        "timestamp(%s)",
        WriteText(absl::FormatTime("%E4Y-%m-%dT%H:%M:%E6SZ", instant->ToAbsl(),
                                   absl::UTCTimeZone())));
  }
  return absl::StrFormat(
      "duration(%s)",
      WriteText(absl::StrFormat("%dus", std::get<Duration>(value).micros())));
}

std::string WriteField(const Model::Operand& operand) {
  static constexpr absl::string_view kScopes[] = {"", "old.", "event."};
  return absl::StrCat(kScopes[operand.scope], FieldOf(operand).name);
}

// Inside a negation, an && or an ||, everything but plain terms needs its
// parentheses; others are sometimes put for no reason.
std::string WriteChild(const Model& child) {
  const bool needed =
      child.kind == Model::Kind::kCompare || child.kind == Model::Kind::kIn ||
      child.kind == Model::Kind::kAnd || child.kind == Model::Kind::kOr;
  if (needed || Pick(4) == 0) {
    return absl::StrCat("(", Gap(), Write(child), Gap(), ")");
  }
  return Write(child);
}

const Value& Read(const Model::Operand& operand, const Situation& s) {
  const Record& record = operand.scope == 2                  ? s.event
                         : operand.scope == 1 && !s.creation ? s.old_record
                                                             : s.record;
  return record[operand.slot];
}

// Texts that are not set are empty; then -1, 0 or 1, or 2 when either is not
// set.
int Order(Value a, Value b, Type type) {
  if (type == Type::kString) {
    if (!IsSet(a)) a = "";
    if (!IsSet(b)) b = "";
    const std::string& left = std::get<std::string>(a);
    const std::string& right = std::get<std::string>(b);
    for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
      const int l = static_cast<unsigned char>(left[i]);
      const int r = static_cast<unsigned char>(right[i]);
      if (l != r) return l < r ? -1 : 1;
    }
    if (left.size() == right.size()) return 0;
    return left.size() < right.size() ? -1 : 1;
  }
  if (!IsSet(a) || !IsSet(b)) return 2;
  if (a == b) return 0;
  return a < b ? -1 : 1;
}

bool NaiveCompare(const std::string& op, int order) {
  if (op == "!=") return order != 0;
  if (order == 2) return false;
  if (op == "==") return order == 0;
  if (op == "<") return order < 0;
  if (op == "<=") return order <= 0;
  if (op == ">") return order > 0;
  return order >= 0;
}

bool NaiveCall(const std::string& method, const std::string& text,
               const std::string& argument) {
  const auto at = [&](size_t i) {
    return text.size() >= i + argument.size() &&
           text.compare(i, argument.size(), argument) == 0;
  };
  if (method == "startsWith") return at(0);
  if (method == "endsWith") {
    return text.size() >= argument.size() && at(text.size() - argument.size());
  }
  if (method == "contains") {
    for (size_t i = 0; i <= text.size(); ++i) {
      if (at(i)) return true;
    }
    return false;
  }
  const auto has = [&](char c) { return text.find(c) != std::string::npos; };
  if (argument == "^a") return !text.empty() && text.front() == 'a';
  if (argument == "b$") return !text.empty() && text.back() == 'b';
  if (argument == "[ab]") return has('a') || has('b');
  if (argument == "^$") return text.empty();
  return has('\\');
}

}  // namespace

Model RandomModel(int depth, bool event_terms) {
  const int kind = depth == 0 ? 3 : Pick(5);
  if (kind >= 3) return RandomLeaf(event_terms);
  Model model;
  model.kind = kind == 0   ? Model::Kind::kNot
               : kind == 1 ? Model::Kind::kAnd
                           : Model::Kind::kOr;
  const int children = kind == 0 ? 1 : 2 + Pick(2);
  for (int i = 0; i < children; ++i) {
    model.children.push_back(RandomModel(depth - 1, event_terms));
  }
  return model;
}

Record RandomRecord(const Schema& schema) {
  Record record(schema.size());
  for (int slot = 0; slot < schema.size(); ++slot) {
    if (Pick(4) != 0) record[slot] = RandomValue(schema.field(slot));
  }
  return record;
}

Situation RandomSituation() {
  Situation s;
  s.record = RandomRecord(CaseSchema());
  s.old_record = s.record;
  const Record changes = RandomRecord(CaseSchema());
  for (size_t slot = 0; slot < changes.size(); ++slot) {
    if (Coin()) s.old_record[slot] = changes[slot];
  }
  s.event = RandomRecord(EventSchema());
  s.creation = Pick(4) == 0;
  return s;
}

std::string Write(const Model& model) {
  switch (model.kind) {
    case Model::Kind::kConstant:
      return model.constant ? "true" : "false";
    case Model::Kind::kBare:
      return WriteField(model.field);
    case Model::Kind::kHas:
    case Model::Kind::kChanged:
      return absl::StrCat(model.kind == Model::Kind::kHas ? "has" : "changed",
                          "(", Gap(), WriteField(model.field), Gap(), ")");
    case Model::Kind::kCompare: {
      std::string left = WriteField(model.field);
      std::string right =
          model.other ? WriteField(model.right) : WriteValue(model.values[0]);
      std::string op = model.word;
      if (model.mirrored) {
        std::swap(left, right);
        if (op[0] == '<') {
          op[0] = '>';
        } else if (op[0] == '>') {
          op[0] = '<';
        }
      }
      return absl::StrCat(left, Gap(), op, Gap(), right);
    }
    case Model::Kind::kIn: {
      std::vector<std::string> values;
      for (const Value& value : model.values) {
        values.push_back(absl::StrCat(Gap(), WriteValue(value), Gap()));
      }
      return absl::StrCat(WriteField(model.field), " in", Gap(), "[",
                          absl::StrJoin(values, ","), "]");
    }
    case Model::Kind::kCall:
      return absl::StrCat(WriteField(model.field), ".", model.word, "(", Gap(),
                          WriteValue(model.values[0]), Gap(), ")");
    case Model::Kind::kNot:
      return absl::StrCat("!", Gap(), WriteChild(model.children[0]));
    case Model::Kind::kAnd:
    case Model::Kind::kOr: {
      std::vector<std::string> children;
      for (const Model& child : model.children) {
        children.push_back(WriteChild(child));
      }
      return absl::StrJoin(
          children,
          absl::StrCat(Gap(), model.kind == Model::Kind::kAnd ? "&&" : "||",
                       Gap()));
    }
  }
  return "";
}

bool Naive(const Model& model, const Situation& s) {
  const Type type =
      model.children.empty() ? FieldOf(model.field).type : Type::kBool;
  const auto text = [&]() -> std::string {
    const Value& value = Read(model.field, s);
    return IsSet(value) ? std::get<std::string>(value) : "";
  };
  switch (model.kind) {
    case Model::Kind::kConstant:
      return model.constant;
    case Model::Kind::kBare:
      return Read(model.field, s) == Value(true);
    case Model::Kind::kHas:
      return type == Type::kString ? text() != "" : IsSet(Read(model.field, s));
    case Model::Kind::kChanged: {
      if (s.creation) return false;
      const Value& now = s.record[model.field.slot];
      const Value& before = s.old_record[model.field.slot];
      if (type != Type::kString && !IsSet(now)) return IsSet(before);
      return Order(now, before, type) != 0;
    }
    case Model::Kind::kCompare:
      return NaiveCompare(
          model.word,
          Order(Read(model.field, s),
                model.other ? Read(model.right, s) : model.values[0], type));
    case Model::Kind::kIn:
      return std::any_of(model.values.begin(), model.values.end(),
                         [&](const Value& value) {
                           return Order(Read(model.field, s), value, type) == 0;
                         });
    case Model::Kind::kCall:
      return NaiveCall(model.word, text(),
                       std::get<std::string>(model.values[0]));
    case Model::Kind::kNot:
      return !Naive(model.children[0], s);
    case Model::Kind::kAnd:
      return std::all_of(model.children.begin(), model.children.end(),
                         [&](const Model& child) { return Naive(child, s); });
    case Model::Kind::kOr:
      return std::any_of(model.children.begin(), model.children.end(),
                         [&](const Model& child) { return Naive(child, s); });
  }
  return false;
}

}  // namespace charter::sla
