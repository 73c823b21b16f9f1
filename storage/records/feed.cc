#include "storage/records/feed.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/records/record_util.h"
#include "storage/sql/errors.h"

namespace charter::storage {
namespace {

using internal::ToUs;

// Events that a call with a filter by types looks at, about.
constexpr int64_t kLookedAt = 10'000;

// Events of `after`'s account that come after it and not after :last.
constexpr absl::string_view kStretch =
    "sequence >= :sequence AND sequence <= :last AND (sequence > :sequence OR "
    "idx > :idx)";

FeedPosition Before(int64_t sequence) {
  return {sequence - 1, FeedPosition::kAllOfIt};
}

// Whether something that comes right after `after` may be gone.
bool IsGone(FeedPosition after, int64_t floor) {
  return floor >
         after.sequence + (after.index == FeedPosition::kAllOfIt ? 1 : 0);
}

FeedPage Expired(int64_t head, int64_t floor) {
  FeedPage page;
  page.state = FeedState::kExpired;
  page.head_sequence = head;
  page.earliest = Before(floor);
  return page;
}

// "account = :account AND ", or nothing.
std::string OfAccount(const FeedFilter& filter, Binds* binds) {
  if (filter.account.empty()) return "";
  binds->Add("account", filter.account);
  return "account = :account AND ";
}

Binds StretchBinds(FeedPosition after, int64_t last) {
  return {{"sequence", after.sequence}, {"last", last}, {"idx", after.index}};
}

// A filter's event types: whole ones, and beginnings up to and with the dot.
struct EventTypes {
  std::vector<Value> whole;
  std::vector<Value> groups;
  bool all = true;
};

absl::StatusOr<EventTypes> ParseEventTypes(const FeedFilter& filter) {
  EventTypes types;
  for (absl::string_view type : filter.event_types) {
    if (type == "*") return EventTypes();
    types.all = false;
    const size_t star = type.find('*');
    if (star == absl::string_view::npos) {
      types.whole.push_back(type);
    } else if (star + 1 == type.size() && type.find('.') + 1 == star) {
      types.groups.push_back(type.substr(0, star));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("the event type \"", type,
                       "\" is neither a whole type nor GROUP.* nor *"));
    }
  }
  return types;
}

// " AND …" for the types that the filter names.
std::string OfTypes(const FeedFilter& filter, const EventTypes& types,
                    Binds* binds) {
  std::string sql;
  if (!filter.resource_types.empty()) {
    const std::vector<Value> values(filter.resource_types.begin(),
                                    filter.resource_types.end());
    absl::StrAppend(&sql, " AND resource_type IN ",
                    InList("resource_type", values, binds));
  }
  std::vector<std::string> either;
  if (!types.whole.empty()) {
    either.push_back(
        absl::StrCat("type IN ", InList("type", types.whole, binds)));
  }
  if (!types.groups.empty()) {
    either.push_back(absl::StrCat("SUBSTR(type, 1, INSTR(type, '.')) IN ",
                                  InList("beginning", types.groups, binds)));
  }
  if (either.empty()) return sql;
  return absl::StrCat(sql, " AND (", absl::StrJoin(either, " OR "), ")");
}

// How far a call with a filter by types looks: the number of the last
// transaction.
absl::StatusOr<int64_t> LookUntil(Transaction& tx, FeedPosition after,
                                  const FeedFilter& filter, int64_t head) {
  if (head - after.sequence <= kLookedAt) return head;
  if (filter.account.empty()) return after.sequence + kLookedAt;
  Binds binds = StretchBinds(after, head);
  const std::string account = OfAccount(filter, &binds);
  binds.Add("skip", kLookedAt - 1);
  const absl::StatusOr<Rows> rows = tx.Query(
      absl::StrCat("SELECT sequence FROM feed_events WHERE ", account, kStretch,
                   " ORDER BY sequence, idx LIMIT 1 OFFSET :skip"),
      binds);
  if (!rows.ok()) return rows.status();
  return rows->empty() ? head : (*rows)[0].Int64(0);
}

absl::StatusOr<int64_t> ReadFloor(Transaction& tx,
                                  absl::string_view lock = "") {
  const absl::StatusOr<Rows> rows = tx.Query(absl::StrCat(
      "SELECT earliest_sequence FROM feed_floor WHERE id = 1", lock));
  if (!rows.ok()) return rows.status();
  if (rows->empty())
    return absl::DataLossError("the feed's mark of the earliest is missing");
  return (*rows)[0].Int64(0);
}

}  // namespace

absl::StatusOr<FeedBounds> ReadFeedBounds(Transaction& tx) {
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT next_sequence, (SELECT earliest_sequence FROM feed_floor WHERE "
      "id = 1) FROM feed_head WHERE id = 1");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::DataLossError("the feed's head is missing");
  return FeedBounds{(*rows)[0].Int64(0) - 1, Before((*rows)[0].Int64(1))};
}

