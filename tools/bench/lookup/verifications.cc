#include <cstdint>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "tools/bench/lookup/customers.h"

namespace charter::bench {

void MeasureVerifications(test::ServiceWorld& world, int times) {
  PrintHead("judged");
  for (size_t share = 0; share < std::size(kShares); ++share) {
    int64_t i = 0;
    Print(absl::StrCat("entitlements of the account: ",
                       kShares[share].entitlements),
          Measure(world, times, [&](services::Call& call) {
            v1::VerifyEntitlementRequest request;
            request.set_account(
                SharingAccount(share, i++ % kShares[share].accounts));
            const auto response = services::VerifyEntitlement(call, request);
            Check(response.status());
            return int64_t{response->candidates_size()};
          }));
  }
}

}  // namespace charter::bench
