// Verdicts that are kept: what RecordVerdict and OpenCase write.
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_KEEP_VERDICT_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_KEEP_VERDICT_H_

#include "absl/status/status.h"
#include "charter/v1/entitlement_service.pb.h"
#include "charter/v1/entitlement_verdict.pb.h"
#include "server/services/entitlements/verify.h"
#include "server/services/shared/call.h"
#include "server/services/shared/resources.h"

namespace charter::services {

Resource<v1::EntitlementVerdict> Verdicts();

// The question and its answer, not yet kept.
v1::EntitlementVerdict VerdictOn(const Question& question,
                                 v1::VerifyEntitlementResponse answer);

// Gives the verdict its name, its times and its actor, stores it, and tells the
// feed of it.
absl::Status KeepVerdict(Call& call, storage::Transaction& tx,
                         v1::EntitlementVerdict* verdict);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_KEEP_VERDICT_H_
