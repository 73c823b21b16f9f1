#include "server/workers/recalculation.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "charter/v1/admin_service.pb.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/status.pb.h"
#include "server/observability/log.h"
#include "server/services/admin/admin.h"
#include "server/services/catalog/catalog.h"
#include "server/services/items/item.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/generations.h"
#include "storage/table/resource_tables.h"

namespace charter::workers {
namespace {

using services::Call;
using storage::OperationRecord;

// Jobs that are worked on in turns.
constexpr int kMostJobs = 100;
// FindStaleCases's limit: beyond it a job's total is what is known so far.
constexpr int kMostCounted = 4096;
constexpr absl::string_view kParked =
    "its clocks can be neither computed nor stored; the server's log has the "
    "cause, and Recalculate tries again";

bool IsOfDatabase(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status) ||
         absl::IsAborted(status);
}

v1::RecalculateProgress ProgressOf(const OperationRecord& record) {
  v1::RecalculateProgress progress;
  // What cannot be read begins anew: it only informs.
  if (!record.operation.metadata().UnpackTo(&progress)) progress.Clear();
  return progress;
}

void Finish(const v1::RecalculateProgress& progress, absl::Time now,
            OperationRecord* record) {
  v1::RecalculateResult result;
  result.set_done_count(progress.done_count());
  result.set_changed_count(progress.changed_count());
  result.set_failed_count(progress.failed_count());
  record->operation.set_done(true);
  record->operation.mutable_response()->PackFrom(result);
  record->expire_time = now + Recalculation::kKeepDone;
}

void Fail(google::rpc::Code code, absl::string_view message, absl::Time now,
          OperationRecord* record) {
  record->operation.set_done(true);
  record->operation.mutable_error()->set_code(code);
  record->operation.mutable_error()->set_message(std::string(message));
  record->expire_time = now + Recalculation::kKeepDone;
}

absl::Status Update(Call& call, storage::Transaction& tx,
                    const v1::RecalculateProgress& progress,
                    OperationRecord* record) {
  record->operation.mutable_metadata()->PackFrom(progress);
  record->update_time = call.now();
  const absl::StatusOr<bool> done = storage::UpdateOperation(tx, record);
  if (!done.ok()) return done.status();
  // Somebody asked to cancel it: the next pass reads it again.
  if (!*done) return services::errors::TransactionConflict();
  if (record->operation.done()) call.Ring(call.services().jobs);
  return absl::OkStatus();
}

// How many items a job has before it, as far as is known.
absl::StatusOr<int64_t> TotalOf(storage::Transaction& tx,
                                const services::RecalculationScope& scope) {
  if (!scope.item.empty()) return 1;
  if (scope.hours.empty()) return storage::CaseTable().Count(tx);
  const absl::StatusOr<std::vector<std::string>> stale =
      storage::FindStaleCases(tx, scope.hours, scope.generation, kMostCounted);
  if (!stale.ok()) return stale.status();
  return static_cast<int64_t>(stale->size());
}

}  // namespace

Recalculation::Recalculation(services::Services& services)
    : Worker(services, "recalculation", &services.jobs, absl::Seconds(1)),
      lease_(services, "recalculation") {}

absl::StatusOr<absl::Time> Recalculation::Work(storage::Session& session,
                                               absl::Time now) {
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  if (!*held) return lease_.due();
  Call call(services(), session, Info(now));
  std::vector<OperationRecord> jobs;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::vector<OperationRecord>> found =
            storage::UnfinishedOperations(tx, services::kRecalculateKind,
                                          kMostJobs);
        if (!found.ok()) return found.status();
        jobs = *std::move(found);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (jobs.empty()) careful_.clear();
  absl::Time next = lease_.due();
  for (const OperationRecord& job : jobs) {
    const absl::StatusOr<absl::Time> again = Step(session, now, job);
    if (!again.ok()) return again.status();
    next = std::min(next, *again);
  }
  return next;
}

absl::StatusOr<absl::Time> Recalculation::Step(storage::Session& session,
                                               absl::Time now,
                                               const OperationRecord& stored) {
  const std::string& name = stored.operation.name();
  const std::optional<Scope> scope = Scope::Parse(stored.arguments);
  if (!scope.has_value() || stored.cancel_requested) {
    OperationRecord record = stored;
    if (scope.has_value()) {
      Fail(google::rpc::CANCELLED, "cancelled as asked for", now, &record);
    } else {
      Fail(google::rpc::INTERNAL, "its arguments cannot be read", now, &record);
    }
    Call call(services(), session, Info(now));
    absl::Status status = call.Apply([&](storage::Transaction& tx) {
      OperationRecord attempt = record;
      return Update(call, tx, ProgressOf(stored), &attempt);
    });
    if (!status.ok()) return status;
    return absl::InfiniteFuture();
  }
  const auto careful = careful_.find(name);
  if (careful == careful_.end()) {
    absl::StatusOr<absl::Time> next =
        TryStep(session, now, *scope, stored, Mode::kCompute);
    if (next.ok() || IsOfDatabase(next.status())) return next;
    careful_[name] = kBatch;
    return now;
  }
  if (--careful->second == 0) careful_.erase(careful);
  absl::StatusOr<absl::Time> next = absl::UnknownError("");
  for (Mode mode : {Mode::kAlone, Mode::kPark, Mode::kSkip}) {
    next = TryStep(session, now, *scope, stored, mode);
    if (next.ok() || IsOfDatabase(next.status())) return next;
    LogError("an item cannot be computed anew",
             {{"operation", name},
              {"code", absl::StatusCodeToString(next.status().code())}});
  }
  return next;
}

