// The entitlement that follows one (C9).
#ifndef CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_
#define CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_

#include "charter/v1/entitlement.pb.h"
#include "server/contracts/term.h"

namespace charter::services {

// A copy of everything but what belongs to the one entitlement: its name, its
// id in another system, its dates, and the link that it came by. ACTIVE, with
// `term`'s dates, `renewed_from` the entitlement; not inserted yet.
v1::Entitlement SuccessorOf(const v1::Entitlement& entitlement,
                            const contracts::Term& term);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_ENTITLEMENTS_RENEW_H_
