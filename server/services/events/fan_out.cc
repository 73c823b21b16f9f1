#include "server/services/events/fan_out.h"

#include <algorithm>
#include <utility>

#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

using storage::FeedPosition;

// Events of one reading by the reader, and readings of one pass.
constexpr int kReaderPage = 1000;
constexpr int kReadings = 16;
// Cases of one message of an initial state.
constexpr int kCasePage = 100;
constexpr int kMostInMessage = 1000;
// How long a reading may take, and after what it is tried again.
constexpr absl::Duration kReadWithin = absl::Seconds(10);
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

// Whether it is worth trying again.
bool IsPassing(const absl::Status& status) {
  return !absl::IsOutOfRange(status) && !absl::IsInvalidArgument(status);
}

storage::TxOptions ReadOptions(absl::Time now) {
  storage::TxOptions options;
  options.now = now;
  options.deadline = now + kReadWithin;
  return options;
}

// How many of `events`, from the first on, are of one transaction.
size_t TransactionSize(const std::vector<const v1::Event*>& events,
                       size_t from) {
  size_t to = from;
  while (to < events.size() &&
         events[to]->sequence() == events[from]->sequence()) {
    ++to;
  }
  return to - from;
}

// The last transaction that is told in full at a place.
int64_t SeenAt(const FeedPlace& place) {
  if (place.list_after.has_value()) return 0;
  const FeedPosition& at = place.position;
  return at.index == FeedPosition::kAllOfIt ? at.sequence : at.sequence - 1;
}

v1::Event CurrentCase(v1::Case row, absl::Time now) {
  row.clear_description();
  v1::Event event;
  event.set_type("case.current");
  event.set_subject(row.name());
  event.set_resource_type("cases");
  event.set_account(row.account());
  *event.mutable_occur_time() = row.update_time();
  *event.mutable_record_time() = ToProto(now);
  event.set_actor("system");
  event.mutable_resource()->PackFrom(row);
  return event;
}

}  // namespace

// While `live` or not `busy` it is the lock's; while `busy` it belongs to the
// job, but for the flags.
struct FanOut::Watcher {
  int64_t id = 0;
  Watch watch;
  bool live = false;   // up to date: fed by the reader
  bool busy = false;   // a job for it is queued or runs
  bool ended = false;  // no longer in the map
  bool told = false;   // its first message was sent
  absl::Time sent_at;  // of the last message
  absl::Time retry_at = absl::InfiniteFuture();
  // Read, but not sent: of a transaction that a page cut in two.
  std::vector<v1::Event> partial;
  FeedPosition read_until;

  bool listing() const { return watch.place.list_after.has_value(); }
};

FanOut::FanOut(Services& services, Submit submit, const Options& options)
    : services_(services),
      submit_(std::move(submit)),
      options_(options),
      recent_(options.most_events, options.most_bytes) {}

size_t FanOut::size() {
  std::lock_guard<std::mutex> lock(mutex_);
  return watchers_.size();
}

void FanOut::Add(Watch watch) {
  const absl::Time now = services_.clock->Now();
  auto watcher = std::make_shared<Watcher>();
  watcher->watch = std::move(watch);
  watcher->read_until = watcher->watch.place.position;
  watcher->sent_at = now;
  watcher->busy = true;
  const std::shared_ptr<Stream> stream = watcher->watch.stream;
  int64_t id = 0;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    id = watcher->id = next_id_++;
    watchers_[id] = watcher;
    head_sequence_ =
        std::max(head_sequence_.load(), watcher->watch.head_sequence);
    if (!recent_.started())
      recent_.StartAt(FeedPosition{watcher->watch.head_sequence});
  }
  // May find that the stream has ended already.
  stream->SetCallbacks([this, id] { Drained(id); }, [this, id] { Ended(id); },
                       [this, id] { ServerStops(id); });
  {
    std::lock_guard<std::mutex> lock(mutex_);
    watcher->busy = false;
    if (watcher->ended) return;
    if (watcher->listing() || GiveRecent(*watcher, now) != Covered::kUpToDate) {
      Schedule(watcher);
    }
  }
  services_.feed.Ring(now + watcher->watch.heartbeat);
}

