#include "storage/records/generations.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

// The catalog's own row. No resource's name.
constexpr absl::string_view kCatalog = "*";

absl::StatusOr<std::vector<Generation>> Read(const absl::StatusOr<Rows>& rows) {
  if (!rows.ok()) return rows.status();
  std::vector<Generation> generations;
  generations.reserve(rows->size());
  for (const Row row : *rows)
    generations.push_back({std::string(row.Text(0)), row.Int64(1)});
  return generations;
}

std::vector<std::vector<Value>> ToRows(absl::string_view case_name,
                                       absl::Span<const Generation> hours) {
  std::vector<std::vector<Value>> rows;
  rows.reserve(hours.size());
  for (const Generation& set : hours)
    rows.push_back({case_name, set.subject, set.generation});
  return rows;
}

}  // namespace

absl::StatusOr<int64_t> BumpGeneration(Transaction& tx,
                                       absl::string_view subject) {
  const absl::StatusOr<int64_t> raised = tx.Execute(
      "UPDATE generations SET generation = generation + 1 WHERE subject = "
      ":catalog",
      {{"catalog", kCatalog}});
  if (!raised.ok()) return raised.status();
  const absl::StatusOr<int64_t> generation = ReadCatalogGeneration(tx);
  if (!generation.ok()) return generation.status();
  const std::vector<std::vector<Value>> rows = {{subject, *generation}};
  absl::Status status =
      tx.InsertRows("generations", {"subject", "generation"}, rows,
                    tx.dialect().OrUpdate({"subject"}, {"generation"}));
  if (!status.ok()) return status;
  return *generation;
}

absl::StatusOr<int64_t> ReadCatalogGeneration(Transaction& tx) {
  const absl::StatusOr<Rows> rows =
      tx.Query("SELECT generation FROM generations WHERE subject = :catalog",
               {{"catalog", kCatalog}});
  if (!rows.ok()) return rows.status();
  if (rows->empty())
    return absl::DataLossError("the catalog's generation is missing");
  return (*rows)[0].Int64(0);
}

absl::StatusOr<std::vector<Generation>> ReadGenerationsSince(
    Transaction& tx, int64_t generation) {
  return Read(
      tx.Query("SELECT subject, generation FROM generations WHERE generation > "
               ":generation "
               "AND subject <> :catalog ORDER BY generation",
               {{"generation", generation}, {"catalog", kCatalog}}));
}

absl::Status InsertCaseHours(Transaction& tx, absl::string_view case_name,
                             absl::Span<const Generation> hours) {
  return tx.InsertRowsLater("case_hours", {"case_name", "hours", "generation"},
                            ToRows(case_name, hours));
}

absl::Status SetCaseHours(Transaction& tx, absl::string_view case_name,
                          absl::Span<const Generation> hours) {
  const absl::StatusOr<std::vector<Generation>> stored =
      LoadCaseHours(tx, case_name);
  if (!stored.ok()) return stored.status();
  std::map<std::string, int64_t> left;
  for (const Generation& set : *stored) left[set.subject] = set.generation;
  std::vector<Generation> changed;
  for (const Generation& set : hours) {
    const auto found = left.find(set.subject);
    if (found == left.end() || found->second != set.generation)
      changed.push_back(set);
    if (found != left.end()) left.erase(found);
  }
  if (!left.empty()) {
    std::vector<Value> gone;
    for (const auto& [name, generation] : left) gone.push_back(name);
    Binds binds = {{"case_name", case_name}};
    const std::string list = InList("hours", gone, &binds);
    absl::Status status = tx.ExecuteLater(
        absl::StrCat("DELETE FROM case_hours WHERE case_name = :case_name AND "
                     "hours IN ",
                     list),
        binds);
    if (!status.ok()) return status;
  }
  return tx.InsertRowsLater(
      "case_hours", {"case_name", "hours", "generation"},
      ToRows(case_name, changed),
      tx.dialect().OrUpdate({"case_name", "hours"}, {"generation"}));
}

absl::StatusOr<std::vector<Generation>> LoadCaseHours(
    Transaction& tx, absl::string_view case_name) {
  return Read(
      tx.Query("SELECT hours, generation FROM case_hours WHERE case_name = "
               ":case_name ORDER BY hours",
               {{"case_name", case_name}}));
}

absl::StatusOr<std::vector<std::string>> FindStaleCases(Transaction& tx,
                                                        absl::string_view hours,
                                                        int64_t generation,
                                                        int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 4096); !status.ok())
    return status;
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT case_name FROM case_hours WHERE hours = :hours AND generation < "
      ":generation "
      "ORDER BY generation, case_name LIMIT :limit",
      {{"hours", hours}, {"generation", generation}, {"limit", limit}});
  if (!rows.ok()) return rows.status();
  std::vector<std::string> names;
  names.reserve(rows->size());
  for (const Row row : *rows) names.emplace_back(row.Text(0));
  return names;
}

}  // namespace charter::storage
