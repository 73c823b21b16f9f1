#include <algorithm>
#include <atomic>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "charter/client/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "tools/charterctl/cells.h"
#include "tools/charterctl/csv_file.h"
#include "tools/charterctl/kinds.h"
#include "tools/charterctl/progress.h"
#include "tools/charterctl/records.h"

namespace charter::tools {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr char kError[] = "error";

enum class Outcome { kCreated, kChanged, kUnchanged, kRefused };

struct Result {
  Outcome outcome = Outcome::kRefused;
  std::string error;
  // It names something that is not there, which another row may bring.
  bool names_missing = false;
};

// A text as an expression's literal.
std::string Literal(const std::string& text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

class Importer {
 public:
  Importer(const Connection& connection, const Kind& kind,
           std::vector<const FieldDescriptor*> columns, bool dry_run)
      : connection_(connection),
        kind_(kind),
        columns_(std::move(columns)),
        dry_run_(dry_run),
        options_(Patient().Set<client::ValidateOnlyOption>(dry_run)) {}

  // `own` are the names that the file itself brings.
  Result Import(const std::vector<std::string>& cells,
                const std::set<std::string>& own) const {
    std::unique_ptr<Message> row = NewMessage(*kind_.resource);
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == nullptr) continue;
      absl::Status status = FromCell(cells[i], *columns_[i], row.get());
      if (!status.ok()) return Refused(std::string(status.message()));
    }
    const std::string name = GetText(*row, "name");
    if (!name.empty() && !absl::StartsWith(name, kind_.collection + "/")) {
      return Refused(absl::StrCat("name: `", name, "` is not of the form ",
                                  kind_.collection, "/ID"));
    }
    if (name.empty() && GetText(*row, "external_id").empty()) {
      return Refused(
          "a row has a name or an external_id, by which it is known when it is "
          "given again");
    }
    Result result;
    const absl::Status status = Create(*row);
    if (status.ok()) {
      result.outcome = Outcome::kCreated;
      return result;
    }
    if (absl::IsAlreadyExists(status)) return Change(*row);
    result = Refused(status);
    if (dry_run_ && result.names_missing) {
      for (const std::string& brought : own) {
        // Nothing is kept of a dry run, so nothing can be found of it.
        if (absl::StrContains(status.message(), brought)) {
          result.outcome = Outcome::kCreated;
          break;
        }
      }
    }
    return result;
  }

 private:
  static Result Refused(std::string error) {
    Result result;
    result.error = std::move(error);
    return result;
  }
  static Result Refused(const absl::Status& status) {
    Result result = Refused(client::Explain(status));
    result.names_missing =
        client::ErrorReasonOf(status) == v1::RESOURCE_NOT_FOUND;
    return result;
  }

  Message* ResourceIn(Message* request) const {
    return request->GetReflection()->MutableMessage(
        request, request->GetDescriptor()->FindFieldByName(kind_.field));
  }

  absl::Status Create(const Message& row) const {
    const std::unique_ptr<Message> request = NewMessage(*kind_.create.request);
    ResourceIn(request.get())->CopyFrom(row);
    const std::string name = GetText(row, "name");
    if (!name.empty()) {
      SetText(request.get(), kind_.field + "_id",
              name.substr(name.find('/') + 1));
    }
    return kind_.create.call(connection_, *request, options_).status();
  }

  // The resource that the row is, as it stands.
  absl::StatusOr<std::unique_ptr<Message>> Find(const Message& row) const {
    const std::string name = GetText(row, "name");
    if (!name.empty()) {
      const std::unique_ptr<Message> request = NewMessage(*kind_.get.request);
      SetText(request.get(), "name", name);
      auto found = kind_.get.call(connection_, *request, options_);
      if (!absl::IsNotFound(found.status())) return found;
      // Another one has its external id.
      return absl::AlreadyExistsError(
          "another one has this external_id; look for it, and give its name");
    }
    std::string filter =
        absl::StrCat("external_id == ", Literal(GetText(row, "external_id")));
    if (!kind_.within.empty()) {
      absl::StrAppend(&filter, " && ", kind_.within,
                      " == ", Literal(GetText(row, kind_.within)));
    }
    std::string token;
    auto page = ListPage(connection_, kind_, filter, &token);
    if (!page.ok()) return page.status();
    if (page->empty()) {
      return absl::AlreadyExistsError(
          "a deleted one has this external_id: it is free 30 days after");
    }
    return std::move(page->front());
  }