void FanOut::Drained(int64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return;
  const WatcherPtr& watcher = found->second;
  if (!watcher->live && !watcher->busy) Schedule(watcher);
}

void FanOut::Ended(int64_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return;
  found->second->ended = true;
  watchers_.erase(found);
}

void FanOut::ServerStops(int64_t id) {
  std::shared_ptr<Stream> stream;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = watchers_.find(id);
    if (found == watchers_.end()) return;
    if (found->second->live) Bookmark(*found->second, services_.clock->Now());
    stream = found->second->watch.stream;
  }
  stream->Finish(errors::Draining());
}

void FanOut::Schedule(const WatcherPtr& watcher) {
  watcher->busy = true;
  watcher->retry_at = absl::InfiniteFuture();
  const bool queued = submit_(
      [this, watcher](storage::Session& session) { Step(session, watcher); });
  // A server that stops ends its streams itself.
  if (!queued) watcher->busy = false;
}

void FanOut::Step(storage::Session& session, const WatcherPtr& watcher) {
  const absl::Time now = services_.clock->Now();
  Covered covered = Covered::kNo;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (watcher->ended) return;
    if (!watcher->listing()) covered = GiveRecent(*watcher, now);
  }
  absl::Status status;
  if (covered == Covered::kNo) {
    status = watcher->listing() ? ListPage(session, *watcher, now)
                                : ReadPage(session, *watcher, now);
  }
  if (!status.ok() && !IsPassing(status)) {
    return watcher->watch.stream->Finish(status);
  }
  std::lock_guard<std::mutex> lock(mutex_);
  watcher->busy = false;
  if (watcher->ended) return;
  if (watcher->live) {
    // The reader may have looked while this one was busy, and not counted on
    // it.
    services_.feed.Ring(now + watcher->watch.heartbeat);
  } else if (!status.ok()) {
    watcher->retry_at = now + kRetryAfter;
    services_.feed.Ring(watcher->retry_at);
  } else if (watcher->watch.stream->pending_bytes() <= options_.slow_bytes) {
    Schedule(watcher);
  }
}

FanOut::Covered FanOut::GiveRecent(Watcher& watcher, absl::Time now) {
  const FeedPosition from = watcher.watch.place.position;
  if (!recent_.started() || !watcher.partial.empty() || from < recent_.floor())
    return Covered::kNo;
  std::vector<const v1::Event*> events;
  for (const v1::Event* event : recent_.After(from)) {
    if (watcher.watch.selection.Matches(*event)) events.push_back(event);
  }
  const size_t most = static_cast<size_t>(options_.page) * 2;
  if (events.size() > most) {
    size_t count = 0;
    while (count < most) count += TransactionSize(events, count);
    if (count < events.size()) {
      events.resize(count);
      Send(watcher, events, FeedPosition{events.back()->sequence()}, now);
      watcher.read_until = watcher.watch.place.position;
      return Covered::kInPart;
    }
  }
  watcher.live = true;
  Send(watcher, events, std::max(from, recent_.head()), now);
  if (!watcher.told) Bookmark(watcher, now);
  return Covered::kUpToDate;
}

