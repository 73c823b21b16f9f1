// Who is on the telephone, and what may they have?
#include "absl/strings/str_cat.h"
#include "charter/v1/contact_fields.h"
#include "samples.h"

namespace samples {

namespace v1 = charter::v1;

absl::StatusOr<VerifiedCaller> VerifyCaller(v1::DirectoryClient& directory,
                                            v1::EntitlementClient& entitlements,
                                            const std::string& typed) {
  // A name, an address, a telephone number, a serial or a case's number: all of
  // it, or how it begins. The best comes first.
  const auto found = directory.SearchCallers(typed);
  if (!found.ok()) return found.status();
  if (found->callers().empty())
    return absl::NotFoundError(absl::StrCat("nobody is called so: ", typed));
  const v1::Caller& caller = found->callers(0);

  v1::VerifyEntitlementRequest ask;
  ask.set_account(caller.account());
  // Who was found is a contact, or something that may have one.
  ask.set_contact(v1::ContactName::Parse(caller.name()).ok()
                      ? caller.name()
                      : caller.contact());
  ask.set_channel("phone");
  const auto verdict = entitlements.VerifyEntitlement(ask);
  if (!verdict.ok()) return verdict.status();
  if (verdict->eligible())
    return VerifiedCaller{caller, verdict->entitlement()};

  std::string why = "nothing covers this caller";
  for (const v1::EntitlementCandidate& candidate : verdict->candidates()) {
    absl::StrAppend(&why, "; ", candidate.display_name(), ":");
    for (const int reason : candidate.reasons()) {
      absl::StrAppend(&why, " ", v1::EntitlementCandidate::Reason_Name(reason));
    }
  }
  return absl::PermissionDeniedError(why);
}

}  // namespace samples
