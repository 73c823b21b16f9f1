// grpc.reflection.v1 and v1alpha over the protos that are linked in. It lists
// the services that are registered, no others.
#ifndef CHARTER_SERVER_CALL_REFLECTION_H_
#define CHARTER_SERVER_CALL_REFLECTION_H_

#include "server/call/endpoint.h"

namespace charter::call {

// Call it last: it lists what is registered when it is asked. `endpoints`
// outlives the calls.
void RegisterReflection(Endpoints& endpoints);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_REFLECTION_H_