absl::StatusOr<FeedPage> ReadFeed(Transaction& tx, FeedPosition after,
                                  const FeedFilter& filter, int limit) {
  if (absl::Status status = internal::CheckLimit(limit, 1000); !status.ok())
    return status;
  const absl::StatusOr<EventTypes> event_types = ParseEventTypes(filter);
  if (!event_types.ok()) return event_types.status();
  const absl::StatusOr<FeedBounds> bounds = ReadFeedBounds(tx);
  if (!bounds.ok()) return bounds.status();
  const int64_t head = bounds->head_sequence;
  FeedPage page;
  page.head_sequence = head;
  page.earliest = bounds->earliest;
  page.position = after;
  if (IsGone(after, bounds->earliest.sequence + 1)) {
    return Expired(head, bounds->earliest.sequence + 1);
  }
  if (after.sequence > head) page.state = FeedState::kAhead;
  if (after.sequence > head || after == FeedPosition{head}) return page;

  const bool by_types = !filter.resource_types.empty() || !event_types->all;
  int64_t last = head;
  if (by_types) {
    const absl::StatusOr<int64_t> until = LookUntil(tx, after, filter, head);
    if (!until.ok()) return until.status();
    last = *until;
  }
  // The mark of the earliest is read by the statement that reads the events, so
  // that a purge between two statements cannot go unnoticed.
  Binds binds = StretchBinds(after, last);
  const std::string account = OfAccount(filter, &binds);
  const std::string types = OfTypes(filter, *event_types, &binds);
  binds.Add("limit", limit);
  const absl::StatusOr<Rows> rows =
      tx.Query(absl::StrCat("SELECT sequence, idx, payload, (SELECT "
                            "earliest_sequence FROM feed_floor WHERE "
                            "id = 1) FROM feed_events WHERE ",
                            account, kStretch, types,
                            " ORDER BY sequence, idx LIMIT :limit"),
               binds);
  if (!rows.ok()) return rows.status();
  int64_t floor = rows->empty() ? 0 : (*rows)[0].Int64(3);
  if (rows->empty()) {
    const absl::StatusOr<int64_t> now = ReadFloor(tx);
    if (!now.ok()) return now.status();
    floor = *now;
  }
  if (IsGone(after, floor)) return Expired(head, floor);
  page.events.reserve(rows->size());
  for (const Row row : *rows) {
    charter::v1::Event& event = page.events.emplace_back();
    absl::Status status = internal::FromBlob(row.Text(2), &event, "event");
    if (!status.ok()) return status;
    event.set_sequence(row.Int64(0));
    event.set_index(static_cast<int32_t>(row.Int64(1)));
    page.position = {event.sequence(), event.index()};
  }
  if (page.events.size() < static_cast<size_t>(limit))
    page.position = FeedPosition{last};
  return page;
}

absl::StatusOr<FeedPosition> FindFeedPosition(Transaction& tx,
                                              absl::Time time) {
  // The head first: what is published after it is found by the search.
  const absl::StatusOr<FeedBounds> bounds = ReadFeedBounds(tx);
  if (!bounds.ok()) return bounds.status();
  const absl::StatusOr<Rows> rows = tx.Query(
      "SELECT sequence FROM feed_events WHERE order_us >= :time ORDER BY "
      "order_us, "
      "sequence LIMIT 1",
      {{"time", ToUs(time)}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return FeedPosition{bounds->head_sequence};
  return Before((*rows)[0].Int64(0));
}

absl::StatusOr<int64_t> PurgeFeed(Transaction& tx, absl::Time cutoff,
                                  int limit) {
  const absl::StatusOr<int64_t> floor = ReadFloor(tx, tx.dialect().ForUpdate());
  if (!floor.ok()) return floor.status();
  const absl::StatusOr<FeedPosition> end = FindFeedPosition(tx, cutoff);
  if (!end.ok()) return end.status();
  const int64_t to = std::min(end->sequence + 1, *floor + limit);
  if (to <= *floor) return 0;
  absl::StatusOr<int64_t> done = tx.Execute(
      "DELETE FROM feed_events WHERE sequence >= :floor AND sequence < :to",
      {{"floor", *floor}, {"to", to}});
  if (!done.ok()) return done.status();
  done = tx.Execute(
      "UPDATE feed_floor SET earliest_sequence = :to WHERE id = 1 AND "
      "earliest_sequence = :floor",
      {{"to", to}, {"floor", *floor}});
  if (!done.ok()) return done.status();
  if (*done != 1)
    return StorageError(ErrorKind::kConflict, "another purge was faster");
  return to - *floor;
}

}  // namespace charter::storage
