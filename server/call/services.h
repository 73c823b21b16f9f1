// The one place that says which function serves which method.
#ifndef CHARTER_SERVER_CALL_SERVICES_H_
#define CHARTER_SERVER_CALL_SERVICES_H_

#include "server/call/endpoint.h"

namespace charter::call {

// All services of charter.v1, and google.longrunning.Operations. A new RPC is a
// line here.
void RegisterServices(Endpoints& endpoints);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_SERVICES_H_
