#include "tests/storage/records/every_function.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/records/actions.h"
#include "storage/records/asset_parents.h"
#include "storage/records/audit_log.h"
#include "storage/records/case_events.h"
#include "storage/records/case_numbers.h"
#include "storage/records/contract_parts.h"
#include "storage/records/feed.h"
#include "storage/records/generations.h"
#include "storage/records/leases.h"
#include "storage/records/ledger.h"
#include "storage/records/operations.h"
#include "storage/records/outbox.h"
#include "storage/records/request_log.h"
#include "storage/records/search_terms.h"
#include "storage/records/token_keys.h"
#include "storage/records/transitions.h"
#include "storage/records/wakeups.h"
#include "tests/storage/records/full_tables.h"

namespace charter::storage {
namespace {

// Keeps the first failure.
class Calls {
 public:
  void operator()(const absl::Status& status) { result_.Update(status); }
  template <typename T>
  void operator()(const absl::StatusOr<T>& result) {
    (*this)(result.status());
  }
  absl::Status result() const { return result_; }

 private:
  absl::Status result_;
};

void Requests(Transaction& tx, Calls& call) {
  RequestRecord record;
  record.key = {"7", "m", "r7"};
  record.fingerprint = std::string(32, 'f');
  record.expire_time = FullTime(10);
  call(InsertRequest(tx, record, FullTime(9)));
  call(FindRequest(tx, record.key, FullTime(1)));
  call(PurgeRequests(tx, FullTime(500), 100));
}

void Audit(Transaction& tx, Calls& call) {
  call(ReadAudit(tx, std::string(26, '0'), 100));
  for (const char* subject : {"", "cases/c"}) {
    for (const char* principal : {"", "desk"}) {
      AuditQuery query;
      query.subject = subject;
      query.principal = principal;
      call(FindAudit(tx, query));
    }
  }
  call(PurgeAudit(tx, FullTime(500), 100));
}

void Feed(Transaction& tx, Calls& call) {
  const FeedPosition early{10, 1}, late{48'000, 0};
  for (const FeedPosition& after : {early, late}) {
    for (const char* account : {"", "7"}) {
      for (const std::vector<std::string>& resources :
           {std::vector<std::string>(), std::vector<std::string>{"tasks"}}) {
        for (const std::vector<std::string>& types :
             {std::vector<std::string>(), std::vector<std::string>{"7"},
              std::vector<std::string>{"milestone.*"},
              std::vector<std::string>{"7", "milestone.*"}}) {
          call(ReadFeed(tx, after, {account, resources, types}, 100));
        }
      }
    }
  }
  call(FindFeedPosition(tx, FullTime(99'000)));
  call(PurgeFeed(tx, FullTime(400), 100));
  call(PurgeFeed(tx, FullTime(400), 100));
  call(HasUnpublished(tx));
  call(PublishOutbox(tx, 7, 100));
}

void Leases(Transaction& tx, Calls& call) {
  auto lease =
      AcquireLease(tx, "l7", "me", absl::Seconds(10), FullTime(200'000));
  call(lease);
  if (!lease.ok()) return;
  call(RenewLease(tx, &**lease, absl::Seconds(10), FullTime(200'001)));
  call(ReleaseLease(tx, **lease));
  call(ReadLease(tx, "l7", FullTime(0)));
}

void Wakeups(Transaction& tx, Calls& call) {
  std::vector<int> shards;
  for (int i = 0; i < kWakeupShards; ++i) shards.push_back(i);
  for (size_t count : {1, 2, 4, 8, 16}) {
    const absl::Span<const int> some = absl::MakeSpan(shards).subspan(0, count);
    call(ReadDueWakeups(tx, some, FullTime(500), 64));
    call(NextWakeup(tx, some));
  }
  // Chunks of every size: 64, and the rest.
  int seconds = 0;
  for (int count : {127, 32, 16, 8, 4, 2, 1}) {
    std::vector<WakeupMove> moves;
    for (int i = 1; i <= count; ++i) {
      moves.push_back({absl::StrCat("cases/c", i), FullTime(i + seconds),
                       FullTime(i + seconds + 1)});
    }
    call(MoveWakeups(tx, moves));
    ++seconds;
  }
  call(CountWakeups(tx));
  call(LockDueCases(tx, {"cases/c7", "cases/c8", "cases/c9"}, FullTime(8)));
}

void Items(Transaction& tx, Calls& call) {
  const std::vector<std::string> page = {"cases/c7", "cases/c8", "cases/c9"};
  call(LoadCaseEvents(tx, "cases/c7"));
  call(LoadManyCaseEvents(tx, page));
  call(ReadCaseEvents(tx, "cases/c7", 3, 5));
  call(FindCaseEventKeys(tx, "cases/c7", {"k1", "k2"}));
  call(PurgeCaseEvents(tx, "cases/c7"));
  call(IsCaseNumberTaken(tx, "n7"));
  call(LoadTransitions(tx, "cases/c7"));
  call(LoadManyTransitions(tx, page));
  call(MarkSuperseded(tx, "cases/c7",
                      {std::string(26, '0'), std::string(26, '1')}));
  call(PurgeTransitions(tx, "cases/c7"));
  call(LoadCaseHours(tx, "cases/c7"));
  call(SetCaseHours(tx, "cases/c7", {{"businessHours/x", 3}}));
  call(FindStaleCases(tx, "7", 1000, 100));
  call(BumpGeneration(tx, "businessHours/h7"));
  call(ReadGenerationsSince(tx, 99'000));
}

void Ledgers(Transaction& tx, Calls& call) {
  const std::string name = "entitlements/e7";
  const std::vector<std::string> page = {name, "entitlements/e8"};
  ledger::Ledger before;
  call(LoadLedger(tx, name, {}, &before));
  call(LoadLedger(tx, name, {"cases/c7", "cases/c8"}, &before));
  std::map<std::string, ledger::Ledger> due;
  call(LoadDue(tx, page, &due));
  before.entry_count = 1;
  ledger::Ledger after = before;
  const auto granted =
      ledger::Grant(&after, "order", 5, FullTime(200'000), "", FullTime(9));
  call(granted);
  if (granted.ok())
    call(StoreLedger(tx, name, before, after, *granted, {"me", FullTime(9)}));
  const ledger::Ledger lot = after;
  const auto reserved =
      ledger::Reserve(&after, "visit", 1, FullTime(100'000), false,
                      ledger::Policy::kAllowOverdraft, "", FullTime(9));
  call(reserved);
  if (reserved.ok())
    call(StoreLedger(tx, name, lot, after, *reserved, {"me", FullTime(9)}));
  call(ReadLedgerEntries(tx, name, 0, 100));
  call(FindLedgerEntries(tx, name, "visit", ledger::EntryKind::kReserve));
  call(FirstGrant(tx, name));
  call(SumLedger(tx, name, FullTime(1), FullTime(100)));
  call(TotalLedgers(tx, page));
  call(PurgeLedger(tx, name));
}

void Actions(Transaction& tx, Calls& call) {
  for (const char* topic : {"1", ""}) {
    call(NextActionTime(tx, topic));
    call(PullActions(tx, topic, 10, absl::Seconds(60), FullTime(500)));
  }
  NewAction added;
  added.id = std::string(26, 'g');
  added.action.set_effect_key("k");
  added.action.set_topic("mine");
  added.available_time = FullTime(0);
  call(InsertActions(tx, {added}, FullTime(0)));
  const auto mine =
      PullActions(tx, "mine", 10, absl::Seconds(60), FullTime(500));
  call(mine);
  for (const char* topic : {"1", ""}) {
    call(ListDeadActions(tx, topic, {FullTime(40'000), "g"}, 100));
  }
  if (mine.ok()) {
    const std::string lease = mine->front().lease_id();
    call(ExtendActions(tx, {lease}, FullTime(600)));
    call(RejectAction(tx, {.lease_id = lease, .dead = true}, FullTime(501)));
    call(ReviveActions(tx, {"k"}, FullTime(501)));
    call(AckActions(tx, {lease}, FullTime(501)));
  }
  // What nobody acknowledges becomes a dead letter.
  added.id = std::string(26, 'h');
  added.action.set_effect_key("dead");
  added.action.set_topic("nobody");
  call(InsertActions(tx, {added}, FullTime(0)));
  for (int i = 0; i <= kMostAttempts; ++i) {
    call(PullActions(tx, "nobody", 10, absl::Seconds(1),
                     FullTime(500) + absl::Minutes(i)));
  }
  call(PurgeActions(tx, FullTime(500), 100));
}

void Assets(Transaction& tx, Calls& call) {
  call(ReadAssetAndParents(tx, "assets/a77"));
  call(ReadContractPartsOfAccount(tx, "7"));
  call(ReadContractParts(tx, {"serviceContracts/r7", "contractLineItems/r7"}));
}

void Jobs(Transaction& tx, Calls& call) {
  OperationRecord record;
  record.operation.set_name("operations/o7");
  call(UpdateOperation(tx, &record));
  call(FindOperation(tx, "operations/o7"));
  call(FindOperation(tx, "operations/o7", true));
  call(ListOperations(tx, "operations/o7", 100));
  call(UnfinishedOperations(tx, "2", 100));
  call(PurgeOperations(tx, FullTime(500), 100));
  call(DeleteOperation(tx, "operations/o9"));
  call(RotateTokenKeys(tx, std::string(32, 'k'), absl::Seconds(1),
                       FullTime(200'000)));
}

void Search(Transaction& tx, Calls& call) {
  const SearchTerm old = {TermKind::kNumber, "t7"};
  call(ReplaceTerms(tx, "s7", "7", {old}, {{TermKind::kNumber, "u7"}}));
  for (int count = 2; count <= 64; count *= 2) {
    std::vector<SearchTerm> many;
    for (int i = 0; i < count; ++i)
      many.push_back({TermKind::kNumber, absl::StrCat("t", 100 + i)});
    call(ReplaceTerms(tx, "s7", "7", many, {}));
  }
  call(AddWords(tx, {{"word", {"word", "wor"}}, {"w7", {"w7"}}}));
  call(FindWords(tx, {"s7", "s8"}, 10));
  const TermRange all = BeginningWith(TermKind::kContactName, "t7");
  TermRange within = all;
  within.account = "7";
  call(FindTerms(tx, {all}, 10));
  call(FindTerms(tx, {all, within}, 10));
  call(FindCaseNames(tx, {"c7", "c8"}, "", 10));
  call(FindCaseNames(tx, {"c7"}, "7", 10));
  call(FindOpenCases(tx, {"7", "8", "9"}, 10));
  call(NextRebuild(tx));
  call(QueueRebuilds(tx, {"contacts"}));
  call(MoveRebuild(tx, "contacts", "x"));
  call(MoveRebuild(tx, "contacts", ""));
}

}  // namespace

absl::Status CallEveryFunction(Transaction& tx) {
  Calls call;
  for (auto* group : {Requests, Audit, Feed, Leases, Wakeups, Items, Ledgers,
                      Assets, Actions, Jobs, Search}) {
    group(tx, call);
  }
  return call.result();
}

}  // namespace charter::storage
