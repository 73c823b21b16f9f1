#include "storage/sql/statement_text.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/sql/errors.h"

namespace charter::storage::internal {
namespace {

absl::Status Refuse(absl::string_view sql, absl::string_view why) {
  return StorageError(
      ErrorKind::kInternal,
      absl::StrCat("SQL refused: ", why, ": ", sql.substr(0, 500)));
}

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNameChar(char c) { return absl::ascii_isalnum(c) || c == '_'; }

// Why a character may not stand outside a literal, or "".
absl::string_view Forbidden(absl::string_view rest) {
  switch (rest.front()) {
    case '"':
      return "double quotes (write text in single quotes)";
    case '`':
      return "back-ticks (rename the column)";
    case ';':
      return "a semicolon (one statement per call, without an end)";
    case '#':
      return "a comment";
    case '?':
    case '@':
    case '$':
      return "a parameter that is not :named";
    case '-':
      return absl::StartsWith(rest, "--") ? "a comment" : "";
    case '/':
      return absl::StartsWith(rest, "/*") ? "a comment" : "";
    default:
      return "";
  }
}

// Sets `writes`, or says why the statement may not run here.
absl::string_view CheckVerb(absl::string_view sql, bool& writes) {
  // The first part of a union (dialect.h).
  if (absl::StartsWith(sql, "(SELECT ")) sql.remove_prefix(1);
  size_t end = 0;
  while (end < sql.size() && absl::ascii_isalpha(sql[end])) ++end;
  const std::string verb = absl::AsciiStrToUpper(sql.substr(0, end));
  if (verb == "SELECT" || verb == "EXPLAIN") {
    writes = false;
  } else if (verb == "WITH") {
    const std::string upper = absl::AsciiStrToUpper(sql);
    writes = absl::StrContains(upper, "INSERT ") ||
             absl::StrContains(upper, "UPDATE ") ||
             absl::StrContains(upper, "DELETE ");
  } else if (verb == "INSERT" || verb == "UPDATE" || verb == "DELETE" ||
             verb == "REPLACE") {
    writes = true;
  } else {
    return "it does not start with SELECT, WITH, INSERT, REPLACE, UPDATE, "
           "DELETE or EXPLAIN";
  }
  return "";
}

}  // namespace

absl::StatusOr<CheckedSql> CheckSql(absl::string_view sql) {
  CheckedSql checked;
  if (absl::string_view why = CheckVerb(sql, checked.writes); !why.empty())
    return Refuse(sql, why);
  absl::flat_hash_map<std::string, size_t> seen;
  checked.text = std::string(sql);
  checked.chunks.emplace_back();
  bool in_literal = false;
  for (size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (c == '\\')
      return Refuse(sql, "a backslash (the engines read it differently)");
    if (c == '\0') return Refuse(sql, "a NUL (bind the value)");
    if (c == '\'') in_literal = !in_literal;
    if (in_literal || c == '\'') {
      checked.chunks.back() += c;
      continue;
    }
    if (absl::string_view why = Forbidden(sql.substr(i)); !why.empty())
      return Refuse(sql, why);
    if (c != ':') {
      checked.chunks.back() += c;
      continue;
    }
    const bool after_word =
        i > 0 && (IsNameChar(sql[i - 1]) || sql[i - 1] == ':');
    if (after_word || i + 1 == sql.size() || !IsNameStart(sql[i + 1])) {
      return Refuse(sql, "a colon that names no value");
    }
    size_t end = i + 1;
    while (end < sql.size() && IsNameChar(sql[end])) ++end;
    std::string name(sql.substr(i + 1, end - i - 1));
    auto [entry, added] = seen.try_emplace(name, checked.names.size());
    checked.places.push_back(entry->second);
    if (added) checked.names.push_back(std::move(name));
    checked.chunks.emplace_back();
    i = end - 1;
  }
  if (in_literal) return Refuse(sql, "a literal without an end");
  return checked;
}

absl::Status MatchBinds(const CheckedSql& sql, const Binds& binds,
                        std::vector<const Value*>& values) {
  values.assign(sql.names.size(), nullptr);
  // Nearly always they come in the order of the text.
  size_t next = 0;
  absl::flat_hash_map<absl::string_view, size_t> index;
  for (const Bind& bind : binds) {
    size_t at = next++;
    if (at >= sql.names.size() || sql.names[at] != bind.name) {
      if (index.empty()) {
        for (size_t i = 0; i < sql.names.size(); ++i) index[sql.names[i]] = i;
      }
      auto found = index.find(bind.name);
      if (found == index.end()) {
        return Refuse(sql.text, absl::StrCat("it has no place for the value :",
                                             bind.name));
      }
      at = found->second;
    }
    if (values[at] != nullptr)
      return Refuse(sql.text, absl::StrCat("two values for :", bind.name));
    values[at] = &bind.value;
  }
  auto missing = std::find(values.begin(), values.end(), nullptr);
  if (missing != values.end()) {
    return Refuse(sql.text, absl::StrCat("no value for :",
                                         sql.names[missing - values.begin()]));
  }
  return absl::OkStatus();
}

}  // namespace charter::storage::internal
