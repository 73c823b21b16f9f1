#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/charterctl/cells.h"
#include "tools/charterctl/csv_file.h"
#include "tools/charterctl/kinds.h"
#include "tools/charterctl/records.h"

namespace charter::tools {

absl::Status ExportRecords(const Connection& connection,
                           const std::string& kind_name,
                           const std::string& file) {
  const absl::StatusOr<const Kind*> kind = FindKind(kind_name);
  if (!kind.ok()) return kind.status();
  const auto columns = ColumnsOf(*(*kind)->resource);
  std::vector<std::string> cells;
  for (const auto* column : columns) cells.push_back(column->name());
  std::string text = CsvLine(cells);
  std::string page_token;
  int64_t count = 0;
  do {
    auto page = ListPage(connection, **kind, "", &page_token);
    if (!page.ok()) return page.status();
    for (const auto& row : *page) {
      cells.clear();
      for (const auto* column : columns) cells.push_back(ToCell(*row, *column));
      text += CsvLine(cells);
    }
    count += static_cast<int64_t>(page->size());
  } while (!page_token.empty());
  absl::Status status = WriteFile(file, text);
  if (!status.ok()) return status;
  std::printf("%s: %lld written to %s\n", kind_name.c_str(),
              static_cast<long long>(count), file.c_str());
  return absl::OkStatus();
}

}  // namespace charter::tools
