#include "storage/records/actions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/records/record_util.h"

namespace charter::storage {
namespace {

using charter::v1::Action;
using internal::FromUs;
using internal::ToUs;

// actions.state
constexpr int kWaiting = 0;  // or held, while available_us is in the future
constexpr int kDone = 1;     // since available_us
constexpr int kDead = 2;     // given out too often; else as kWaiting

constexpr size_t kMostAtOnce = 1000;

struct LeaseId {
  std::string action;
  int64_t attempt = 0;
};

std::string ToText(absl::string_view action, int64_t attempt) {
  return absl::StrCat(action, "-", attempt);
}

std::optional<LeaseId> Parse(absl::string_view text) {
  const size_t dash = text.rfind('-');
  LeaseId id;
  if (dash != 26 || !absl::SimpleAtoi(text.substr(dash + 1), &id.attempt) ||
      id.attempt < 1) {
    return std::nullopt;
  }
  id.action = std::string(text.substr(0, dash));
  for (const char c : id.action) {
    if (!absl::ascii_isalnum(c)) return std::nullopt;
  }
  if (ToText(id.action, id.attempt) != text) return std::nullopt;
  return id;
}

// The state, and the topic if one is asked for.
std::string Waiting(absl::string_view topic, Binds* binds) {
  const bool dead = topic == kDeadLetters;
  binds->Add("state", dead ? kDead : kWaiting);
  if (topic.empty() || dead) return "state = :state";
  binds->Add("topic", topic);
  return "state = :state AND topic = :topic";
}

absl::Status CheckCount(size_t count, absl::string_view what) {
  if (count <= kMostAtOnce) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(count, " ", what, ": at most ", kMostAtOnce));
}

absl::Status NoLeaseId(absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" is not a lease id: give it as PullActions gave it"));
}

// A lease and what became of it.
struct Lease {
  LeaseId id;
  std::string text;
  bool known = false;   // the action is there
  bool latest = false;  // and was given to nobody since
  bool done = false;
  bool rejected = false;
  int64_t available_us = 0;
};

// Locks their actions, in one order.
absl::StatusOr<std::vector<Lease>> ReadLeases(
    Transaction& tx, absl::Span<const std::string> lease_ids) {
  if (absl::Status status = CheckCount(lease_ids.size(), "leases");
      !status.ok())
    return status;
  std::vector<Lease> leases;
  std::vector<Value> ids;
  for (const std::string& text : lease_ids) {
    std::optional<LeaseId> id = Parse(text);
    if (!id.has_value()) return NoLeaseId(text);
    ids.push_back(id->action);
    leases.push_back({*std::move(id), text});
  }
  if (ids.empty()) return leases;
  Binds binds;
  const std::string list = InList("id", ids, &binds);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT id, attempt, state, rejected, available_us FROM "
                   "actions WHERE id IN ",
                   list, " ORDER BY id", tx.dialect().ForUpdate()),
      binds);
  if (!rows.ok()) return rows.status();
  std::map<absl::string_view, Row> found;
  for (const Row row : *rows) found.emplace(row.Text(0), row);
  for (Lease& lease : leases) {
    const auto it = found.find(lease.id.action);
    if (it == found.end()) continue;
    const Row row = it->second;
    lease.known = true;
    lease.latest = row.Int64(1) == lease.id.attempt;
    lease.done = row.Int64(2) == kDone;
    lease.rejected = row.Int64(3) == lease.id.attempt;
    lease.available_us = row.Int64(4);
  }
  return leases;
}

absl::StatusOr<Action> Stored(Row row, int payload) {
  Action action;
  absl::Status status =
      internal::FromBlob(row.Text(payload), &action, "action");
  if (!status.ok()) return status;
  return action;
}

}  // namespace

absl::Status InsertActions(Transaction& tx, absl::Span<const NewAction> actions,
                           absl::Time now) {
  std::vector<std::vector<Value>> rows;
  rows.reserve(actions.size());
  for (const NewAction& added : actions) {
    Action stored = added.action;
    stored.clear_lease_id();
    stored.clear_attempt();
    stored.clear_lease_expire_time();
    stored.clear_last_failure();
    rows.push_back({added.id, Bytes{internal::ShortHash(stored.effect_key())},
                    stored.topic(), kWaiting, ToUs(added.available_time), 0,
                    ToUs(now), internal::ToBlob(stored)});
  }
  return tx.InsertRowsLater(
      "actions",
      {"id", "effect_hash", "topic", "state", "available_us", "attempt",
       "created_us", "payload"},
      rows, tx.dialect().OrIgnore("effect_hash"));
}

