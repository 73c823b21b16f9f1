#include "storage/records/contract_parts.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace charter::storage {
namespace {

// The columns of `table`, the same of both tables.
std::string Columns(absl::string_view table, bool lines) {
  // 3 and 6 are ACTIVE and CANCELLED.
  const std::string state =
      lines ? "CASE WHEN contract_line_items.cancelled = 1 THEN 6 ELSE 3 END"
            : "service_contracts.state";
  return absl::StrCat("SELECT ", table, ".name, ", state, ", ", table,
                      ".start_date, ", table, ".end_date, ", table,
                      ".delete_time FROM ");
}

std::optional<absl::CivilDay> ToDay(std::optional<int64_t> days) {
  if (!days.has_value()) return std::nullopt;
  return absl::CivilDay(1970, 1, 1) + *days;
}

void Append(const Rows& rows, std::vector<ContractPart>* parts) {
  for (const Row row : rows) {
    ContractPart& part = parts->emplace_back();
    part.name = std::string(row.Text(0));
    if (row.IsNull(4))
      part.state = static_cast<v1::ServiceContract::Status>(row.Int64(1));
    part.start_date = ToDay(row.OptionalInt64(2));
    part.end_date = ToDay(row.OptionalInt64(3));
  }
}

}  // namespace

absl::StatusOr<std::vector<ContractPart>> ReadContractPartsOfAccount(
    Transaction& tx, absl::string_view account) {
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat(
          Columns("service_contracts", false),
          "entitlements JOIN service_contracts ON service_contracts.name = "
          "entitlements.service_contract WHERE entitlements.account = "
          ":account UNION ALL ",
          Columns("contract_line_items", true),
          "entitlements JOIN contract_line_items ON contract_line_items.name "
          "= entitlements.contract_line_item WHERE entitlements.account = "
          ":account"),
      {{"account", account}});
  if (!rows.ok()) return rows.status();
  std::vector<ContractPart> parts;
  Append(*rows, &parts);
  return parts;
}

absl::StatusOr<std::vector<ContractPart>> ReadContractParts(
    Transaction& tx, absl::Span<const std::string> names) {
  std::vector<Value> contracts, lines;
  for (const std::string& name : names) {
    (absl::StartsWith(name, "contractLineItems/") ? lines : contracts)
        .emplace_back(name);
  }
  std::vector<ContractPart> parts;
  for (const auto& [of_lines, values] :
       {std::pair(false, &contracts), std::pair(true, &lines)}) {
    if (values->empty()) continue;
    const char* table = of_lines ? "contract_line_items" : "service_contracts";
    Binds binds;
    const std::string list = InList("name", *values, &binds);
    const absl::StatusOr<Rows> rows = tx.Query(
        absl::StrCat(Columns(table, of_lines), table, " WHERE name IN ", list),
        binds);
    if (!rows.ok()) return rows.status();
    Append(*rows, &parts);
  }
  return parts;
}

}  // namespace charter::storage
