#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/assign_item.h"
#include "server/services/cases/case_number.h"
#include "server/services/cases/cases.h"
#include "server/services/cases/open_item.h"
#include "server/services/entitlements/keep_verdict.h"
#include "server/services/entitlements/verify.h"
#include "server/services/items/item.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/ids.h"
#include "storage/sql/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr absl::Duration kClockSkew = absl::Seconds(5);

// When an item is opened: E1's rule for an event that creates one.
absl::StatusOr<absl::Time> OpenTime(const Call& call, bool given,
                                    const google::protobuf::Timestamp& time) {
  if (!given) return call.now();
  const absl::Time occurred = ToTime(time);
  if (occurred > call.now() + kClockSkew) {
    return errors::EventTimeInvalid("occur_time",
                                    "is more than 5 s ahead of the server");
  }
  return std::min(occurred, call.now());
}

// The item as it will be created, and the event that does it.
struct Opening {
  Item item;
  std::vector<v1::CaseEvent> events;
  Parties parties;
  std::string assignment_rule;  // that chose the entitlement; empty: none did
};

// Gives an item that names no entitlement the one that the rules choose, else
// the first in rank.
absl::Status ChooseEntitlement(const Catalog& catalog, absl::Time occur_time,
                               Opening* opening) {
  Parties& parties = opening->parties;
  if (absl::Status usable = CheckRulesUsable(catalog); !usable.ok())
    return usable;
  absl::StatusOr<Assignment> assignment = AssignItem(
      catalog, catalog.assignment_rules, catalog.assignment_schema,
      opening->item.row, occur_time, parties, AskRules::kUntilOneDecides);
  if (!assignment.ok()) return assignment.status();
  if (assignment->rule != nullptr)
    opening->assignment_rule = assignment->rule->name;
  if (assignment->entitlement != nullptr)
    parties.entitlement = *assignment->entitlement;
  return absl::OkStatus();
}

absl::StatusOr<Opening> Prepare(Call& call, storage::Transaction& tx,
                                const Catalog& catalog, const v1::Case& asked,
                                const std::string& name,
                                absl::Time occur_time) {
  Opening opening;
  opening.item.stored = false;
  v1::Case& row = opening.item.row;
  row = asked;
  ClearOutputOnly(&row);
  row.clear_etag();
  row.set_name(name);
  absl::StatusOr<Parties> parties = FindParties(tx, catalog, occur_time, &row);
  if (!parties.ok()) return parties.status();
  opening.parties = *std::move(parties);
  if (opening.parties.verification.has_value()) {
    absl::Status status = ChooseEntitlement(catalog, occur_time, &opening);
    if (!status.ok()) return status;
  }
  absl::StatusOr<v1::CaseEvent> created =
      MakeOpened(opening.parties, catalog, occur_time, &row);
  if (!created.ok()) return created.status();
  *row.mutable_update_time() = ToProto(call.now());
  absl::Status placed = PlaceEvent(call, opening.item, 0, "", &*created);
  if (!placed.ok()) return placed;
  opening.events.push_back(*std::move(created));
  return opening;
}

// Adds the first stretch of history.
absl::Status AddHistory(Call& call, storage::Transaction& tx,
                        const Catalog& catalog,
                        const v1::OpenCaseRequest& request, Opening* opening) {
  for (int i = 0; i < request.history_size(); ++i) {
    const std::string field = absl::StrCat("history[", i, "]");
    v1::CaseEvent event = request.history(i);
    if (!event.has_occur_time()) {
      return errors::FieldInvalid(
          absl::StrCat(field, ".occur_time"), ErrorReason::REQUIRED,
          "an event of a history says when it happened");
    }
    absl::Status status =
        CompleteEvent(tx, catalog, opening->item, field, &event);
    if (!status.ok()) return status;
    status =
        PlaceEvent(call, opening->item,
                   static_cast<int>(opening->events.size()), field, &event);
    if (!status.ok()) return status;
    for (const v1::CaseEvent& earlier : opening->events) {
      if (earlier.key() == event.key()) {
        return errors::FieldInvalid(absl::StrCat(field, ".key"),
                                    ErrorReason::DUPLICATE,
                                    "stands twice in this history");
      }
    }
    opening->events.push_back(std::move(event));
  }
  return absl::OkStatus();
}

