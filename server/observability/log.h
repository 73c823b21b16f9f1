// The server's log: JSON lines on standard error. Nothing of a customer's, and
// no token, is ever handed to it: fields are names, numbers and codes.
#ifndef CHARTER_SERVER_OBSERVABILITY_LOG_H_
#define CHARTER_SERVER_OBSERVABILITY_LOG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter {

using LogFields = std::vector<std::pair<std::string, std::string>>;

// `level`: debug, info, warning, error or off. INVALID_ARGUMENT. Call it once,
// before anything is logged.
absl::Status SetUpLog(absl::string_view level);

// What an operator wants to know of the server's life.
void LogEvent(absl::string_view message, const LogFields& fields = {});
// What an operator should look at.
void LogWarning(absl::string_view message, const LogFields& fields = {});
// What failed, with its cause.
void LogError(absl::string_view message, const LogFields& fields = {});

// One finished call.
struct CallLine {
  absl::string_view method;
  absl::string_view code;    // "OK", "NOT_FOUND"
  absl::string_view reason;  // of the catalogue; empty: none
  absl::string_view principal;
  absl::string_view call_id;
  absl::string_view request_id;
  absl::string_view peer;
  absl::Duration duration;
  bool replayed = false;  // answered from the request log
};
// At info; calls that ended with a server's failure at error.
void LogCall(const CallLine& line);

}  // namespace charter

#endif  // CHARTER_SERVER_OBSERVABILITY_LOG_H_
