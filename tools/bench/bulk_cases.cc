#include "tools/bench/bulk_cases.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "charter/client/bulk_writer.h"
#include "charter/client/status.h"
#include "charter/v1/case_client.h"
#include "storage/migrations/migration.h"
#include "storage/records/case_events.h"
#include "storage/records/generations.h"
#include "storage/records/transitions.h"
#include "storage/records/wakeups.h"
#include "storage/store.h"
#include "storage/table/resource_tables.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

constexpr int kAtOnce = 1000;
constexpr int kCallers = 16;

// All rows of a case.
struct WholeCase {
  v1::Case row;
  int64_t due_us = 0;
  std::vector<v1::Milestone> milestones;
  std::vector<v1::CaseEvent> events;
  std::vector<storage::TransitionRecord> transitions;
  std::vector<storage::Generation> hours;
};

absl::Status Load(storage::Transaction& tx, const std::string& name,
                  WholeCase* whole) {
  storage::HiddenValues hidden;
  auto row = storage::CaseTable().Get(tx, name, storage::Lock::kNone, &hidden);
  if (!row.ok()) return row.status();
  const std::optional<int64_t> due = storage::NextDueOf(hidden);
  if (!due.has_value()) return absl::InternalError("it waits for nothing");
  auto milestones = storage::MilestoneTable().Find(tx, {{"case_name", name}});
  if (!milestones.ok()) return milestones.status();
  auto events = storage::LoadCaseEvents(tx, name);
  if (!events.ok()) return events.status();
  auto transitions = storage::LoadTransitions(tx, name);
  if (!transitions.ok()) return transitions.status();
  auto hours = storage::LoadCaseHours(tx, name);
  if (!hours.ok()) return hours.status();
  *whole = {*std::move(row),         *due,
            *std::move(milestones),  *std::move(events),
            *std::move(transitions), *std::move(hours)};
  return absl::OkStatus();
}

absl::Status AddCopies(storage::Transaction& tx, const WholeCase& whole,
                       int from, int to) {
  std::vector<v1::Case> rows;
  std::vector<storage::HiddenValues> hidden;
  std::vector<v1::Milestone> milestones;
  std::vector<storage::WakeupMove> moves;
  for (int i = from; i < to; ++i) {
    const std::string name = absl::StrCat(whole.row.name(), "-", i);
    const int64_t due_us = whole.due_us + int64_t{1000} * i;
    rows.push_back(whole.row);
    rows.back().set_name(name);
    rows.back().set_case_number(absl::StrCat(900'000'000'000 + i));
    hidden.push_back(storage::CaseHidden(due_us));
    for (v1::Milestone milestone : whole.milestones) {
      milestone.set_name(
          absl::StrCat(name, milestone.name().substr(whole.row.name().size())));
      milestone.set_case_(name);
      milestones.push_back(std::move(milestone));
    }
    moves.push_back({name, std::nullopt, absl::FromUnixMicros(due_us)});
    absl::Status status = storage::AppendCaseEvents(tx, name, 1, whole.events);
    if (!status.ok()) return status;
    status = storage::InsertCaseHours(tx, name, whole.hours);
    if (!status.ok()) return status;
  }
  absl::Status status = storage::CaseTable().InsertAll(tx, &rows, &hidden);
  if (!status.ok()) return status;
  status = storage::MilestoneTable().InsertAll(tx, &milestones);
  if (!status.ok()) return status;
  std::vector<storage::ItemTransitions> transitions;
  for (const v1::Case& row : rows)
    transitions.push_back({row.name(), whole.transitions});
  status = storage::InsertTransitions(tx, transitions);
  if (!status.ok()) return status;
  return storage::MoveWakeups(tx, moves);
}

}  // namespace

void OpenCases(const std::shared_ptr<client::Channel>& channel, int count,
               const std::function<v1::OpenCaseRequest(int index)>& request) {
  v1::CaseClient cases(channel);
  client::BulkWriter<v1::OpenCaseRequest, v1::OpenCaseResponse> writer(
      [&](v1::OpenCaseRequest open, const client::Options& options,
          client::Callback<v1::OpenCaseResponse> done) {
        cases.AsyncOpenCase(std::move(open), std::move(done), options);
      },
      {.first = kCallers, .most = kCallers});
  for (int i = 0; i < count; ++i) writer.Add(request(i));
  for (const auto& failure : writer.Finish())
    Die(client::Describe(failure.status));
}

void CopyWaitingCase(const std::string& database_url, const std::string& id,
                     int count) {
  storage::StoreOptions options;
  options.migrations = &storage::ProductMigrations();
  const auto store = storage::OpenStore(database_url, options);
  if (!store.ok()) Die(std::string(store.status().message()));
  const auto session = (*store)->OpenSession();
  const auto run = [&](auto body) {
    storage::TxOptions transaction;
    transaction.now = absl::Now();
    const absl::Status status = session->Write(transaction, body);
    if (!status.ok()) Die(status.ToString());
  };
  WholeCase whole;
  run([&](storage::Transaction& tx) {
    return Load(tx, absl::StrCat("cases/", id), &whole);
  });
  for (int i = 0; i < count; i += kAtOnce) {
    run([&](storage::Transaction& tx) {
      return AddCopies(tx, whole, i, std::min(count, i + kAtOnce));
    });
  }
}

}  // namespace charter::bench