// What the entitlement that the item runs under in the end counts.
absl::Status NoteAllotment(storage::Transaction& tx, const Parties& parties,
                           ItemChange* change) {
  const std::string& name = change->row.entitlement();
  if (name.empty()) return absl::OkStatus();
  if (parties.entitlement.has_value() && parties.entitlement->name() == name) {
    change->allotment_unit = parties.entitlement->allotment().unit();
    return absl::OkStatus();
  }
  absl::StatusOr<v1::Entitlement> changed =
      storage::EntitlementTable().Get(tx, name);
  if (!changed.ok()) return changed.status();
  change->allotment_unit = changed->allotment().unit();
  return absl::OkStatus();
}

// Keeps what was found of the entitlements with the case that was opened so.
absl::Status KeepWithCase(Call& call, storage::Transaction& tx,
                          const v1::OpenCaseRequest& request,
                          const Opening& opening,
                          v1::OpenCaseResponse* response) {
  const Parties& parties = opening.parties;
  v1::VerifyEntitlementResponse answer;
  if (parties.verification.has_value()) {
    answer = *parties.verification;
  } else {
    *answer.mutable_as_of() = ToProto(parties.question.as_of);
    answer.set_eligible(true);
    *answer.add_candidates() = *parties.candidate;
  }
  v1::EntitlementVerdict verdict =
      VerdictOn(parties.question, std::move(answer));
  verdict.set_entitlement(
      parties.entitlement.has_value() ? parties.entitlement->name() : "");
  verdict.set_case_(response->case_().name());
  verdict.set_assignment_rule(opening.assignment_rule);
  verdict.set_note(request.verdict_note());
  absl::Status status = KeepVerdict(call, tx, &verdict);
  response->set_verdict(verdict.name());
  return status;
}

absl::StatusOr<v1::OpenCaseResponse> Open(Call& call, storage::Transaction& tx,
                                          const v1::OpenCaseRequest& request,
                                          const std::string& name,
                                          absl::Time occur_time) {
  PrefetchCaseNumber(tx, name);
  PrefetchParties(tx, request.case_());
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  absl::StatusOr<Opening> opening =
      Prepare(call, tx, **catalog, request.case_(), name, occur_time);
  if (!opening.ok()) return opening.status();
  absl::StatusOr<std::string> number = NewCaseNumber(tx, name);
  if (!number.ok()) return number.status();
  opening->item.row.set_case_number(*std::move(number));
  if (request.require_entitlement() &&
      !opening->parties.entitlement.has_value()) {
    if (!opening->assignment_rule.empty()) {
      const bool confined = call.principal().confined_to.has_value();
      return errors::LeftUnassigned(
          opening->item.row.account(),
          confined ? absl::string_view() : opening->assignment_rule);
    }
    return NoneEligible(opening->item.row.account(),
                        *opening->parties.verification,
                        "repeat this without require_entitlement");
  }
  if (request.has_live_from())
    *opening->item.row.mutable_live_from() = request.live_from();
  absl::Status status = AddHistory(call, tx, **catalog, request, &*opening);
  if (!status.ok()) return status;
  absl::StatusOr<ItemChange> change =
      SettleItem(std::move(opening->item), std::move(opening->events),
                 **catalog, call.now());
  if (!change.ok()) return change.status();
  status = NoteAllotment(tx, opening->parties, &*change);
  if (!status.ok()) return status;
  status = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
    const std::string field = storage::CaseTable().DuplicateField(status);
    if (field == "case_number") {  // given meanwhile: the next one is free
      return storage::StorageError(storage::ErrorKind::kConflict,
                                   "another case took the number");
    }
    return errors::AlreadyExists(
        name, field == "external_id"
                  ? "the account has an item of this external_id"
                  : "");
  }
  if (!status.ok()) return status;
  v1::OpenCaseResponse response;
  *response.mutable_case_() = change->row;
  for (v1::Milestone& milestone : change->milestones) {
    *response.add_milestones() = std::move(milestone);
  }
  if (request.record_verdict()) {
    status = KeepWithCase(call, tx, request, *opening, &response);
    if (!status.ok()) return status;
  }
  if (opening->parties.verification.has_value()) {
    *response.mutable_verification() =
        *std::move(opening->parties.verification);
  }
  response.set_assignment_rule(std::move(opening->assignment_rule));
  return response;
}

