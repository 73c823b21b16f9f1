// What becomes of entitlements when their assets get another account
// (TransferAsset).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_FOLLOW_ASSETS_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_FOLLOW_ASSETS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "charter/v1/directory_service.pb.h"
#include "server/services/shared/call.h"
#include "storage/sql/transaction.h"

namespace charter::services {

// Refuses (RESOURCE_IN_USE), cancels or moves from one account to `account` the
// entitlements for `assets` that are neither cancelled nor over. The others
// stay where they are, as history. What of a ledger is due by now is recorded
// before it moves, as the account's that had it.
absl::Status FollowAssets(Call& call, storage::Transaction& tx,
                          const std::vector<std::string>& assets,
                          const std::string& from, const std::string& account,
                          v1::TransferAssetRequest::Coverage coverage);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_FOLLOW_ASSETS_H_
