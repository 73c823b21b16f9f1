// Every kind of subject that wakes up by itself (services/shared/wakeups.h).
#ifndef CHARTER_SERVER_WORKERS_WAKEUP_KINDS_H_
#define CHARTER_SERVER_WORKERS_WAKEUP_KINDS_H_

#include "absl/strings/string_view.h"
#include "server/services/shared/wakeups.h"

namespace charter::workers {

// The kind of a subject by its name; null: there is none.
const services::WakeupKind* FindWakeupKind(absl::string_view subject);

}  // namespace charter::workers

#endif  // CHARTER_SERVER_WORKERS_WAKEUP_KINDS_H_
