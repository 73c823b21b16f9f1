#include "server/services/shared/errors.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/message_lite.h"
#include "google/rpc/error_details.pb.h"
#include "server/services/shared/cause.h"
#include "server/services/shared/error_details.h"
#include "storage/sql/errors.h"

namespace charter::services {
namespace {

using errors::Metadata;
using errors::details::Attach;
using errors::details::AttachField;
using errors::details::AttachPrecondition;
using errors::details::AttachResource;
using errors::details::AttachRetry;
using errors::details::Make;

absl::Status Syntax(ErrorReason reason, absl::string_view field,
                    absl::string_view message, int line, int column) {
  const std::string text =
      absl::StrCat(field, ", line ", line, ", column ", column, ": ", message);
  absl::Status status = Make(absl::StatusCode::kInvalidArgument, reason, text,
                             {{"field", std::string(field)},
                              {"line", absl::StrCat(line)},
                              {"column", absl::StrCat(column)}});
  AttachField(field, reason, text, &status);
  return status;
}

}  // namespace

void FieldViolations::Add(absl::string_view field, ErrorReason reason,
                          absl::string_view description) {
  violations_.push_back({std::string(field), reason, std::string(description)});
}

absl::Status FieldViolations::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  google::rpc::BadRequest bad;
  for (const Violation& violation : violations_) {
    auto* proto = bad.add_field_violations();
    proto->set_field(violation.field);
    proto->set_reason(v1::ErrorReason_Name(violation.reason));
    proto->set_description(violation.description);
  }
  std::string text =
      absl::StrCat(violations_[0].field, ": ", violations_[0].description);
  if (violations_.size() > 1) {
    absl::StrAppend(&text, " (and ", violations_.size() - 1,
                    " more, in the details)");
  }
  absl::Status status =
      Make(absl::StatusCode::kInvalidArgument, ErrorReason::FIELD_INVALID, text,
           {{"field", violations_[0].field}});
  Attach(bad, &status);
  return status;
}

namespace errors {

absl::Status FieldInvalid(absl::string_view field, ErrorReason reason,
                          absl::string_view description) {
  FieldViolations violations;
  violations.Add(field, reason, description);
  return violations.ToStatus();
}

absl::Status FilterSyntax(absl::string_view field, absl::string_view message,
                          int line, int column) {
  return Syntax(ErrorReason::FILTER_SYNTAX, field, message, line, column);
}

absl::Status FromFilter(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kInvalidArgument ||
      storage::KindOf(status) != storage::ErrorKind::kNone ||
      !ReasonOf(status).empty()) {
    return status;
  }
  const std::string text(status.message());
  int line = 0, column = 0, rest = 0;
  if (std::sscanf(text.c_str(), "line %d, column %d: %n", &line, &column,
                  &rest) == 2 &&
      rest > 0) {
    return FilterSyntax("filter", text.substr(rest), line, column);
  }
  return FieldInvalid("filter", ErrorReason::NO_LEAD, text);
}

absl::Status FieldMaskInvalid(absl::string_view path,
                              absl::string_view description) {
  const std::string text =
      absl::StrCat("update_mask, path `", path, "`: ", description);
  absl::Status status =
      Make(absl::StatusCode::kInvalidArgument, ErrorReason::FIELD_MASK_INVALID,
           text, {{"field", "update_mask"}, {"path", std::string(path)}});
  AttachField("update_mask", ErrorReason::FIELD_MASK_INVALID, text, &status);
  return status;
}

absl::Status PageTokenInvalid(absl::string_view field) {
  const std::string text = absl::StrCat(
      field,
      ": not a token of this list: it is altered, too old, or was "
      "given to another caller, method, filter or order. Begin again without "
      "it");
  absl::Status status =
      Make(absl::StatusCode::kInvalidArgument, ErrorReason::PAGE_TOKEN_INVALID,
           text, {{"field", std::string(field)}});
  AttachField(field, ErrorReason::PAGE_TOKEN_INVALID, text, &status);
  return status;
}

absl::Status RequestIdReused(absl::string_view request_id) {
  constexpr char kText[] =
      "request_id: it was used within the last 24 hours for another request. "
      "Use a new one for each change";
  absl::Status status = Make(
      absl::StatusCode::kInvalidArgument, ErrorReason::REQUEST_ID_REUSED, kText,
      {{"requestId", std::string(request_id)}, {"field", "request_id"}});
  AttachField("request_id", ErrorReason::REQUEST_ID_REUSED, kText, &status);
  return status;
}

absl::Status EventTimeInvalid(absl::string_view field,
                              absl::string_view description) {
  const std::string text = absl::StrCat(field, ": ", description);
  absl::Status status =
      Make(absl::StatusCode::kInvalidArgument, ErrorReason::EVENT_TIME_INVALID,
           text, {{"field", std::string(field)}});
  AttachField(field, ErrorReason::EVENT_TIME_INVALID, text, &status);
  return status;
}

