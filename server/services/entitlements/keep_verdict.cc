#include "server/services/entitlements/keep_verdict.h"

#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/ids.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

// How long a recorded verdict is kept: as long as audit rows.
constexpr absl::Duration kKeepVerdicts = absl::Hours(24 * 400);

}  // namespace

Resource<v1::EntitlementVerdict> Verdicts() {
  return {storage::EntitlementVerdictTable(), "entitlementVerdicts",
          "entitlement_verdict"};
}

v1::EntitlementVerdict VerdictOn(const Question& question,
                                 v1::VerifyEntitlementResponse answer) {
  v1::EntitlementVerdict verdict;
  verdict.set_account(question.account);
  verdict.set_contact(question.contact);
  verdict.set_asset(question.asset);
  verdict.set_product(question.product);
  verdict.set_channel(question.channel);
  *verdict.mutable_as_of() = answer.as_of();
  verdict.set_eligible(answer.eligible());
  verdict.set_entitlement(answer.entitlement());
  verdict.mutable_candidates()->Swap(answer.mutable_candidates());
  return verdict;
}

absl::Status KeepVerdict(Call& call, storage::Transaction& tx,
                         v1::EntitlementVerdict* verdict) {
  verdict->set_name(
      NameOf("entitlementVerdicts", call.services().ids->Make(call.now())));
  *verdict->mutable_create_time() = ToProto(call.now());
  *verdict->mutable_purge_time() = ToProto(call.now() + kKeepVerdicts);
  verdict->set_actor(call.principal().name);
  absl::Status status = storage::EntitlementVerdictTable().Insert(tx, verdict);
  if (!status.ok()) return status;
  call.Emit(ChangeEvent(Verdicts(), "created", *verdict));
  return absl::OkStatus();
}

}  // namespace charter::services
