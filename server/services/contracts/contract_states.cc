#include <memory>
#include <string>

#include "server/services/contracts/contract_dates.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/contracts.h"
#include "server/services/contracts/resources.h"
#include "server/services/shared/errors.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::Verb;

constexpr char kWayOut[] =
    "A draft is activated, what is active is suspended, what is suspended is "
    "resumed, and all of them can be cancelled (C10)";

// Does what people do with a contract. `done`: what the event says of it, and
// the refusal: "activated".
template <typename Request>
absl::StatusOr<v1::ServiceContract> ChangeState(Call& call,
                                                const Request& request,
                                                Verb verb,
                                                absl::string_view done) {
  return call.Write<v1::ServiceContract>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::ServiceContract> {
        storage::HiddenValues hidden;
        absl::StatusOr<v1::ServiceContract> contract = LockResource(
            tx, ServiceContracts(), request.name(), request.etag(), &hidden);
        if (!contract.ok()) return contract.status();
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        CatchUp(call, **catalog, hidden, &*contract);
        const v1::ServiceContract before = *contract;
        const absl::StatusOr<contracts::State> state =
            contracts::Apply(StateOf(*contract), verb);
        if (!state.ok()) {
          return errors::StateTransitionNotAllowed(
              contract->name(), contracts::NameOf(StateOf(*contract)), done,
              kWayOut);
        }
        contract->set_state(ToProto(*state));
        *contract->mutable_update_time() = ToProto(call.now());
        SetStatus(**catalog, call.now(), &*contract);
        call.Emit(ChangeEvent(ServiceContracts(), done, *contract));
        absl::Status status =
            FollowDates(call, tx, **catalog, before, &*contract, &hidden);
        if (!status.ok()) return status;
        status =
            storage::ServiceContractTable().Update(tx, &*contract, &hidden);
        if (!status.ok()) return status;
        call.Audit(request.name(), &before, &*contract);
        return contract;
      });
}

}  // namespace

absl::StatusOr<v1::ServiceContract> ActivateContract(
    Call& call, const v1::ActivateContractRequest& request) {
  return ChangeState(call, request, Verb::kActivate, "activated");
}

absl::StatusOr<v1::ServiceContract> SuspendContract(
    Call& call, const v1::SuspendContractRequest& request) {
  return ChangeState(call, request, Verb::kSuspend, "suspended");
}

absl::StatusOr<v1::ServiceContract> ResumeContract(
    Call& call, const v1::ResumeContractRequest& request) {
  return ChangeState(call, request, Verb::kResume, "resumed");
}

absl::StatusOr<v1::ServiceContract> CancelContract(
    Call& call, const v1::CancelContractRequest& request) {
  return ChangeState(call, request, Verb::kCancel, "cancelled");
}

}  // namespace charter::services
