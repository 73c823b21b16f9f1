#include <string>

#include "server/services/catalog/catalog.h"
#include "server/services/directory/directory.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/references.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/tree.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::Account> Accounts() {
  return {storage::AccountTable(), "accounts", "account"};
}

// What it names must be there. The parent is looked at when it changes.
absl::Status CheckAccount(Call& call, storage::Transaction& tx,
                          const v1::Account* before,
                          const v1::Account& account) {
  const bool moves =
      !account.parent().empty() &&
      (before == nullptr || before->parent() != account.parent());
  if (moves) {
    absl::Status status =
        CheckParent(tx, storage::AccountTable(), account.name(),
                    account.parent(), "account.parent")
            .status();
    if (!status.ok()) return status;
  }
  if (account.business_hours().empty()) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  return (*catalog)->HasHours(account.business_hours())
             ? absl::OkStatus()
             : errors::NotFound(account.business_hours(),
                                "account.business_hours");
}

}  // namespace

absl::StatusOr<v1::Account> GetAccount(Call& call,
                                       const v1::GetAccountRequest& request) {
  return GetResource(call, Accounts(), request.name());
}

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(
    Call& call, const v1::ListAccountsRequest& request) {
  return ListResources(call, Accounts(), request,
                       &v1::ListAccountsResponse::add_accounts);
}

absl::StatusOr<v1::Account> CreateAccount(
    Call& call, const v1::CreateAccountRequest& request) {
  return CreateResource<v1::Account>(
      call, Accounts(), request.account(), request.account_id(),
      [&](storage::Transaction& tx, const v1::Account* before,
          v1::Account& account) {
        return CheckAccount(call, tx, before, account);
      });
}

absl::StatusOr<v1::Account> UpdateAccount(
    Call& call, const v1::UpdateAccountRequest& request) {
  return UpdateResource<v1::Account>(
      call, Accounts(), request.account(), request.update_mask(),
      [&](storage::Transaction& tx, const v1::Account* before,
          v1::Account& account) {
        return CheckAccount(call, tx, before, account);
      });
}

absl::StatusOr<v1::Account> DeleteAccount(
    Call& call, const v1::DeleteAccountRequest& request) {
  return HideResource(
      call, Accounts(), request,
      [](storage::Transaction& tx, const v1::Account& account) -> absl::Status {
        const auto check = [&](storage::Transaction& in) {
          const std::string& name = account.name();
          absl::Status status =
              CheckUnused(in, storage::AccountTable(), "parent", name);
          if (status.ok())
            status = CheckUnused(in, storage::ContactTable(), "account", name);
          if (status.ok())
            status = CheckUnused(in, storage::AssetTable(), "account", name);
          if (status.ok())
            status = CheckUnused(in, storage::ServiceContractTable(), "account",
                                 name);
          if (status.ok())
            status =
                CheckUnused(in, storage::EntitlementTable(), "account", name);
          if (status.ok())
            status = CheckUnused(in, storage::CaseTable(), "account", name);
          return status;
        };
        tx.Prefetch([&](storage::Transaction& ahead) { (void)check(ahead); });
        return check(tx);
      });
}

absl::StatusOr<v1::Account> UndeleteAccount(
    Call& call, const v1::UndeleteAccountRequest& request) {
  return UndeleteResource(
      call, Accounts(), request,
      [&](storage::Transaction& tx, const v1::Account&, v1::Account& restored) {
        return CheckAccount(call, tx, nullptr, restored);
      });
}

absl::StatusOr<v1::BatchGetAccountsResponse> BatchGetAccounts(
    Call& call, const v1::BatchGetAccountsRequest& request) {
  return BatchGetResources(call, Accounts(), request,
                           &v1::BatchGetAccountsResponse::add_accounts);
}

absl::StatusOr<v1::BatchCreateAccountsResponse> BatchCreateAccounts(
    Call& call, const v1::BatchCreateAccountsRequest& request) {
  return BatchCreateResources(call, request, &CreateAccount,
                              &v1::BatchCreateAccountsResponse::add_accounts);
}

}  // namespace charter::services
