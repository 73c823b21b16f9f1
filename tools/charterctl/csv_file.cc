#include "tools/charterctl/csv_file.h"

#include <csv.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace charter::tools {
namespace {

// What libcsv tells of one text.
struct Reading {
  CsvTable table;
  CsvRow row;
  bool in_row = false;
  int line = 1;  // the one that is read
};

void OnCell(void* octets, size_t size, void* data) {
  Reading& reading = *static_cast<Reading*>(data);
  if (!std::exchange(reading.in_row, true)) reading.row.line = reading.line;
  reading.row.cells.emplace_back(static_cast<const char*>(octets), size);
}

void OnRow(int, void* data) {
  Reading& reading = *static_cast<Reading*>(data);
  CsvRow row = std::exchange(reading.row, CsvRow());
  reading.in_row = false;
  if (row.cells.size() == 1 && row.cells[0].empty()) return;
  if (reading.table.header.empty()) {
    reading.table.header = std::move(row.cells);
  } else {
    reading.table.rows.push_back(std::move(row));
  }
}

absl::Status AtLine(int line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", what));
}

absl::Status Check(const CsvTable& table) {
  if (table.header.empty())
    return AtLine(1, "there is no header, which names the columns");
  std::set<std::string> names;
  for (const std::string& name : table.header) {
    if (name.empty()) return AtLine(1, "a column has no name");
    if (!names.insert(name).second)
      return AtLine(1, absl::StrCat("there are two columns `", name, "`"));
  }
  for (const CsvRow& row : table.rows) {
    if (row.cells.size() == table.header.size()) continue;
    return AtLine(row.line, absl::StrCat("the row has ", row.cells.size(),
                                         " cells, and the header names ",
                                         table.header.size()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CsvTable> ParseCsv(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  Reading reading;
  csv_parser parser;
  // Strict: a quote within an unquoted cell is a mistake, as is one that isn't
  // closed.
  if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
    return absl::InternalError("no memory");
  bool ok = true;
  while (ok && !text.empty()) {
    // Line by line, so that a mistake can be told by its line.
    const size_t end = text.find('\n');
    const absl::string_view line =
        text.substr(0, end == absl::string_view::npos ? text.size() : end + 1);
    ok = csv_parse(&parser, line.data(), line.size(), OnCell, OnRow,
                   &reading) == line.size();
    if (ok) ++reading.line;
    text.remove_prefix(line.size());
  }
  if (ok) ok = csv_fini(&parser, OnCell, OnRow, &reading) == 0;
  const std::string trouble = csv_strerror(csv_error(&parser));
  csv_free(&parser);
  if (!ok) {
    return AtLine(reading.in_row ? reading.row.line : reading.line,
                  absl::StrCat("a cell with a quote must stand in quotes, "
                               "with each quote doubled (",
                               trouble, ")"));
  }
  if (absl::Status status = Check(reading.table); !status.ok()) return status;
  return std::move(reading.table);
}

absl::StatusOr<CsvTable> ReadCsv(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " can't be read"));
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  absl::StatusOr<CsvTable> table = ParseCsv(text);
  if (!table.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ", ", table.status().message()));
  }
  return table;
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    const std::string& cell = cells[i];
    // Readers drop blanks around what stands without quotes.
    const bool plain = cell.find_first_of("\",\r\n") == std::string::npos &&
                       cell == absl::StripAsciiWhitespace(cell);
    if (plain) {
      line += cell;
    } else {
      absl::StrAppend(&line, "\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}),
                      "\"");
    }
  }
  // A lone empty cell would be an empty line.
  if (line.empty()) line = "\"\"";
  line += '\n';
  return line;
}

absl::Status WriteFile(const std::string& path, absl::string_view text) {
  const std::string draft = path + ".part";
  {
    std::ofstream file(draft, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
      return absl::UnavailableError(absl::StrCat(draft, " can't be written"));
    }
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0)
    return absl::UnavailableError(absl::StrCat(path, " can't be written"));
  return absl::OkStatus();
}

}  // namespace charter::tools
