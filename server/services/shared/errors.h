// The catalogue of errors: one function per failure fixes its canonical code,
// its reason, its text and its details. A new failure gets a function here.
//
// The details travel as payloads of the absl::Status, keyed by the type URL of
// their google.rpc message; server/call/status.cc puts them on the wire within
// its budget. Texts name what is wrong, by which rule, and the way out. They
// may repeat a caller's own short input (it is cut), never a stored value.
#ifndef CHARTER_SERVER_SERVICES_SHARED_ERRORS_H_
#define CHARTER_SERVER_SERVICES_SHARED_ERRORS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/error_reason.pb.h"

namespace charter::services {

// Which failure it is; callers see the value's name, so all of them stand in
// charter/v1/error_reason.proto.
using v1::ErrorReason;

// The `domain` of every ErrorInfo.
inline constexpr char kErrorDomain[] = "charter.dev";

// Collects everything that is wrong with a request, so that the caller learns
// it at once.
class FieldViolations {
 public:
  // `field` is the path in the request, by the names of the proto:
  // `case.priority`, `events[3].key`, `annotations["a"]`.
  void Add(absl::string_view field, ErrorReason reason,
           absl::string_view description);
  bool empty() const { return violations_.empty(); }
  size_t size() const { return violations_.size(); }

  // OK when empty; else INVALID_ARGUMENT FIELD_INVALID with all of them.
  absl::Status ToStatus() const;

 private:
  struct Violation {
    std::string field;
    ErrorReason reason;
    std::string description;
  };
  std::vector<Violation> violations_;
};

namespace errors {

// Pairs for ErrorInfo.metadata; keys in lowerCamelCase.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// INVALID_ARGUMENT.
absl::Status FieldInvalid(absl::string_view field, ErrorReason reason,
                          absl::string_view description);
// `message` says what is expected; line and column count from 1.
absl::Status FilterSyntax(absl::string_view field, absl::string_view message,
                          int line, int column);
// What the storage says of a list's filter, in this catalogue's terms: a
// mistake with its line and column, or the leads that the filter must have one
// of (X3). Other statuses are returned as they are.
absl::Status FromFilter(const absl::Status& status);
absl::Status FieldMaskInvalid(absl::string_view path,
                              absl::string_view description);
// Forged, altered, too old, or of another method, filter, order or principal:
// the caller is not told which.
absl::Status PageTokenInvalid(absl::string_view field = "page_token");
absl::Status RequestIdReused(absl::string_view request_id);
absl::Status EventTimeInvalid(absl::string_view field,
                              absl::string_view description);

// NOT_FOUND, ALREADY_EXISTS. `name` is the resource's: `cases/1`. `field` is
// the request's field that pointed at it; empty: the call's own subject.
absl::Status NotFound(absl::string_view name, absl::string_view field = "");
// For a change of what Get still shows.
absl::Status Deleted(absl::string_view name);
absl::Status AlreadyExists(absl::string_view name,
                           absl::string_view description = "");

// ABORTED.
absl::Status EtagMismatch(absl::string_view name);
absl::Status TransactionConflict();

// FAILED_PRECONDITION. `from` and `verb` as in "a CANCELLED entitlement cannot
// be activated": state names and the method's verb.
absl::Status StateTransitionNotAllowed(absl::string_view name,
                                       absl::string_view from,
                                       absl::string_view verb,
                                       absl::string_view way_out = "");
// `used_by`: who still points at it.
absl::Status ResourceInUse(absl::string_view name, absl::string_view used_by);
// `reasons`: every reason that failed, UPPER_SNAKE (C6).
absl::Status EntitlementNotEligible(absl::string_view entitlement,
                                    const std::vector<std::string>& reasons,
                                    absl::string_view description);
// Of an account: none of its entitlements holds. `candidates`: each one's name
// and its reasons. `way_out` ends the text: "repeat this without …".
absl::Status NoEntitlementHolds(
    absl::string_view account,
    const std::vector<std::pair<std::string, std::vector<std::string>>>&
        candidates,
    absl::string_view way_out);
// An assignment rule leaves the account's item without an entitlement, which
// the request requires. `rule`: empty for who may not see it.
absl::Status LeftUnassigned(absl::string_view account, absl::string_view rule);
// A stored definition (hours, a process version, an assignment rule) is needed
// and cannot be used.
absl::Status DefinitionUnusable(absl::string_view name);
absl::Status HistoryFull(absl::string_view name, int limit);
// Anything else that the state of the system forbids.
absl::Status Precondition(ErrorReason reason, absl::string_view subject,
                          absl::string_view description,
                          const Metadata& metadata = {});

// OUT_OF_RANGE.
absl::Status NoOpenTime(absl::string_view business_hours);
absl::Status ResumeTokenExpired(absl::string_view earliest_token);

// UNAUTHENTICATED, PERMISSION_DENIED.
absl::Status TokenMissing();
absl::Status TokenInvalid();
absl::Status CertificateUnknown();
absl::Status PermissionMissing(absl::string_view permission,
                               absl::string_view principal);

// UNAVAILABLE, RESOURCE_EXHAUSTED. `what`: of which there may be `limit`.
absl::Status LimitReached(absl::string_view what, size_t limit,
                          absl::string_view way_out);
absl::Status Overloaded();
absl::Status Draining();
absl::Status DatabaseUnavailable();
absl::Status DatabaseFull();
absl::Status MessageTooLarge(size_t bytes, size_t limit);

absl::Status DeadlineExceeded();
absl::Status Cancelled();
absl::Status Unimplemented(absl::string_view method);
// Says nothing of the cause, which belongs into the log under `call_id`.
absl::Status Internal(absl::string_view call_id);

// What a storage status means to a caller; anything that doesn't come from
// storage is returned as it is. `call_id` as in Internal. A kDuplicateKey,
// kForeignKey or kCheck that reaches this was not expected by the handler, and
// is INTERNAL.
absl::Status FromStorage(const absl::Status& status, absl::string_view call_id);

// What a part of a request was refused for, with the part's path
// (`requests[3]`) before the fields that it names; anything that is not of this
// catalogue is returned as it is.
absl::Status OfPart(absl::string_view part, const absl::Status& status);

// The reason of a catalogue error, "" for other statuses.
std::string ReasonOf(const absl::Status& status);

// The error as a caller of one account may see it, who is not shown what the
// definitions are called by which the server works.
absl::Status ForCustomer(const absl::Status& status);

}  // namespace errors
}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_ERRORS_H_