// A customer opens cases of their account, under what they are entitled to
// only, and a contact in their own name.
absl::Status AsCustomer(const storage::Confinement& confinement,
                        v1::OpenCaseRequest* request) {
  v1::Case& row = *request->mutable_case_();
  if (row.kind() == v1::WORK_ORDER) {
    return errors::FieldInvalid("case.kind", ErrorReason::NOT_YOURS,
                                "customers open cases, not work orders");
  }
  if (!row.status().empty()) {
    return errors::FieldInvalid(
        "case.status", ErrorReason::NOT_YOURS,
        "a customer's case begins as new: leave it out");
  }
  if (row.account().empty()) row.set_account(confinement.account);
  if (row.contact().empty()) row.set_contact(confinement.contact);
  request->set_require_entitlement(true);
  return absl::OkStatus();
}

// Who opens a case may keep verdicts if they may otherwise.
absl::Status CheckVerdict(const Call& call,
                          const v1::OpenCaseRequest& request) {
  constexpr char kPermission[] = "entitlementVerdicts.create";
  if (request.record_verdict() && !call.Allowed(kPermission))
    return errors::PermissionMissing(kPermission, call.principal().name);
  if (!request.record_verdict() && !request.verdict_note().empty()) {
    return errors::FieldInvalid(
        "verdict_note", ErrorReason::NOT_ALLOWED,
        "is kept with a verdict: set record_verdict, or leave it out");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::OpenCaseResponse> OpenCase(
    Call& call, const v1::OpenCaseRequest& asked) {
  std::optional<v1::OpenCaseRequest> customers;
  if (call.principal().confined_to.has_value()) {
    customers = asked;
    absl::Status status =
        AsCustomer(*call.principal().confined_to, &*customers);
    if (!status.ok()) return status;
  }
  const v1::OpenCaseRequest& request =
      customers.has_value() ? *customers : asked;
  if (absl::Status status = CheckVerdict(call, request); !status.ok())
    return status;
  absl::StatusOr<absl::Time> occur_time =
      OpenTime(call, request.has_occur_time(), request.occur_time());
  if (!occur_time.ok()) return occur_time.status();
  const std::string id = request.case_id().empty()
                             ? call.services().ids->Make(call.now())
                             : request.case_id();
  return call.Write<v1::OpenCaseResponse>([&](storage::Transaction& tx) {
    return Open(call, tx, request, NameOf("cases", id), *occur_time);
  });
}

absl::StatusOr<v1::EstimateTargetsResponse> EstimateTargets(
    Call& call, const v1::EstimateTargetsRequest& request) {
  absl::StatusOr<absl::Time> occur_time =
      OpenTime(call, request.has_occur_time(), request.occur_time());
  if (!occur_time.ok()) return occur_time.status();
  v1::EstimateTargetsResponse response;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        PrefetchParties(tx, request.case_());
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<Opening> opening =
            Prepare(call, tx, **catalog, request.case_(), "cases/estimate",
                    *occur_time);
        if (!opening.ok()) return opening.status();
        absl::StatusOr<ItemChange> change =
            SettleItem(std::move(opening->item), std::move(opening->events),
                       **catalog, *occur_time);
        if (!change.ok()) return change.status();
        for (v1::Milestone& milestone : change->milestones) {
          milestone.clear_name();
          milestone.clear_case_();
          *response.add_milestones() = std::move(milestone);
        }
        response.set_entitlement(change->row.entitlement());
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return response;
}

}  // namespace charter::services