absl::Status NotFound(absl::string_view name, absl::string_view field) {
  Metadata metadata = {{"resource", std::string(name)}};
  std::string text = absl::StrCat(name, " does not exist");
  if (!field.empty()) {
    metadata.push_back({"field", std::string(field)});
    text = absl::StrCat(field, ": ", text);
  }
  absl::Status status = Make(absl::StatusCode::kNotFound,
                             ErrorReason::RESOURCE_NOT_FOUND, text, metadata);
  AttachResource(name, text, &status);
  return status;
}

absl::Status Deleted(absl::string_view name) {
  const std::string text = absl::StrCat(
      name,
      " is deleted: it can be read until it is removed for good, and no longer "
      "be changed");
  absl::Status status =
      Make(absl::StatusCode::kNotFound, ErrorReason::RESOURCE_NOT_FOUND, text,
           {{"resource", std::string(name)}, {"state", "DELETED"}});
  AttachResource(name, text, &status);
  return status;
}

absl::Status AlreadyExists(absl::string_view name,
                           absl::string_view description) {
  const std::string text = description.empty()
                               ? absl::StrCat(name, " exists already")
                               : absl::StrCat(name, ": ", description);
  absl::Status status = Make(absl::StatusCode::kAlreadyExists,
                             ErrorReason::RESOURCE_ALREADY_EXISTS, text,
                             {{"resource", std::string(name)}});
  AttachResource(name, text, &status);
  return status;
}

absl::Status EtagMismatch(absl::string_view name) {
  return Make(absl::StatusCode::kAborted, ErrorReason::ETAG_MISMATCH,
              absl::StrCat(name,
                           " was written since its etag was read. Read it "
                           "again, then repeat the change"),
              {{"resource", std::string(name)}});
}

absl::Status TransactionConflict() {
  absl::Status status = Make(
      absl::StatusCode::kAborted, ErrorReason::TRANSACTION_CONFLICT,
      "other writes were in the way each time; nothing was changed. Try again");
  AttachRetry(absl::Milliseconds(100), &status);
  return status;
}

absl::Status StateTransitionNotAllowed(absl::string_view name,
                                       absl::string_view from,
                                       absl::string_view verb,
                                       absl::string_view way_out) {
  std::string text = absl::StrCat(name, " is ", from, " and cannot be ", verb);
  if (!way_out.empty()) absl::StrAppend(&text, ". ", way_out);
  absl::Status status =
      Make(absl::StatusCode::kFailedPrecondition,
           ErrorReason::STATE_TRANSITION_NOT_ALLOWED, text,
           {{"resource", std::string(name)}, {"state", std::string(from)}});
  AttachPrecondition("STATE", name, text, &status);
  return status;
}

absl::Status ResourceInUse(absl::string_view name, absl::string_view used_by) {
  const std::string text = absl::StrCat(name, " is used by ", used_by);
  absl::Status status = Make(
      absl::StatusCode::kFailedPrecondition, ErrorReason::RESOURCE_IN_USE, text,
      {{"resource", std::string(name)}, {"usedBy", std::string(used_by)}});
  AttachPrecondition("IN_USE", name, text, &status);
  return status;
}

absl::Status EntitlementNotEligible(absl::string_view entitlement,
                                    const std::vector<std::string>& reasons,
                                    absl::string_view description) {
  absl::Status status = Make(absl::StatusCode::kFailedPrecondition,
                             ErrorReason::ENTITLEMENT_NOT_ELIGIBLE, description,
                             {{"entitlement", std::string(entitlement)},
                              {"reasons", absl::StrJoin(reasons, ",")}});
  google::rpc::PreconditionFailure failure;
  for (const std::string& reason : reasons) {
    auto* violation = failure.add_violations();
    violation->set_type(reason);
    violation->set_subject(std::string(entitlement));
    violation->set_description(std::string(description));
  }
  Attach(failure, &status);
  return status;
}

absl::Status NoEntitlementHolds(
    absl::string_view account,
    const std::vector<std::pair<std::string, std::vector<std::string>>>&
        candidates,
    absl::string_view way_out) {
  constexpr size_t kMostNamed = 8;  // VerifyEntitlement lists them all
  std::vector<std::string> told;
  google::rpc::PreconditionFailure failure;
  for (const auto& [name, reasons] : candidates) {
    if (told.size() == kMostNamed) break;
    const std::string why = absl::StrJoin(reasons, ", ");
    told.push_back(absl::StrCat(name, " is ", why));
    auto* violation = failure.add_violations();
    violation->set_type(reasons.empty() ? "" : reasons.front());
    violation->set_subject(name);
    violation->set_description(why);
  }
  const std::string text = absl::StrCat(
      "no entitlement of ", account,
      " holds: ", told.empty() ? "it has none" : absl::StrJoin(told, "; "),
      ". Mend one, add one with CreateEntitlement, or ", way_out);
  absl::Status status = Make(absl::StatusCode::kFailedPrecondition,
                             ErrorReason::ENTITLEMENT_NOT_ELIGIBLE, text,
                             {{"account", std::string(account)}});
  if (told.empty()) {
    AttachPrecondition("NO_ENTITLEMENT", account, text, &status);
  } else {
    Attach(failure, &status);
  }
  return status;
}