absl::StatusOr<absl::Time> Recalculation::TryStep(storage::Session& session,
                                                  absl::Time now,
                                                  const Scope& scope,
                                                  const OperationRecord& stored,
                                                  Mode mode) {
  Call call(services(), session, Info(now));
  absl::Time next = now;
  absl::Status status =
      call.Apply([&](storage::Transaction& tx) -> absl::Status {
        next = now;
        OperationRecord record = stored;
        v1::RecalculateProgress progress = ProgressOf(stored);
        const absl::StatusOr<std::vector<std::string>> names =
            NextItems(tx, scope, mode == Mode::kCompute ? kBatch : 1, &record);
        if (!names.ok()) return names.status();
        if (progress.total_count() == 0) {
          absl::StatusOr<int64_t> total = TotalOf(tx, scope);
          if (!total.ok()) return total.status();
          progress.set_total_count(*total);
        }
        if (names->empty()) {
          absl::StatusOr<absl::Time> end =
              TryEnd(call, tx, scope, progress, stored, std::move(record));
          if (!end.ok()) return end.status();
          next = *end;
          return absl::OkStatus();
        }
        absl::Status done;
        if (mode == Mode::kPark) {
          done = services::ParkItem(call, tx, names->front(), kParked);
        } else if (mode == Mode::kSkip) {
          done = storage::SetCaseHours(tx, names->front(), {});
        } else {
          done = Compute(call, tx, *names, &progress);
        }
        if (!done.ok()) return done;
        if (mode == Mode::kPark || mode == Mode::kSkip)
          progress.set_failed_count(progress.failed_count() + 1);
        progress.set_done_count(progress.done_count() +
                                static_cast<int64_t>(names->size()));
        progress.set_total_count(
            std::max(progress.total_count(), progress.done_count()));
        if (!scope.item.empty()) {
          Finish(progress, now, &record);
          next = absl::InfiniteFuture();
        }
        return Update(call, tx, progress, &record);
      });
  if (!status.ok()) return status;
  return next;
}

absl::StatusOr<absl::Time> Recalculation::TryEnd(
    Call& call, storage::Transaction& tx, const Scope& scope,
    const v1::RecalculateProgress& progress, const OperationRecord& stored,
    OperationRecord record) {
  absl::Time last_look = absl::InfinitePast();
  if (!scope.hours.empty() && shared()) {
    int64_t began = 0;
    if (!absl::SimpleAtoi(record.cursor, &began))
      return absl::DataLossError("a job's cursor cannot be read");
    last_look = absl::FromUnixMicros(began) + LastLook();
  }
  if (call.now() < last_look) {
    if (record.cursor != stored.cursor) {
      absl::Status status = Update(call, tx, progress, &record);
      if (!status.ok()) return status;
    }
    return last_look;
  }
  Finish(progress, call.now(), &record);
  absl::Status status = Update(call, tx, progress, &record);
  if (!status.ok()) return status;
  return absl::InfiniteFuture();
}

absl::StatusOr<std::vector<std::string>> Recalculation::NextItems(
    storage::Transaction& tx, const Scope& scope, int limit,
    OperationRecord* record) {
  if (!scope.hours.empty()) {
    // When it was first looked at: the edit has committed by then.
    if (record->cursor.empty())
      record->cursor = absl::StrCat(absl::ToUnixMicros(tx.now()));
    return storage::FindStaleCases(tx, scope.hours, scope.generation, limit);
  }
  std::vector<std::string> names;
  if (!scope.item.empty()) {
    names.push_back(scope.item);
    return names;
  }
  // "end" is none of List's places, which are never that short.
  constexpr absl::string_view kEnd = "end";
  if (record->cursor == kEnd) return names;
  storage::ListQuery query;
  query.page_size = limit;
  query.show_deleted = true;
  query.after = record->cursor;
  absl::StatusOr<storage::ListPage<v1::Case>> page =
      storage::CaseTable().List(tx, query);
  if (!page.ok()) return page.status();
  for (const v1::Case& row : page->rows) names.push_back(row.name());
  record->cursor = page->next.empty() ? std::string(kEnd) : page->next;
  return names;
}

absl::Status Recalculation::Compute(Call& call, storage::Transaction& tx,
                                    const std::vector<std::string>& names,
                                    v1::RecalculateProgress* progress) {
  absl::StatusOr<std::vector<services::Item>> items =
      services::LoadItems(tx, names, storage::Lock::kForUpdate);
  if (!items.ok()) return items.status();
  // After the locks, so that none of the items can be behind it (B9).
  absl::StatusOr<std::shared_ptr<const services::Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  std::set<absl::string_view> gone(names.begin(), names.end());
  std::vector<services::ItemChange> changes;
  changes.reserve(items->size());
  int64_t changed = 0;
  int64_t failed = 0;
  for (services::Item& item : *items) {
    gone.erase(item.row.name());
    absl::StatusOr<services::ItemChange> change =
        services::RecalculateItem(std::move(item), **catalog, call.now());
    if (!change.ok()) return change.status();
    if (services::Differs(*change)) ++changed;
    if (!change->evaluated) ++failed;
    changes.push_back(*std::move(change));
  }
  for (absl::string_view name : gone) {
    absl::Status status = storage::SetCaseHours(tx, name, {});
    if (!status.ok()) return status;
  }
  absl::Status status = services::StoreItems(call, tx, absl::MakeSpan(changes));
  if (!status.ok()) return status;
  progress->set_changed_count(progress->changed_count() + changed);
  progress->set_failed_count(progress->failed_count() + failed);
  return absl::OkStatus();
}

void Recalculation::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
