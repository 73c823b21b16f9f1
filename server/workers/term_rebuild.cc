#include "server/workers/term_rebuild.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/shared/caller_terms.h"
#include "storage/records/search_terms.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

constexpr absl::Duration kEvery = absl::Hours(1);

// The next page of a table; returns where the one after it begins.
template <typename Message>
absl::StatusOr<std::string> AddPage(storage::Transaction& tx,
                                    const storage::Table<Message>& table,
                                    const std::string& place) {
  storage::ListQuery query;
  query.page_size = TermRebuild::kBatch;
  query.after = place;
  absl::StatusOr<storage::ListPage<Message>> page = table.List(tx, query);
  if (!page.ok()) return page.status();
  std::vector<std::string> names;
  for (const Message& row : page->rows) names.push_back(row.name());
  // Looked at again under the lock, so that no term of a row is written that
  // somebody changes meanwhile.
  const absl::StatusOr<std::vector<Message>> rows =
      table.BatchGet(tx, names, storage::Lock::kForUpdate);
  if (!rows.ok()) return rows.status();
  std::vector<storage::TermRow> terms;
  for (const Message& row : *rows) {
    if (row.has_delete_time()) continue;
    for (storage::SearchTerm& term : services::TermsOf(row))
      terms.push_back({row.name(), services::AccountOf(row), std::move(term)});
  }
  absl::Status status = services::AddMissingTerms(tx, terms);
  if (!status.ok()) return status;
  return std::move(page->next);
}

absl::StatusOr<std::string> AddNext(storage::Transaction& tx,
                                    const storage::SearchRebuild& rebuild) {
  if (rebuild.collection == "accounts")
    return AddPage(tx, storage::AccountTable(), rebuild.place);
  if (rebuild.collection == "contacts")
    return AddPage(tx, storage::ContactTable(), rebuild.place);
  if (rebuild.collection == "assets")
    return AddPage(tx, storage::AssetTable(), rebuild.place);
  if (rebuild.collection == "cases")
    return AddPage(tx, storage::CaseTable(), rebuild.place);
  return absl::InternalError(
      absl::StrCat("no terms are of ", rebuild.collection));
}

}  // namespace

TermRebuild::TermRebuild(services::Services& services)
    : Worker(services, "term rebuild", nullptr, absl::InfiniteDuration()),
      lease_(services, "term rebuild") {}

absl::StatusOr<absl::Time> TermRebuild::Work(storage::Session& session,
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
          const absl::StatusOr<std::string> place = AddNext(tx, *next);
          if (!place.ok()) return place.status();
          return storage::MoveRebuild(tx, next->collection, *place);
        });
    if (!status.ok()) return status;
  }
  if (more) return now;
  lease_.Release(session, now);
  next_round_ = now + kEvery;
  return next_round_;
}

void TermRebuild::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
