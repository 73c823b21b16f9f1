#include "server/workers/rebuild.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "server/services/ledger/ledger_wakeups.h"
#include "server/services/shared/caller_terms.h"
#include "storage/records/search_terms.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

constexpr absl::Duration kEvery = absl::Hours(1);

// Does `rebuild` to the next page of a table, whose rows are locked; returns
// where the one after it begins.
template <typename Message>
absl::StatusOr<std::string> DoPage(
    storage::Transaction& tx, const storage::Table<Message>& table,
    const std::string& place,
    absl::FunctionRef<absl::Status(const std::vector<Message>& rows)> rebuild) {
  storage::ListQuery query;
  query.page_size = Rebuild::kBatch;
  query.show_deleted = true;
  query.after = place;
  absl::StatusOr<storage::ListPage<Message>> page = table.List(tx, query);
  if (!page.ok()) return page.status();
  std::vector<std::string> names;
  for (const Message& row : page->rows) names.push_back(row.name());
  // Looked at again under the lock, so that nothing of a row is written that
  // somebody changes meanwhile.
  const absl::StatusOr<std::vector<Message>> rows =
      table.BatchGet(tx, names, storage::Lock::kForUpdate);
  if (!rows.ok()) return rows.status();
  if (absl::Status status = rebuild(*rows); !status.ok()) return status;
  return std::move(page->next);
}

template <typename Message>
absl::StatusOr<std::string> AddTerms(storage::Transaction& tx,
                                     const storage::Table<Message>& table,
                                     const std::string& place) {
  return DoPage<Message>(
      tx, table, place, [&](const std::vector<Message>& rows) {
        std::vector<storage::TermRow> terms;
        for (const Message& row : rows) {
          if (row.has_delete_time()) continue;
          for (storage::SearchTerm& term : services::TermsOf(row)) {
            terms.push_back(
                {row.name(), services::AccountOf(row), std::move(term)});
          }
        }
        return services::AddMissingTerms(tx, terms);
      });
}

absl::StatusOr<std::string> AddWakeups(services::Call& call,
                                       storage::Transaction& tx,
                                       const std::string& place) {
  return DoPage<v1::Entitlement>(
      tx, storage::EntitlementTable(), place,
      [&](const std::vector<v1::Entitlement>& rows) {
        absl::Status status;
        for (const v1::Entitlement& row : rows)
          status.Update(services::RestoreLedgerWakeup(call, tx, row));
        return status;
      });
}

// Which contracts follow on which was no column once.
absl::StatusOr<std::string> WriteRenewals(storage::Transaction& tx,
                                          const std::string& place) {
  return DoPage<v1::ServiceContract>(
      tx, storage::ServiceContractTable(), place,
      [&](const std::vector<v1::ServiceContract>& rows) {
        absl::Status status;
        for (const v1::ServiceContract& row : rows) {
          if (row.renewed_to().empty() && row.renewed_from().empty()) continue;
          status.Update(storage::ServiceContractTable().UpdateDerived(tx, row));
        }
        return status;
      });
}

absl::StatusOr<std::string> DoNext(services::Call& call,
                                   storage::Transaction& tx,
                                   const storage::SearchRebuild& rebuild) {
  if (rebuild.collection == "accounts")
    return AddTerms(tx, storage::AccountTable(), rebuild.place);
  if (rebuild.collection == "contacts")
    return AddTerms(tx, storage::ContactTable(), rebuild.place);
  if (rebuild.collection == "assets")
    return AddTerms(tx, storage::AssetTable(), rebuild.place);
  if (rebuild.collection == "cases")
    return AddTerms(tx, storage::CaseTable(), rebuild.place);
  if (rebuild.collection == "entitlements")
    return AddWakeups(call, tx, rebuild.place);
  if (rebuild.collection == "serviceContracts")
    return WriteRenewals(tx, rebuild.place);
  return absl::InternalError(
      absl::StrCat("nothing is to be made of ", rebuild.collection));
}

}  // namespace

Rebuild::Rebuild(services::Services& services)
    : Worker(services, "rebuild", nullptr, absl::InfiniteDuration()),
      lease_(services, "rebuild") {}

absl::StatusOr<absl::Time> Rebuild::Work(storage::Session& session,
                                         absl::Time now) {
  if (now < next_round_) return next_round_;
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  bool more = false;
  if (*held) {  // else somebody else does it
    services::Call call(services(), session, Info(now));
    absl::Status status =
        call.Apply([&](storage::Transaction& tx) -> absl::Status {
          const absl::StatusOr<storage::SearchRebuild> next =
              storage::NextRebuild(tx);
          if (!next.ok()) return next.status();
          more = !next->collection.empty();
          if (!more) return absl::OkStatus();
          const absl::StatusOr<std::string> place = DoNext(call, tx, *next);
          if (!place.ok()) return place.status();
          return storage::MoveRebuild(tx, next->collection, *place);
        });
    if (!status.ok()) return status;
  }
  if (more) return now;
  lease_.Rest(session, now);
  next_round_ = now + kEvery;
  return next_round_;
}

void Rebuild::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
