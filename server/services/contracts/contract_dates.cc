#include "server/services/contracts/contract_dates.h"

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "server/services/contracts/contract_time.h"
#include "server/services/contracts/resources.h"
#include "server/services/shared/wakeups.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using contracts::DateChange;
using contracts::Status;
using sla::Instant;
using storage::HiddenValues;

constexpr sla::Duration kInstantBefore = sla::Duration::Micros(1);

// How a change is told of a contract.
class ContractTeller {
 public:
  using Message = v1::ServiceContract;
  ContractTeller(Call& call, const Catalog& catalog)
      : call_(call), catalog_(catalog) {}

  void operator()(const DateChange& change, Message* contract) const {
    SetStatus(catalog_, change.at.ToAbsl(), contract);
    if (change.status == Status::kActive && !contract->has_activation_time()) {
      *contract->mutable_activation_time() = ToProto(change.at);
      if (!contract->has_first_activation_time()) {
        *contract->mutable_first_activation_time() =
            contract->activation_time();
      }
    }
    call_.Emit(DateEvent(ServiceContracts(), change, *contract));
  }

 private:
  Call& call_;
  const Catalog& catalog_;
};

// Of a line.
class LineTeller {
 public:
  using Message = v1::ContractLineItem;
  LineTeller(Call& call, const Catalog& catalog,
             const v1::ServiceContract& contract)
      : call_(call), catalog_(catalog), contract_(contract) {}

  void operator()(const DateChange& change, Message* line) const {
    SetStatus(catalog_, change.at.ToAbsl(), contract_, line);
    call_.Emit(DateEvent(ContractLineItems(), change, *line));
  }

 private:
  Call& call_;
  const Catalog& catalog_;
  const v1::ServiceContract& contract_;
};

// What is due by now.
template <typename Teller>
void TellDue(Call& call, const Catalog& catalog, const HiddenValues& hidden,
             const Teller& tell, typename Teller::Message* message) {
  const int64_t* due = hidden[0].integer();
  const Instant now = Instant::From(call.now());
  if (due == nullptr || *due > now.micros()) return;
  for (const DateChange& change : contracts::ChangesBetween(
           StateOf(*message), WindowOf(*message, catalog),
           Instant::FromMicros(*due) - kInstantBefore, now)) {
    tell(change, message);
  }
}

template <typename Message>
absl::Status MoveWakeup(Call& call, storage::Transaction& tx,
                        const Catalog& catalog, const Message& message,
                        HiddenValues* hidden) {
  const std::optional<Instant> next = contracts::NextChange(
      StateOf(message), WindowOf(message, catalog), Instant::From(call.now()));
  return SetWakeup(call, tx, message.name(), next, &hidden->front());
}

// What a write brought about.
template <typename Teller>
void TellTurn(Call& call, const Catalog& catalog,
              const typename Teller::Message& before, const Teller& tell,
              typename Teller::Message* after) {
  const Instant now = Instant::From(call.now());
  const Status was =
      contracts::StatusAt(StateOf(before), WindowOf(before, catalog), now);
  const Status is =
      contracts::StatusAt(StateOf(*after), WindowOf(*after, catalog), now);
  // What is resumed had started before.
  const bool starts = is == Status::kActive && was != Status::kSuspended;
  if (is != was && (starts || is == Status::kExpired)) tell({now, is}, after);
}

absl::StatusOr<std::shared_ptr<const Catalog>> CatalogOf(
    Call& call, storage::Transaction& tx) {
  return call.services().catalog->Get(tx);
}

}  // namespace

void CatchUp(Call& call, const Catalog& catalog, const HiddenValues& hidden,
             v1::ServiceContract* contract) {
  TellDue(call, catalog, hidden, ContractTeller(call, catalog), contract);
}

void CatchUp(Call& call, const Catalog& catalog, const HiddenValues& hidden,
             const v1::ServiceContract& contract, v1::ContractLineItem* line) {
  TellDue(call, catalog, hidden, LineTeller(call, catalog, contract), line);
}

absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog,
                         const v1::ServiceContract& before,
                         v1::ServiceContract* after, HiddenValues* hidden) {
  TellTurn(call, catalog, before, ContractTeller(call, catalog), after);
  return MoveWakeup(call, tx, catalog, *after, hidden);
}

absl::Status FollowDates(Call& call, storage::Transaction& tx,
                         const Catalog& catalog,
                         const v1::ServiceContract& contract,
                         const v1::ContractLineItem* before,
                         v1::ContractLineItem* after, HiddenValues* hidden) {
  if (before != nullptr) {
    TellTurn(call, catalog, *before, LineTeller(call, catalog, contract),
             after);
  }
  return MoveWakeup(call, tx, catalog, *after, hidden);
}

absl::StatusOr<std::vector<std::string>> FireServiceContracts(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  return FireDueRows<v1::ServiceContract>(
      call, tx, storage::ServiceContractTable(), names, lock,
      [&](absl::Span<DueRow<v1::ServiceContract>> rows) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            CatalogOf(call, tx);
        if (!catalog.ok()) return catalog.status();
        for (DueRow<v1::ServiceContract>& one : rows) {
          CatchUp(call, **catalog, one.hidden, &one.row);
          absl::Status status =
              MoveWakeup(call, tx, **catalog, one.row, &one.hidden);
          if (!status.ok()) return status;
        }
        return absl::OkStatus();
      });
}

absl::StatusOr<std::vector<std::string>> FireContractLineItems(
    Call& call, storage::Transaction& tx, const std::vector<std::string>& names,
    storage::Lock lock) {
  return FireDueRows<v1::ContractLineItem>(
      call, tx, storage::ContractLineItemTable(), names, lock,
      [&](absl::Span<DueRow<v1::ContractLineItem>> rows) -> absl::Status {
        std::vector<std::string> of;
        for (const DueRow<v1::ContractLineItem>& one : rows)
          of.push_back(one.row.service_contract());
        tx.Prefetch([&](storage::Transaction& ahead) {
          (void)storage::ReadCatalogGeneration(ahead);
          (void)storage::ServiceContractTable().BatchGet(ahead, of);
        });
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            CatalogOf(call, tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<ContractsByName> contracts = ContractsOf(tx, of);
        if (!contracts.ok()) return contracts.status();
        for (DueRow<v1::ContractLineItem>& one : rows) {
          CatchUp(call, **catalog, one.hidden,
                  (*contracts)[one.row.service_contract()], &one.row);
          absl::Status status =
              MoveWakeup(call, tx, **catalog, one.row, &one.hidden);
          if (!status.ok()) return status;
        }
        return absl::OkStatus();
      });
}

}  // namespace charter::services
