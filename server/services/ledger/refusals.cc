#include "server/services/ledger/refusals.h"

#include "absl/strings/str_cat.h"
#include "server/services/shared/errors.h"

namespace charter::services {

absl::Status FromLedger(const absl::Status& status,
                        absl::string_view entitlement,
                        absl::string_view subject) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return errors::Precondition(
          ErrorReason::ALLOTMENT_EXHAUSTED, entitlement,
          absl::StrCat("its allotment is used up: ", status.message(),
                       " (C5); GrantUnits adds to it, and under the policy "
                       "ALLOW_OVERDRAFT more may be used than there is"));
    case absl::StatusCode::kNotFound:
      return errors::NotFound(subject, "subject");
    case absl::StatusCode::kAlreadyExists:
      return errors::AlreadyExists(
          subject, absl::StrCat(status.message(),
                                "; another number needs another subject (C5)"));
    case absl::StatusCode::kFailedPrecondition:
      return errors::Precondition(
          ErrorReason::UNITS_NOT_RESERVED, entitlement,
          absl::StrCat(status.message(),
                       " (C5); AdjustUnits gives back or takes units whatever "
                       "became of them"));
    case absl::StatusCode::kOutOfRange:
      return errors::FieldInvalid("units", ErrorReason::OUT_OF_RANGE,
                                  absl::StrCat(status.message(), " (C5)"));
    default:
      return status;
  }
}

absl::Status AllotmentMissing(absl::string_view entitlement) {
  return errors::Precondition(
      ErrorReason::ALLOTMENT_MISSING, entitlement,
      "has no allotment, so nothing of it is counted (C5); UpdateEntitlement "
      "gives it one");
}

}  // namespace charter::services
