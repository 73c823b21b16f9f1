#include "desk.h"

#include "charter/client/request.h"
#include "charter/v1/contact_fields.h"
#include "charter/v1/milestone_fields.h"

namespace v1 = charter::v1;

absl::StatusOr<v1::Case> Desk::TakeCall(const std::string& typed,
                                        const std::string& subject) {
  auto found = directory_.SearchCallers(typed);
  if (!found.ok()) return found.status();
  if (found->callers().empty())
    return absl::NotFoundError("nobody is called so: " + typed);
  const v1::Caller& caller = found->callers(0);
  // Who was found may be the contact, or something that has one.
  const std::string contact = v1::ContactName::Parse(caller.name()).ok()
                                  ? caller.name()
                                  : caller.contact();

  v1::VerifyEntitlementRequest ask;
  ask.set_account(caller.account());
  ask.set_contact(contact);
  auto verdict = entitlements_.VerifyEntitlement(ask);
  if (!verdict.ok()) return verdict.status();
  if (!verdict->eligible())
    return absl::PermissionDeniedError("no entitlement covers this caller");

  v1::OpenCaseRequest open;
  open.mutable_case_()->set_account(caller.account());
  open.mutable_case_()->set_contact(contact);
  open.mutable_case_()->set_subject(subject);
  open.mutable_case_()->set_entitlement(verdict->entitlement());
  auto opened = cases_.OpenCase(open);
  if (!opened.ok()) return opened.status();
  return opened->case_();
}

absl::Status Desk::Answered(const std::string& case_name) {
  v1::RecordEventsRequest record;
  auto* entry = record.add_events();
  entry->set_case_(case_name);
  entry->mutable_event()->set_key(charter::client::NewRequestId());
  auto* interaction = entry->mutable_event()->mutable_interaction();
  interaction->set_direction(v1::Interaction::OUTBOUND);
  interaction->set_author(v1::Interaction::AGENT);
  interaction->set_channel("phone");
  return cases_.RecordEvents(record).status();
}

absl::StatusOr<std::vector<v1::Milestone>> Desk::Clocks(
    const std::string& case_name) {
  const v1::MilestoneFields milestone;
  return cases_.ListMilestones(milestone.case_() == case_name).ToVector();
}
