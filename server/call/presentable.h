// What every error that leaves the server has, whatever the transport.
#ifndef CHARTER_SERVER_CALL_PRESENTABLE_H_
#define CHARTER_SERVER_CALL_PRESENTABLE_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace charter::call {

// Gives an ErrorInfo to an error that has none. A status of the
// catalogue is returned as it is; others get the reason of their code, and what
// is the server's own failure (UNKNOWN, INTERNAL, DATA_LOSS) is logged under
// `call_id` and replaced by a neutral sentence.
absl::Status Presentable(const absl::Status& status, absl::string_view call_id);

// "NOT_FOUND".
absl::string_view CodeName(absl::StatusCode code);

}  // namespace charter::call

#endif  // CHARTER_SERVER_CALL_PRESENTABLE_H_