absl::Status LeftUnassigned(absl::string_view account, absl::string_view rule) {
  const std::string text = absl::StrCat(
      rule.empty() ? "an assignment rule" : rule,
      " leaves items such as this one without an entitlement. Name one in "
      "case.entitlement; VerifyEntitlement says which holds",
      rule.empty() ? "" : ". Or repeat this without require_entitlement");
  Metadata metadata = {{"account", std::string(account)}};
  if (!rule.empty()) metadata.push_back({"assignmentRule", std::string(rule)});
  absl::Status status =
      Make(absl::StatusCode::kFailedPrecondition,
           ErrorReason::ENTITLEMENT_NOT_ELIGIBLE, text, metadata);
  AttachPrecondition("LEFT_UNASSIGNED", account, text, &status);
  return status;
}

absl::Status DefinitionUnusable(absl::string_view name) {
  return Precondition(
      ErrorReason::DEFINITION_UNUSABLE, name,
      absl::StrCat(name,
                   " is stored in a form that this server cannot use; its log "
                   "says why. Start the server with the release and the zone "
                   "data (tzdata) with which it was written, or newer ones, "
                   "then call Recalculate"));
}

absl::Status HistoryFull(absl::string_view name, int limit) {
  const std::string text = absl::StrCat(
      name, " has ", limit, " events, the most that an item may have");
  absl::Status status = Make(
      absl::StatusCode::kFailedPrecondition, ErrorReason::HISTORY_FULL, text,
      {{"resource", std::string(name)}, {"limit", absl::StrCat(limit)}});
  AttachPrecondition("LIMIT", name, text, &status);
  return status;
}

absl::Status Precondition(ErrorReason reason, absl::string_view subject,
                          absl::string_view description,
                          const Metadata& metadata) {
  Metadata all = metadata;
  all.push_back({"resource", std::string(subject)});
  absl::Status status =
      Make(absl::StatusCode::kFailedPrecondition, reason, description, all);
  AttachPrecondition(v1::ErrorReason_Name(reason), subject, description,
                     &status);
  return status;
}

absl::Status NoOpenTime(absl::string_view business_hours) {
  return Make(absl::StatusCode::kOutOfRange, ErrorReason::NO_OPEN_TIME,
              absl::StrCat(business_hours,
                           " has not enough open time within ten years"),
              {{"resource", std::string(business_hours)}});
}

absl::Status ResumeTokenExpired(absl::string_view earliest_token) {
  return Make(absl::StatusCode::kOutOfRange, ErrorReason::RESUME_TOKEN_EXPIRED,
              "resume_token: the feed no longer goes back that far. Read the "
              "state anew (send_initial_state), or begin at earliestToken and "
              "accept the gap",
              {{"earliestToken", std::string(earliest_token)}});
}

absl::Status TokenMissing() {
  return Make(absl::StatusCode::kUnauthenticated, ErrorReason::TOKEN_MISSING,
              "no bearer token: send the metadata `authorization: Bearer "
              "TOKEN`");
}

absl::Status TokenInvalid() {
  return Make(absl::StatusCode::kUnauthenticated, ErrorReason::TOKEN_INVALID,
              "the bearer token is not one of this server's, or is no longer "
              "valid");
}

absl::Status CertificateUnknown() {
  return Make(absl::StatusCode::kUnauthenticated,
              ErrorReason::CERTIFICATE_UNKNOWN,
              "no name in the caller's certificate is one that the server's "
              "token file has: send a token, or have a name entered there");
}

absl::Status PermissionMissing(absl::string_view permission,
                               absl::string_view principal) {
  return Make(absl::StatusCode::kPermissionDenied,
              ErrorReason::PERMISSION_MISSING,
              absl::StrCat(principal, " needs the permission ", permission,
                           " (or what was asked for might not exist)"),
              {{"permission", std::string(permission)}});
}

absl::Status LimitReached(absl::string_view what, size_t limit,
                          absl::string_view way_out) {
  return Make(absl::StatusCode::kResourceExhausted, ErrorReason::LIMIT_REACHED,
              absl::StrCat("there are ", limit, " ", what,
                           ", the most that there may be; ", way_out),
              {{"limit", absl::StrCat(limit)}});
}