  // Writes the cells that differ.
  Result Change(const Message& row) const {
    absl::StatusOr<std::unique_ptr<Message>> found = Find(row);
    if (!found.ok()) return Refused(Told(found.status()));
    Result result;
    google::protobuf::FieldMask mask;
    for (const FieldDescriptor* column : columns_) {
      if (column != nullptr && column->name() != "name" &&
          ToCell(row, *column) != ToCell(**found, *column)) {
        mask.add_paths(column->name());
      }
    }
    result.outcome = Outcome::kUnchanged;
    if (mask.paths().empty()) return result;
    const std::unique_ptr<Message> request = NewMessage(*kind_.update.request);
    Message* resource = ResourceIn(request.get());
    resource->CopyFrom(row);
    SetText(resource, "name", GetText(**found, "name"));
    request->GetReflection()
        ->MutableMessage(
            request.get(),
            request->GetDescriptor()->FindFieldByName("update_mask"))
        ->CopyFrom(mask);
    const absl::Status status =
        kind_.update.call(connection_, *request, options_).status();
    if (!status.ok()) return Refused(status);
    result.outcome = Outcome::kChanged;
    return result;
  }

  const Connection& connection_;
  const Kind& kind_;
  // Null: a column that isn't read.
  const std::vector<const FieldDescriptor*> columns_;
  const bool dry_run_;
  const client::Options options_;
};

absl::StatusOr<std::vector<const FieldDescriptor*>> MapHeader(
    const Kind& kind, const CsvTable& table, const std::string& file) {
  const auto known = ColumnsOf(*kind.resource);
  std::vector<const FieldDescriptor*> columns;
  for (const std::string& name : table.header) {
    const auto found =
        std::find_if(known.begin(), known.end(),
                     [&](const auto* it) { return it->name() == name; });
    if (found != known.end()) {
      columns.push_back(*found);
    } else if (name == kError) {
      columns.push_back(nullptr);
    } else {
      std::string names;
      for (const auto* it : known) absl::StrAppend(&names, " ", it->name());
      return absl::InvalidArgumentError(
          absl::StrCat(file, ", line 1: ", kind.name, " have no column `", name,
                       "` that can be written; they have", names));
    }
  }
  return columns;
}

// Counts the results, and writes the rows that were refused.
absl::StatusOr<ImportSummary> Summarize(const CsvTable& table,
                                        const std::vector<Result>& results,
                                        const ImportRecordsOptions& options) {
  ImportSummary summary;
  std::vector<std::string> header = table.header;
  size_t error =
      std::find(header.begin(), header.end(), kError) - header.begin();
  if (error == header.size()) header.emplace_back(kError);
  std::string refused = CsvLine(header);
  for (size_t i = 0; i < results.size(); ++i) {
    switch (results[i].outcome) {
      case Outcome::kCreated:
        ++summary.created;
        continue;
      case Outcome::kChanged:
        ++summary.changed;
        continue;
      case Outcome::kUnchanged:
        ++summary.unchanged;
        continue;
      case Outcome::kRefused:
        ++summary.refused;
    }
    std::vector<std::string> cells = table.rows[i].cells;
    cells.resize(header.size());
    cells[error] =
        absl::StrCat("line ", table.rows[i].line, ": ", results[i].error);
    refused += CsvLine(cells);
  }
  if (summary.refused == 0) return summary;
  summary.refused_file =
      options.refused.empty() ? options.file + ".refused.csv" : options.refused;
  absl::Status status = WriteFile(summary.refused_file, refused);
  if (!status.ok()) return status;
  return summary;
}

}  // namespace

absl::StatusOr<ImportSummary> ImportRecords(
    const Connection& connection, const ImportRecordsOptions& options) {
  const absl::StatusOr<const Kind*> kind = FindKind(options.kind);
  if (!kind.ok()) return kind.status();
  absl::StatusOr<CsvTable> table = ReadCsv(options.file);
  if (!table.ok()) return table.status();
  const auto columns = MapHeader(**kind, *table, options.file);
  if (!columns.ok()) return columns.status();
  std::set<std::string> own;
  const auto name =
      std::find(table->header.begin(), table->header.end(), "name");
  if (name != table->header.end()) {
    for (const CsvRow& row : table->rows)
      own.insert(row.cells[name - table->header.begin()]);
    own.erase("");
  }
  const Importer importer(connection, **kind, *columns, options.dry_run);
  std::vector<Result> results(table->rows.size());
  std::vector<size_t> left(results.size());
  for (size_t i = 0; i < left.size(); ++i) left[i] = i;
  Progress progress(options.kind, static_cast<int64_t>(left.size()));
  // Those that name what was not there come again, as long as others came.
  while (!left.empty()) {
    std::atomic<size_t> next = 0;
    std::vector<std::thread> workers;
    for (int w = 0; w < options.connections; ++w) {
      workers.emplace_back([&] {
        for (size_t i = next++; i < left.size(); i = next++) {
          results[left[i]] = importer.Import(table->rows[left[i]].cells, own);
          if (results[left[i]].outcome != Outcome::kRefused) progress.Add(1);
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    std::vector<size_t> again;
    for (size_t i : left) {
      const Result& result = results[i];
      if (result.outcome == Outcome::kRefused && result.names_missing)
        again.push_back(i);
    }
    if (again.size() == left.size() || options.dry_run) break;
    left = std::move(again);
  }

  return Summarize(*table, results, options);
}

}  // namespace charter::tools
