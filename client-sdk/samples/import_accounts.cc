// Many accounts from another system, as many at once as the server likes.
#include "absl/strings/str_cat.h"
#include "charter/client/bulk_writer.h"
#include "charter/client/status.h"
#include "samples.h"

namespace samples {

namespace client = charter::client;
namespace v1 = charter::v1;

std::vector<Refused> ImportAccounts(v1::DirectoryClient& directory,
                                    const std::vector<v1::Account>& accounts) {
  client::BulkWriter<v1::CreateAccountRequest, v1::Account> writer(
      [&](v1::CreateAccountRequest request, const client::Options& options,
          client::Callback<v1::Account> done) {
        directory.AsyncCreateAccount(std::move(request), std::move(done),
                                     options);
      });
  for (const v1::Account& account : accounts) {
    v1::CreateAccountRequest request;
    // A name made of the other system's id: given again it is the same account.
    request.set_account_id(absl::StrCat("crm-", account.external_id()));
    *request.mutable_account() = account;
    // Waits while as many are under way as the server takes. How far it is says
    // writer.progress(), to any thread.
    writer.Add(std::move(request));
  }
  std::vector<Refused> refused;
  for (const auto& failure : writer.Finish()) {
    if (absl::IsAlreadyExists(failure.status)) continue;  // of another time
    refused.push_back({failure.request.account().external_id(),
                       client::Describe(failure.status)});
  }
  return refused;
}

}  // namespace samples
