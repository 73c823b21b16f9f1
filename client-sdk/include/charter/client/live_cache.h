// Resources of one kind as they are now, kept by the feed: all of them at
// first, then each change as it comes.
//
//   client::LiveCache<v1::Entitlement> cache(
//       v1::MakeEventConnection(channel), "entitlements",
//       [&] { return entitlements.ListEntitlements(); });
//   …
//   auto gold = cache.Get("entitlements/gold", absl::Seconds(30));
#ifndef CHARTER_CLIENT_LIVE_CACHE_H_
#define CHARTER_CLIENT_LIVE_CACHE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "charter/client/cancellation.h"
#include "charter/client/event_stream.h"
#include "charter/client/page_range.h"
#include "charter/client/status.h"

namespace charter::client {

// What a LiveCache follows, and how.
struct LiveCacheOptions {
  EventStreamOptions stream;
  // Only events of this account are followed; the list must keep to it, too.
  std::string account;
};

// Thread-safe. Deleted resources leave it. A row is as the last event has it
// that carries the whole resource: what others tell of (units of an allotment
// that were used, messages of a case), and the texts that events leave out, are
// only as new as that. A thread of its own follows the feed until it is
// destroyed; when the feed has gone on further than it keeps, all is listed
// anew.
template <typename T>
class LiveCache {
 public:
  using List = std::function<PageRange<T>()>;
  // Told of each change, on the cache's thread: the name, and the resource;
  // none: it is gone.
  using OnChange = std::function<void(const std::string& name, const T*)>;

  // `collection`: `accounts`. `list` gives all that is wanted.
  LiveCache(std::shared_ptr<v1::EventConnection> events, std::string collection,
            List list, LiveCacheOptions options = {}, OnChange on_change = {})
      : events_(std::move(events)),
        collection_(std::move(collection)),
        list_(std::move(list)),
        options_(std::move(options)),
        on_change_(std::move(on_change)),
        timing_(options_.stream.timing == nullptr ? SystemTiming()
                                                  : options_.stream.timing),
        thread_([this] { Run(); }) {}
  ~LiveCache() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    cancellation_.Cancel();
    timing_->Wake();
    thread_.join();
  }
  LiveCache(const LiveCache&) = delete;
  LiveCache& operator=(const LiveCache&) = delete;