absl::Status Overloaded() {
  absl::Status status =
      Make(absl::StatusCode::kUnavailable, ErrorReason::OVERLOADED,
           "the server has as much work as it takes. Try again later");
  AttachRetry(absl::Milliseconds(200), &status);
  return status;
}

absl::Status Draining() {
  absl::Status status =
      Make(absl::StatusCode::kUnavailable, ErrorReason::DRAINING,
           "the server is stopping. Try again: another one will answer");
  AttachRetry(absl::Seconds(1), &status);
  return status;
}

absl::Status DatabaseUnavailable() {
  absl::Status status =
      Make(absl::StatusCode::kUnavailable, ErrorReason::DATABASE_UNAVAILABLE,
           "the database does not answer; with a request_id it is safe to try "
           "again");
  AttachRetry(absl::Seconds(1), &status);
  return status;
}

absl::Status DatabaseFull() {
  return Make(absl::StatusCode::kResourceExhausted, ErrorReason::DATABASE_FULL,
              "the database or its disk is full; nothing was changed. The "
              "operator must make room");
}

absl::Status MessageTooLarge(size_t bytes, size_t limit) {
  return Make(absl::StatusCode::kResourceExhausted,
              ErrorReason::MESSAGE_TOO_LARGE,
              absl::StrCat("the message has ", bytes, " bytes, the limit is ",
                           limit, ". Split it"),
              {{"bytes", absl::StrCat(bytes)}, {"limit", absl::StrCat(limit)}});
}

absl::Status DeadlineExceeded() {
  return Make(absl::StatusCode::kDeadlineExceeded,
              ErrorReason::DEADLINE_EXCEEDED,
              "the call's deadline passed before it was done; with a "
              "request_id it is safe to try again");
}

absl::Status Cancelled() {
  return Make(absl::StatusCode::kCancelled, ErrorReason::CANCELLED,
              "the caller went away");
}

absl::Status Unimplemented(absl::string_view method) {
  return Make(absl::StatusCode::kUnimplemented, ErrorReason::METHOD_UNKNOWN,
              absl::StrCat("this server has no method ", method),
              {{"method", std::string(method)}});
}

absl::Status Internal(absl::string_view call_id) {
  absl::Status status =
      Make(absl::StatusCode::kInternal, ErrorReason::INTERNAL,
           absl::StrCat("the server failed; its log has the cause under call ",
                        call_id));
  google::rpc::RequestInfo info;
  info.set_request_id(std::string(call_id));
  Attach(info, &status);
  return status;
}

absl::Status FromStorage(const absl::Status& status,
                         absl::string_view call_id) {
  using storage::ErrorKind;
  switch (storage::KindOf(status)) {
    case ErrorKind::kNone:
      return status;
    case ErrorKind::kConflict:
      return TransactionConflict();
    case ErrorKind::kTooBig:
      return FieldInvalid("", ErrorReason::TOO_LONG,
                          "the request holds more than the database takes at "
                          "once. Make it smaller, or split it");
    case ErrorKind::kUnavailable:
    case ErrorKind::kOutcomeUnknown:
      return DatabaseUnavailable();
    case ErrorKind::kDeadline:
      return DeadlineExceeded();
    case ErrorKind::kCancelled:
      return Cancelled();
    case ErrorKind::kFull:
      return DatabaseFull();
    case ErrorKind::kReadOnly:
      return Precondition(ErrorReason::DATABASE_READ_ONLY, "database",
                          "the database takes no writes at present");
    case ErrorKind::kDuplicateKey:
    case ErrorKind::kForeignKey:
    case ErrorKind::kCheck:
    case ErrorKind::kCorrupt:
    case ErrorKind::kInternal:
      break;
  }
  absl::Status internal = Internal(call_id);
  SetCause(status.message(), &internal);
  return internal;
}

std::string ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(
      absl::StrCat(details::kTypeUrlPrefix,
                   google::rpc::ErrorInfo::descriptor()->full_name()));
  if (!payload.has_value()) return "";
  google::rpc::ErrorInfo info;
  if (!info.ParseFromString(std::string(*payload))) return "";
  return info.reason();
}

absl::Status ForCustomer(const absl::Status& status) {
  ErrorReason reason;
  if (!v1::ErrorReason_Parse(ReasonOf(status), &reason)) return status;
  if (reason != ErrorReason::DEFINITION_UNUSABLE &&
      reason != ErrorReason::PROCESS_NOT_PUBLISHED) {
    return status;
  }
  return Precondition(reason, "service",
                      "what this needs is not set up so that it can be used. "
                      "Ask those who run the service, then try again");
}

}  // namespace errors
}  // namespace charter::services