absl::Status FanOut::ListPage(storage::Session& session, Watcher& watcher,
                              absl::Time now) {
  const Selection& selection = watcher.watch.selection;
  FeedPlace& place = watcher.watch.place;
  storage::ListPage<v1::Case> page;
  if (selection.HasCases()) {
    storage::ListQuery query;
    query.page_size = kCasePage;
    query.after = *place.list_after;
    if (!selection.filter.account.empty())
      query.restrict_to = {{"account", selection.filter.account}};
    absl::Status status = session.Read(
        ReadOptions(now), [&](storage::Transaction& tx) -> absl::Status {
          absl::StatusOr<storage::ListPage<v1::Case>> read =
              storage::CaseTable().List(tx, query);
          if (!read.ok()) return read.status();
          page = *std::move(read);
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
  }
  v1::WatchEventsResponse message;
  for (v1::Case& row : page.rows)
    *message.add_events() = CurrentCase(std::move(row), now);
  if (page.next.empty()) {
    place.list_after.reset();
    message.set_initial_state_end(true);
  } else {
    place.list_after = page.next;
  }
  Write(watcher, &message, now);
  return absl::OkStatus();
}

absl::Status FanOut::ReadPage(storage::Session& session, Watcher& watcher,
                              absl::Time now) {
  const Selection& selection = watcher.watch.selection;
  storage::FeedPage page;
  absl::Status status = session.Read(
      ReadOptions(now), [&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<storage::FeedPage> read = storage::ReadFeed(
            tx, watcher.read_until, selection.filter, options_.page);
        if (!read.ok()) return read.status();
        page = *std::move(read);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (page.state == storage::FeedState::kExpired) {
    return errors::ResumeTokenExpired(
        SealPlace(services_, selection, {page.earliest, std::nullopt}, now));
  }
  if (page.state == storage::FeedState::kAhead) {
    return errors::PageTokenInvalid("resume_token");
  }
  watcher.read_until = page.position;
  for (v1::Event& event : page.events)
    watcher.partial.push_back(std::move(event));
  std::vector<v1::Event> read = std::exchange(watcher.partial, {});
  FeedPosition seen = page.position;
  if (page.position.index != FeedPosition::kAllOfIt && !read.empty()) {
    // The last transaction may go on: it waits, unless it is too large for one
    // message anyway.
    size_t bytes = 0;
    size_t complete = read.size();
    while (complete > 0 && read[complete - 1].sequence() == seen.sequence)
      bytes += read[--complete].ByteSizeLong();
    if (bytes <= options_.message_bytes) {
      watcher.partial.assign(std::make_move_iterator(read.begin() + complete),
                             std::make_move_iterator(read.end()));
      read.resize(complete);
      seen = FeedPosition{seen.sequence - 1};
    }
  }
  std::vector<const v1::Event*> events;
  events.reserve(read.size());
  for (const v1::Event& event : read) events.push_back(&event);
  Send(watcher, events, std::max(seen, watcher.watch.place.position), now);
  if (!watcher.told || now - watcher.sent_at >= watcher.watch.heartbeat)
    Bookmark(watcher, now);
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> FanOut::Pump(storage::Session& session,
                                        absl::Time now) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (watchers_.empty()) {
      recent_.Stop();
      return absl::InfiniteFuture();
    }
  }
  bool more = true;
  absl::Status failed;
  for (int i = 0; more && i < kReadings; ++i) {
    absl::StatusOr<bool> read = ReadOn(session, now);
    failed = read.status();
    more = read.ok() && *read;
  }
  std::lock_guard<std::mutex> lock(mutex_);
  const absl::Time next = Heartbeats(now);
  if (!failed.ok()) return failed;
  return more ? now : next;
}

absl::StatusOr<bool> FanOut::ReadOn(storage::Session& session, absl::Time now) {
  FeedPosition from;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    from = recent_.read_until();
  }
  storage::FeedPage page;
  absl::Status status = session.Read(
      ReadOptions(now), [&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<storage::FeedPage> read =
            storage::ReadFeed(tx, from, {}, kReaderPage);
        if (!read.ok()) return read.status();
        page = *std::move(read);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  std::lock_guard<std::mutex> lock(mutex_);
  head_sequence_ = std::max(head_sequence_.load(), page.head_sequence);
  if (page.state != storage::FeedState::kOk) {
    // The reader was away for longer than events are kept. The streams find
    // out for themselves.
    recent_.StartAt(FeedPosition{page.head_sequence});
    for (const auto& [id, watcher] : watchers_) {
      if (!std::exchange(watcher->live, false)) continue;
      watcher->read_until = watcher->watch.place.position;
      Schedule(watcher);
    }
    return false;
  }
  const bool full = page.events.size() == kReaderPage;
  const FeedPosition before = recent_.head();
  recent_.Add(std::move(page), full);
  Deliver(before, now);
  recent_.Trim();
  return full;
}

void FanOut::Deliver(FeedPosition before, absl::Time now) {
  const std::vector<const v1::Event*> fresh = recent_.After(before);
  std::vector<const v1::Event*> events;
  for (const auto& [id, watcher] : watchers_) {
    if (!watcher->live) continue;
    const FeedPosition from = watcher->watch.place.position;
    events.clear();
    for (const v1::Event* event : fresh) {
      if (FeedPosition{event->sequence(), event->index()} > from &&
          watcher->watch.selection.Matches(*event)) {
        events.push_back(event);
      }
    }
    if (!events.empty() &&
        watcher->watch.stream->pending_bytes() > options_.slow_bytes) {
      // It reads on from the table when its queue is empty.
      watcher->live = false;
      watcher->read_until = from;
      continue;
    }
    Send(*watcher, events, std::max(from, recent_.head()), now);
  }
}

absl::Time FanOut::Heartbeats(absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, watcher] : watchers_) {
    if (!watcher->live) {
      if (watcher->busy) continue;
      if (watcher->retry_at <= now) Schedule(watcher);
      next = std::min(next, watcher->retry_at);
      continue;
    }
    if (watcher->sent_at + watcher->watch.heartbeat <= now) {
      // What is in the queue is as good.
      if (watcher->watch.stream->pending_bytes() == 0) {
        Bookmark(*watcher, now);
      } else {
        watcher->sent_at = now;
      }
    }
    next = std::min(next, watcher->sent_at + watcher->watch.heartbeat);
  }
  return next;
}

void FanOut::Send(Watcher& watcher, const std::vector<const v1::Event*>& events,
                  FeedPosition seen, absl::Time now) {
  FeedPosition& position = watcher.watch.place.position;
  v1::WatchEventsResponse message;
  size_t bytes = 0;
  const auto flush = [&](FeedPosition place) {
    if (message.events().empty()) return;
    position = place;
    Write(watcher, &message, now);
    message.Clear();
    bytes = 0;
  };
  for (size_t i = 0; i < events.size();) {
    const size_t end = i + TransactionSize(events, i);
    size_t together = 0;
    for (size_t at = i; at < end; ++at) together += events[at]->ByteSizeLong();
    if (bytes + together > options_.message_bytes ||
        message.events_size() >= kMostInMessage) {
      flush(FeedPosition{events[i]->sequence() - 1});
    }
    for (; i < end; ++i) {
      const size_t size = events[i]->ByteSizeLong();
      if (bytes > 0 && bytes + size > options_.message_bytes)
        flush({events[i - 1]->sequence(), events[i - 1]->index()});
      *message.add_events() = *events[i];
      bytes += size;
    }
  }
  flush(seen);
  position = seen;
}

void FanOut::Bookmark(Watcher& watcher, absl::Time now) {
  v1::WatchEventsResponse message;
  message.set_bookmark(true);
  Write(watcher, &message, now);
}

void FanOut::Write(Watcher& watcher, v1::WatchEventsResponse* message,
                   absl::Time now) {
  const Watch& watch = watcher.watch;
  message->set_resume_token(
      SealPlace(services_, watch.selection, watch.place, now));
  message->set_head_sequence(
      std::max(head_sequence_.load(), watch.place.position.sequence));
  message->set_seen_sequence(SeenAt(watch.place));
  watcher.told = true;
  watcher.sent_at = now;
  watch.stream->Write(*message);
}

}  // namespace charter::services