  // Waits until all is there. DEADLINE_EXCEEDED, or why it cannot be.
  absl::Status WaitUntilReady(absl::Duration most) const {
    absl::MutexLock lock(&mutex_);
    const auto settled = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return ready_ || !broken_.ok();
    };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&settled), most))
      return absl::DeadlineExceededError("the cache is not filled yet");
    return broken_;
  }

  // The resource as it was at most `staleness` ago; none: there is none.
  // UNAVAILABLE: nothing that fresh is known, ask the server.
  absl::StatusOr<std::optional<T>> Get(
      const std::string& name,
      absl::Duration staleness = absl::InfiniteDuration()) const {
    absl::MutexLock lock(&mutex_);
    if (absl::Status fresh = CheckFresh(staleness); !fresh.ok()) return fresh;
    const auto found = rows_.find(name);
    if (found == rows_.end()) return std::optional<T>();
    return std::optional<T>(found->second);
  }
  // All for which `wanted` holds, in no order. `wanted` must not ask the cache.
  absl::StatusOr<std::vector<T>> Find(
      const std::function<bool(const T&)>& wanted,
      absl::Duration staleness = absl::InfiniteDuration()) const {
    absl::MutexLock lock(&mutex_);
    if (absl::Status fresh = CheckFresh(staleness); !fresh.ok()) return fresh;
    std::vector<T> rows;
    for (const auto& [name, row] : rows_) {
      if (wanted(row)) rows.push_back(row);
    }
    return rows;
  }
  size_t size() const {
    absl::MutexLock lock(&mutex_);
    return rows_.size();
  }
  // How long ago the server last said that nothing is missing here; infinite:
  // never yet.
  absl::Duration staleness() const {
    absl::MutexLock lock(&mutex_);
    return Staleness();
  }

 private:
  absl::Duration Staleness() const {
    return ready_ ? timing_->Steady() - complete_ : absl::InfiniteDuration();
  }
  absl::Status CheckFresh(absl::Duration staleness) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    if (!broken_.ok()) return broken_;
    if (Staleness() <= staleness && ready_) return absl::OkStatus();
    return absl::UnavailableError(
        ready_ ? absl::StrCat("the cache was last complete ",
                              absl::FormatDuration(Staleness()), " ago")
               : "the cache is not filled yet");
  }
  bool Stopping() const {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  }

  void Run() {
    int failures = 0;
    while (!Stopping()) {
      absl::Status status = Follow(&failures);
      if (Stopping()) return;
      // Listing anew mends a token that is too old, and what a server that was
      // away longer than the stream waits left undone.
      if (ReasonOf(status) != "RESUME_TOKEN_EXPIRED" &&
          !internal::WorthReconnecting(status)) {
        absl::MutexLock lock(&mutex_);
        broken_ = std::move(status);
        return;
      }
      timing_->Sleep(internal::PauseOf(options_.stream.reconnect, failures++,
                                       RetryDelayOf(status)),
                     [this] { return Stopping(); });
    }
  }

  // Lists, and follows from before the list.
  absl::Status Follow(int* failures) {
    v1::WatchEventsRequest request;
    request.mutable_filter()->set_account(options_.account);
    request.mutable_filter()->add_resource_types(collection_);
    EventStreamOptions with = options_.stream;
    with.call.template Set<CancellationOption>(cancellation_);
    EventStream stream(events_, std::move(request), with);
    return FollowWith(stream, failures);
  }
  absl::Status FollowWith(EventStream& stream, int* failures) {
    // The first message comes at once; from its place on nothing is missed.
    absl::StatusOr<v1::WatchEventsResponse> response = stream.Next();
    if (!response.ok()) return response.status();
    absl::flat_hash_map<std::string, T> rows;
    for (absl::StatusOr<T>& row : list_()) {
      if (!row.ok()) return row.status();
      std::string name = row->name();
      rows.insert_or_assign(std::move(name), *std::move(row));
    }
    {
      absl::MutexLock lock(&mutex_);
      rows_.swap(rows);
      Apply(*response);
      complete_ = timing_->Now();
    }
    // Listed anew: what changed while nobody followed.
    if (on_change_ != nullptr && std::exchange(filled_, true)) TellOfAll(rows);
    {
      absl::MutexLock lock(&mutex_);
      ready_ = true;
    }
    Tell(*response);
    *failures = 0;
    for (;;) {
      response = stream.Next();
      if (!response.ok()) return response.status();
      {
        absl::MutexLock lock(&mutex_);
        Apply(*response);
        if (CaughtUp(*response)) complete_ = timing_->Now();
      }
      Tell(*response);
    }
  }
  // Whether nothing that the server knew of is missing after the message.
  static bool CaughtUp(const v1::WatchEventsResponse& response) {
    return response.events().empty() ||
           response.events().rbegin()->sequence() >= response.head_sequence();
  }

  // What the event does to its resource: true, and the row, or none when it is
  // gone; false: nothing that is kept here.
  static bool After(const v1::Event& event, std::optional<T>* row) {
    row->reset();
    if (absl::EndsWith(event.type(), ".deleted") ||
        absl::EndsWith(event.type(), ".transferred_out"))
      return true;
    if (!event.has_resource() || !event.resource().template Is<T>())
      return false;
    row->emplace();
    if (!event.resource().UnpackTo(&**row)) return false;
    if constexpr (requires { (*row)->has_delete_time(); }) {
      if ((*row)->has_delete_time()) row->reset();
    }
    return true;
  }
  void Apply(const v1::WatchEventsResponse& response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::optional<T> row;
    for (const v1::Event& event : response.events()) {
      if (!After(event, &row)) continue;
      if (row.has_value()) {
        rows_.insert_or_assign(event.subject(), *std::move(row));
      } else {
        rows_.erase(event.subject());
      }
    }
  }
  void Tell(const v1::WatchEventsResponse& response) const {
    if (on_change_ == nullptr) return;
    std::optional<T> row;
    for (const v1::Event& event : response.events()) {
      if (After(event, &row))
        on_change_(event.subject(), row.has_value() ? &*row : nullptr);
    }
  }
  void TellOfAll(const absl::flat_hash_map<std::string, T>& before) const {
    absl::flat_hash_map<std::string, T> now;
    {
      absl::MutexLock lock(&mutex_);
      now = rows_;
    }
    for (const auto& [name, row] : before) {
      if (!now.contains(name)) on_change_(name, nullptr);
    }
    for (const auto& [name, row] : now) {
      const auto was = before.find(name);
      if (was == before.end() ||
          was->second.SerializeAsString() != row.SerializeAsString())
        on_change_(name, &row);
    }
  }

  const std::shared_ptr<v1::EventConnection> events_;
  const std::string collection_;
  const List list_;
  const LiveCacheOptions options_;
  const OnChange on_change_;
  const std::shared_ptr<Timing> timing_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, T> rows_ ABSL_GUARDED_BY(mutex_);
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time complete_ ABSL_GUARDED_BY(mutex_);
  absl::Status broken_ ABSL_GUARDED_BY(mutex_);
  bool filled_ = false;  // of the thread
  Cancellation cancellation_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_LIVE_CACHE_H_
