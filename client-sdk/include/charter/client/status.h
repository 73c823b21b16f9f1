// What the server says of a failure. Calls return it as an absl::Status: the
// canonical code, a text that begins with the reason's meaning, and details as
// payloads, one per google.rpc message, keyed by its type URL. These functions
// read them; of a status that has none they give nothing.
#ifndef CHARTER_CLIENT_STATUS_H_
#define CHARTER_CLIENT_STATUS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/error_reason.pb.h"

namespace charter::client {

// Which failure of the catalogue it is: `ETAG_MISMATCH`, and what it tells of
// it.
struct ErrorInfo {
  std::string reason;
  std::string domain;
  std::map<std::string, std::string> metadata;
};
std::optional<ErrorInfo> ErrorInfoOf(const absl::Status& status);
// Its reason; empty: none.
std::string ReasonOf(const absl::Status& status);
// The same as a value, so that a misspelt one does not compile:
// `ErrorReasonOf(status) == v1::ETAG_MISMATCH`. ERROR_REASON_UNSPECIFIED: it
// has none, or one that is not of the server but of what stands before it.
v1::ErrorReason ErrorReasonOf(const absl::Status& status);
// The value of a reason's name. ERROR_REASON_UNSPECIFIED: it is empty, or of a
// server that is newer than this; go by the status code then.
v1::ErrorReason ToErrorReason(absl::string_view reason);

// What is wrong with one field of the request.
struct FieldViolation {
  std::string field;   // a path by the names of the proto: `case.priority`
  std::string reason;  // REQUIRED, TOO_LONG, …: see ToErrorReason
  std::string description;
};
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

// After what time to try again.
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

// How the call went before it failed.
struct Attempts {
  int count = 0;  // 1: it was not repeated
  absl::Duration
      elapsed;         // from the first attempt's beginning, pauses included
  std::string method;  // `charter.v1.CaseService/OpenCase`
};
std::optional<Attempts> AttemptsOf(const absl::Status& status);

// One line for the person whose request it was: code, text, reason and each
// field that is wrong. It may repeat what the caller sent where the server's
// text does, and never a token. Control characters are written out: `\n`,
// `\x1b`.
std::string Explain(const absl::Status& status);
// The same for a log: followed by the method, the attempts and how long they
// took.
std::string Describe(const absl::Status& status);

}  // namespace charter::client

#endif  // CHARTER_CLIENT_STATUS_H_
