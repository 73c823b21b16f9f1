#include "storage/records/actions.h"

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

constexpr size_t kMaxAcks = 1000;

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
          "SELECT id, attempt, payload FROM actions WHERE ", waiting,
          " AND available_us <= :now ORDER BY available_us LIMIT :limit",
          tx.dialect().ForUpdateSkipLocked()),
      binds);
  if (!rows.ok()) return rows.status();
  std::vector<Action> actions;
  if (rows->empty()) return actions;
  std::vector<Value> ids;
  std::vector<Value> dead;
  for (const Row row : *rows) {
    if (row.Int64(1) >= kMostAttempts && topic != kDeadLetters) {
      dead.push_back(row.Text(0));
      continue;
    }
    Action& action = actions.emplace_back();
    absl::Status status = internal::FromBlob(row.Text(2), &action, "action");
    if (!status.ok()) return status;
    const int64_t attempt = row.Int64(1) + 1;
    action.set_lease_id(ToText(row.Text(0), attempt));
    action.set_attempt(static_cast<int32_t>(attempt));
    internal::SetTimestamp(action.mutable_lease_expire_time(), now + lease);
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
  std::vector<std::string> lost;
  if (lease_ids.empty()) return lost;
  if (lease_ids.size() > kMaxAcks) {
    return absl::InvalidArgumentError(absl::StrCat(
        lease_ids.size(), " leases to acknowledge: at most ", kMaxAcks));
  }
  std::vector<LeaseId> leases;
  std::vector<Value> ids;
  for (const std::string& text : lease_ids) {
    const std::optional<LeaseId> lease = Parse(text);
    if (!lease.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", text, "\" is not a lease id: give it as PullActions gave it"));
    }
    ids.push_back(lease->action);
    leases.push_back(*lease);
  }
  Binds binds;
  const std::string list = InList("id", ids, &binds);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT id, attempt, state FROM actions WHERE id IN ", list,
                   " ORDER BY id", tx.dialect().ForUpdate()),
      binds);
  if (!rows.ok()) return rows.status();
  std::map<std::string, std::pair<int64_t, int64_t>>
      stored;  // id to attempt and state
  for (const Row row : *rows)
    stored[std::string(row.Text(0))] = {row.Int64(1), row.Int64(2)};
  std::vector<Value> finished;
  for (const LeaseId& lease : leases) {
    const auto found = stored.find(lease.action);
    if (found == stored.end()) continue;
    const auto [attempt, state] = found->second;
    if (attempt != lease.attempt) {
      lost.push_back(ToText(lease.action, lease.attempt));
    } else if (state != kDone) {
      finished.push_back(lease.action);
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

absl::StatusOr<int64_t> PurgeActions(Transaction& tx, absl::Time cutoff,
                                     int limit) {
  return internal::PurgeRows(
      tx, "actions", "state = :state AND available_us < :cutoff",
      "available_us", {{"state", kDone}, {"cutoff", ToUs(cutoff)}}, limit);
}

}  // namespace charter::storage
