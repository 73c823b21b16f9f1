// A case for a ticket of another system, and its clocks run.
#include "absl/strings/str_cat.h"
#include "samples.h"

namespace samples {

namespace v1 = charter::v1;

absl::StatusOr<v1::Case> OpenTicket(v1::CaseClient& cases,
                                    const Ticket& ticket) {
  v1::OpenCaseRequest open;
  // A name made of the ticket's number: a program that was killed and calls
  // again opens no second case. Within one call the client sees to that.
  open.set_case_id(absl::StrCat("ticket-", ticket.number));
  open.mutable_case_()->set_external_id(ticket.number);
  open.mutable_case_()->set_account(ticket.account);
  open.mutable_case_()->set_subject(ticket.subject);
  open.mutable_case_()->set_priority(2);
  // The entitlement is not named: Charter takes the best that holds.
  open.set_require_entitlement(true);
  auto opened = cases.OpenCase(open);
  if (absl::IsAlreadyExists(opened.status()))
    return cases.GetCase(absl::StrCat("cases/", open.case_id()));
  if (!opened.ok()) return opened.status();
  // Its clocks came with it: opened->milestones().
  return opened->case_();
}

}  // namespace samples
