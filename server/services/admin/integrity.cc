#include "server/services/ledger/integrity.h"

#include <string>
#include <utility>
#include <vector>

#include "server/services/admin/admin.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {

absl::StatusOr<v1::CheckIntegrityResponse> CheckIntegrity(
    Call& call, const v1::CheckIntegrityRequest& request) {
  storage::ListQuery query;
  query.show_deleted = true;
  v1::CheckIntegrityResponse response;
  absl::StatusOr<storage::ListPage<v1::Entitlement>> page =
      ListPageOf(call, storage::EntitlementTable(), request, std::move(query),
                 {}, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  std::vector<std::string> names;
  for (const v1::Entitlement& row : page->rows) {
    if (row.has_allotment()) names.push_back(row.name());
  }
  if (names.empty()) return response;
  // Read again, in the moment in which the ledgers are read.
  absl::Status status = call.Read(
      [&](storage::Transaction& tx) -> absl::Status {
        response.clear_problems();
        absl::StatusOr<std::vector<v1::Entitlement>> rows =
            storage::EntitlementTable().BatchGet(tx, names);
        if (!rows.ok()) return rows.status();
        response.set_checked_count(static_cast<int>(rows->size()));
        absl::StatusOr<std::vector<v1::IntegrityProblem>> problems =
            CheckLedgers(tx, *rows);
        if (!problems.ok()) return problems.status();
        for (v1::IntegrityProblem& problem : *problems)
          *response.add_problems() = std::move(problem);
        return absl::OkStatus();
      },
      /*snapshot=*/true);
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services