absl::StatusOr<std::vector<Action>> PullActions(Transaction& tx,
                                                absl::string_view topic,
                                                int max_actions,
                                                absl::Duration lease,
                                                absl::Time now) {
  if (absl::Status status = internal::CheckLimit(max_actions, 1000);
      !status.ok())
    return status;
  Binds binds;
  const std::string waiting = Waiting(topic, &binds);
  binds.Add("now", ToUs(now));
  binds.Add("limit", max_actions);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat(
          "SELECT id, attempt, forgiven, payload FROM actions WHERE ", waiting,
          " AND available_us <= :now ORDER BY available_us LIMIT :limit",
          tx.dialect().ForUpdateSkipLocked()),
      binds);
  if (!rows.ok()) return rows.status();
  std::vector<Action> actions;
  if (rows->empty()) return actions;
  std::vector<Value> ids;
  std::vector<Value> dead;
  for (const Row row : *rows) {
    if (row.Int64(1) - row.Int64(2) >= kMostAttempts && topic != kDeadLetters) {
      dead.push_back(row.Text(0));
      continue;
    }
    absl::StatusOr<Action> action = Stored(row, 3);
    if (!action.ok()) return action.status();
    const int64_t attempt = row.Int64(1) + 1;
    action->set_lease_id(ToText(row.Text(0), attempt));
    action->set_attempt(static_cast<int32_t>(attempt));
    internal::SetTimestamp(action->mutable_lease_expire_time(), now + lease);
    actions.push_back(*std::move(action));
    ids.push_back(row.Text(0));
  }
  if (!dead.empty()) {
    Binds buried = {{"state", kDead}, {"now", ToUs(now)}};
    const std::string list = InList("id", dead, &buried);
    const absl::StatusOr<int64_t> done = tx.Execute(
        absl::StrCat("UPDATE actions SET state = :state, available_us = :now "
                     "WHERE id IN ",
                     list),
        buried);
    if (!done.ok()) return done.status();
  }
  if (ids.empty()) return actions;
  Binds update = {{"until", ToUs(now + lease)}};
  const std::string list = InList("id", ids, &update);
  const absl::StatusOr<int64_t> done =
      tx.Execute(absl::StrCat("UPDATE actions SET attempt = attempt + 1, "
                              "available_us = :until WHERE id IN ",
                              list),
                 update);
  if (!done.ok()) return done.status();
  return actions;
}

absl::StatusOr<std::optional<absl::Time>> NextActionTime(
    Transaction& tx, absl::string_view topic) {
  Binds binds;
  const std::string waiting = Waiting(topic, &binds);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT available_us FROM actions WHERE ", waiting,
                            " ORDER BY available_us LIMIT 1"),
               binds);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  return FromUs((*rows)[0].Int64(0));
}

absl::StatusOr<std::vector<std::string>> AckActions(
    Transaction& tx, absl::Span<const std::string> lease_ids, absl::Time now) {
  const absl::StatusOr<std::vector<Lease>> leases = ReadLeases(tx, lease_ids);
  if (!leases.ok()) return leases.status();
  std::vector<std::string> lost;
  std::vector<Value> finished;
  for (const Lease& lease : *leases) {
    if (!lease.known) continue;
    if (!lease.latest) {
      lost.push_back(lease.text);
    } else if (!lease.done) {
      finished.push_back(lease.id.action);
    }
  }
  if (finished.empty()) return lost;
  Binds update = {{"state", kDone}, {"now", ToUs(now)}, {"none", Bytes{}}};
  const std::string done_ids = InList("id", finished, &update);
  const absl::StatusOr<int64_t> done = tx.Execute(
      absl::StrCat(
          "UPDATE actions SET state = :state, available_us = :now, payload = "
          ":none WHERE id IN ",
          done_ids),
      update);
  if (!done.ok()) return done.status();
  return lost;
}

absl::StatusOr<std::vector<std::string>> ExtendActions(
    Transaction& tx, absl::Span<const std::string> lease_ids,
    absl::Time until) {
  const absl::StatusOr<std::vector<Lease>> leases = ReadLeases(tx, lease_ids);
  if (!leases.ok()) return leases.status();
  std::vector<std::string> lost;
  std::vector<Value> held;
  for (const Lease& lease : *leases) {
    if (!lease.latest || lease.done || lease.rejected) {
      lost.push_back(lease.text);
    } else if (lease.available_us < ToUs(until)) {
      held.push_back(lease.id.action);
    }
  }
  if (held.empty()) return lost;
  Binds update = {{"until", ToUs(until)}};
  const std::string held_ids = InList("id", held, &update);
  const absl::StatusOr<int64_t> done = tx.Execute(
      absl::StrCat("UPDATE actions SET available_us = :until WHERE id IN ",
                   held_ids),
      update);
  if (!done.ok()) return done.status();
  return lost;
}

absl::Duration RetryDelay(int64_t attempts) {
  constexpr absl::Duration kMost = absl::Hours(1);
  // 2^12 s are more than an hour.
  const int64_t doublings = std::clamp<int64_t>(attempts - 1, 0, 12);
  return std::min(kMost, absl::Seconds(int64_t{1} << doublings));
}

