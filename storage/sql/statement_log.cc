#include "storage/sql/statement_log.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace charter::storage {
namespace {

thread_local int unrecorded = 0;  // how many UnrecordedStatementTexts live

// `:name_12` -> `:name`.
std::string WithoutNumbers(absl::string_view sql) {
  std::string out;
  for (size_t i = 0; i < sql.size();) {
    if (sql[i] != ':') {
      out += sql[i++];
      continue;
    }
    size_t end = i + 1;
    while (end < sql.size() &&
           (absl::ascii_isalnum(sql[end]) || sql[end] == '_'))
      ++end;
    size_t cut = end;
    while (cut > i && absl::ascii_isdigit(sql[cut - 1])) --cut;
    const bool numbered = cut < end && cut > i + 1 && sql[cut - 1] == '_';
    out.append(sql.data() + i, numbered ? cut - 1 - i : end - i);
    i = end;
  }
  return out;
}

// The length of the item that starts here: a name, or a parenthesis with all in
// it; else 0.
size_t ItemLength(absl::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == ':') {
    size_t end = 1;
    while (end < text.size() &&
           (absl::ascii_isalnum(text[end]) || text[end] == '_'))
      ++end;
    return end;
  }
  if (text.front() != '(') return 0;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i + 1;
  }
  return 0;
}

// What a caller's filter became is any text: written `:filter`.
std::string WithoutFilter(std::string text) {
  const std::string head_text = "CASE WHEN ";
  const std::string tail_text = " THEN 1 ELSE 0 END = 1";
  const size_t head = text.find(head_text);
  if (head == std::string::npos) return text;
  const size_t tail = text.find(tail_text, head);
  if (tail == std::string::npos) return text;
  const size_t from = head + head_text.size();
  return text.replace(from, tail - from, ":filter");
}

// Equal parts of a UNION ALL, the whole of the text: written once.
std::string WithoutEqualParts(std::string text) {
  constexpr absl::string_view kUnion = " UNION ALL ";
  const size_t end = absl::string_view(text).find(kUnion);
  if (end == std::string::npos) return text;
  const std::string first = text.substr(0, end);
  for (const absl::string_view part : absl::StrSplit(text, kUnion)) {
    if (part != first) return text;
  }
  return first;
}

}  // namespace

std::string StatementShape(absl::string_view sql) {
  const std::string text =
      WithoutEqualParts(WithoutFilter(WithoutNumbers(sql)));
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const absl::string_view rest = absl::string_view(text).substr(i);
    const size_t length = ItemLength(rest);
    if (length == 0) {
      out += text[i++];
      continue;
    }
    const absl::string_view item = rest.substr(0, length);
    const std::string again = absl::StrCat(", ", item);
    size_t end = length;
    while (rest.substr(end, again.size()) == again) end += again.size();
    if (item.front() == ':') {
      out.append(item.data(), item.size());
    } else {
      absl::StrAppend(&out, "(",
                      StatementShape(item.substr(1, item.size() - 2)), ")");
    }
    i += end;
  }
  return out;
}

void RecordStatementText(Engine engine, absl::string_view sql) {
  static const char* const folder = std::getenv("CHARTER_STATEMENT_TEXTS");
  if (folder == nullptr || *folder == '\0' || unrecorded) return;
  static std::mutex mutex;
  static std::set<std::string>* const seen = new std::set<std::string>;
  // Process ids come again within a run; these names don't.
  static std::string* const path =
      new std::string(absl::StrCat(folder, "/", getpid(), "-XXXXXX"));
  static const int file = mkstemp(path->data());
  const std::string line =
      absl::StrCat(engine == Engine::kSqlite ? "sqlite" : "mysql", "\t",
                   StatementShape(sql), "\n");
  std::lock_guard<std::mutex> lock(mutex);
  if (!seen->insert(line).second) return;
  if (file < 0 || write(file, line.data(), line.size()) !=
                      static_cast<ssize_t>(line.size())) {
    std::fprintf(stderr, "CHARTER_STATEMENT_TEXTS: cannot write into %s\n",
                 folder);
    std::abort();
  }
}

UnrecordedStatementTexts::UnrecordedStatementTexts() { ++unrecorded; }
UnrecordedStatementTexts::~UnrecordedStatementTexts() { --unrecorded; }

}  // namespace charter::storage
