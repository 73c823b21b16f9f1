// All that charter::client has, for those who care little how long a file takes
// to compile. Whoever does includes what is used: a service's client alone
// takes half as long (tools/bench/client_size.py).
#ifndef CHARTER_CLIENT_ALL_H_
#define CHARTER_CLIENT_ALL_H_

#include "charter/client/action_worker.h"
#include "charter/client/async_server_stream.h"
#include "charter/client/awaitable.h"
#include "charter/client/bulk_writer.h"
#include "charter/client/cancellation.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/doctor.h"
#include "charter/client/event_stream.h"
#include "charter/client/faults.h"
#include "charter/client/field.h"
#include "charter/client/live_cache.h"
#include "charter/client/observer.h"
#include "charter/client/operation.h"
#include "charter/client/options.h"
#include "charter/client/page_range.h"
#include "charter/client/read_modify_write.h"
#include "charter/client/request.h"
#include "charter/client/resource_name.h"
#include "charter/client/retry.h"
#include "charter/client/server_stream.h"
#include "charter/client/status.h"
#include "charter/client/time.h"
#include "charter/client/timing.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/calendar_client.h"
#include "charter/v1/case_client.h"
#include "charter/v1/contract_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/event_client.h"
#include "charter/v1/process_client.h"
#include "charter/v1/report_client.h"
#include "charter/version.h"
#include "google/longrunning/operations_client.h"

#endif  // CHARTER_CLIENT_ALL_H_