absl::StatusOr<std::optional<Rejected>> RejectAction(Transaction& tx,
                                                     const Rejection& rejection,
                                                     absl::Time now) {
  const std::optional<LeaseId> lease = Parse(rejection.lease_id);
  if (!lease.has_value()) return NoLeaseId(rejection.lease_id);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT attempt, state, rejected, forgiven, available_us, "
                   "payload FROM actions WHERE id = :id",
                   tx.dialect().ForUpdate()),
      {{"id", lease->action}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  const Row row = (*rows)[0];
  int64_t state = row.Int64(1);
  if (row.Int64(0) != lease->attempt || state == kDone) return std::nullopt;
  absl::StatusOr<Action> action = Stored(row, 5);
  if (!action.ok()) return action.status();
  action->set_attempt(static_cast<int32_t>(lease->attempt));
  if (row.Int64(2) == lease->attempt)
    return Rejected{*std::move(action), FromUs(row.Int64(4))};
  const int64_t forgiven = row.Int64(3) + (rejection.uncounted ? 1 : 0);
  const int64_t attempts = lease->attempt - forgiven;
  const bool dies =
      state != kDead && (rejection.dead || attempts >= kMostAttempts);
  if (dies) state = kDead;
  const absl::Time available =
      dies ? now : now + rejection.delay.value_or(RetryDelay(attempts));
  if (!rejection.reason.empty()) action->set_last_failure(rejection.reason);
  Action stored = *action;
  stored.clear_attempt();
  const absl::StatusOr<int64_t> done = tx.Execute(
      "UPDATE actions SET state = :state, available_us = :available, forgiven "
      "= :forgiven, rejected = attempt, payload = :payload WHERE id = :id",
      {{"state", state},
       {"available", ToUs(available)},
       {"forgiven", forgiven},
       {"payload", internal::ToBlob(stored)},
       {"id", lease->action}});
  if (!done.ok()) return done.status();
  return Rejected{*std::move(action), available};
}

absl::StatusOr<std::vector<DeadAction>> ListDeadActions(Transaction& tx,
                                                        absl::string_view topic,
                                                        const DeadPlace& after,
                                                        int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1001); !status.ok())
    return status;
  Binds binds = {{"state", kDead},
                 {"after", ToUs(after.available_time)},
                 {"after_id", after.id},
                 {"limit", limit}};
  if (!topic.empty()) binds.Add("topic", topic);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT id, attempt, available_us, payload FROM actions "
                   "WHERE state = :state",
                   topic.empty() ? "" : " AND topic = :topic",
                   " AND available_us >= :after AND (available_us > :after OR "
                   "id > :after_id) ORDER BY available_us, id LIMIT :limit"),
      binds);
  if (!rows.ok()) return rows.status();
  std::vector<DeadAction> dead;
  dead.reserve(rows->size());
  for (const Row row : *rows) {
    absl::StatusOr<Action> action = Stored(row, 3);
    if (!action.ok()) return action.status();
    action->set_attempt(static_cast<int32_t>(row.Int64(1)));
    dead.push_back(
        {*std::move(action), {FromUs(row.Int64(2)), std::string(row.Text(0))}});
  }
  return dead;
}

absl::StatusOr<std::vector<Action>> ReviveActions(
    Transaction& tx, absl::Span<const std::string> effect_keys,
    absl::Time now) {
  std::vector<Action> revived;
  if (effect_keys.empty()) return revived;
  if (absl::Status status = CheckCount(effect_keys.size(), "effect keys");
      !status.ok())
    return status;
  std::vector<Value> hashes;
  for (const std::string& key : effect_keys)
    hashes.push_back(Bytes{internal::ShortHash(key)});
  Binds binds;
  const std::string hash_list = InList("hash", hashes, &binds);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT id, attempt, payload, state FROM actions WHERE "
                   "effect_hash IN ",
                   hash_list, tx.dialect().ForUpdate()),
      binds);
  if (!rows.ok()) return rows.status();
  std::vector<Value> ids;
  for (const Row row : *rows) {
    if (row.Int64(3) != kDead) continue;
    absl::StatusOr<Action> action = Stored(row, 2);
    if (!action.ok()) return action.status();
    action->set_attempt(static_cast<int32_t>(row.Int64(1)));
    revived.push_back(*std::move(action));
    ids.push_back(row.Text(0));
  }
  if (ids.empty()) return revived;
  Binds update = {{"state", kWaiting}, {"now", ToUs(now)}};
  const std::string list = InList("id", ids, &update);
  // Who holds one has it until its lease ends.
  const absl::StatusOr<int64_t> done = tx.Execute(
      absl::StrCat(
          "UPDATE actions SET state = :state, forgiven = attempt, available_us "
          "= CASE WHEN rejected = attempt OR available_us < :now THEN :now "
          "ELSE "
          "available_us END WHERE id IN ",
          list),
      update);
  if (!done.ok()) return done.status();
  return revived;
}

absl::StatusOr<int64_t> PurgeActions(Transaction& tx, absl::Time cutoff,
                                     int limit) {
  return internal::PurgeRows(
      tx, "actions", "state = :state AND available_us < :cutoff",
      "available_us", {{"state", kDone}, {"cutoff", ToUs(cutoff)}}, limit);
}

}  // namespace charter::storage
