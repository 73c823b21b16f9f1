// Resources of one kind as they are now, kept by the feed: all of them at
// first, then each change as it comes.
//
//   client::LiveCache<v1::Entitlement> cache(
//       v1::MakeEventConnection(channel), "entitlements",
//       [&](const client::Options& with) {
//         return entitlements.ListEntitlements(with);
//       },
//       [&](const std::string& name, const client::Options& with) {
//         return entitlements.GetEntitlement(name, with);
//       });
//   …
//   auto gold = cache.Get("entitlements/gold", absl::Seconds(30));
#ifndef CHARTER_CLIENT_LIVE_CACHE_H_
#define CHARTER_CLIENT_LIVE_CACHE_H_

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/client/cancellation.h"
#include "charter/client/event_stream.h"
#include "charter/client/page_range.h"
#include "charter/client/status.h"

namespace charter::client {

// What a LiveCache follows, and how.
struct LiveCacheOptions {
  EventStreamOptions stream = {};
  // Only events of this account are followed; the list must keep to it, too.
  std::string account = "";
  // Called once, on the cache's thread, when it can follow no more: with what
  // Get returns from then on. It must not destroy the cache. May be empty.
  std::function<void(const absl::Status&)> on_end = nullptr;
};

namespace internal {

// What an event says of the row that is its subject.
enum class Tells {
  kGone,
  kWhole,  // the row as it is then, in `resource`
  kPart,   // that it is another now
};
// `type`: of the rows, `charter.v1.Account`.
Tells WhatTells(const v1::Event& event, const std::string& type);

}  // namespace internal

// Thread-safe. Deleted resources leave it. Events that do not carry their whole
// resource (units of an allotment that were used, all of cases and milestones)
// make it be read again, once per message of the feed. A row may be newer than
// its neighbours, and while the cache catches up go back for a moment, but it
// is never older than what `staleness` says. A thread of its own follows the
// feed until it is destroyed; when the feed has gone on further than it keeps,
// all is listed anew.
template <typename T>
class LiveCache {
 public:
  // Both are asked on the cache's thread, and call with the options that they
  // are given: these end the call when the cache is destroyed, which otherwise
  // waits for it.
  using List = std::function<PageRange<T>(const Options& with)>;
  // NOT_FOUND: it is gone.
  using Read = std::function<absl::StatusOr<T>(const std::string& name,
                                               const Options& with)>;
  // Told of each row that a message of the feed changed, on the cache's thread:
  // the name, and the resource; none: it is gone.
  using OnChange = std::function<void(const std::string& name, const T*)>;

  // `collection`: `accounts`. `list` gives all that is wanted, `read` one.
  LiveCache(std::shared_ptr<v1::EventConnection> events, std::string collection,
            List list, Read read, LiveCacheOptions options = {},
            OnChange on_change = {})
      : events_(std::move(events)),
        collection_(std::move(collection)),
        list_(std::move(list)),
        read_(std::move(read)),
        options_(std::move(options)),
        on_change_(std::move(on_change)),
        timing_(options_.stream.timing == nullptr ? SystemTiming()
                                                  : options_.stream.timing),
        with_(Options().Set<CancellationOption>(cancellation_)),
        thread_([this] { Run(); }) {}
  ~LiveCache() {
    {
      const std::lock_guard lock(mutex_);
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
    std::unique_lock lock(mutex_);
    const auto settled = [this] { return ready_ || !broken_.ok(); };
    constexpr absl::Duration kMost = absl::Hours(24 * 365);
    if (!settled_.wait_for(
            lock, absl::ToChronoMilliseconds(std::min(most, kMost)), settled))
      return absl::DeadlineExceededError("the cache is not filled yet");
    return broken_;
  }

  // The resource as it was at most `staleness` ago; none: there is none.
  // UNAVAILABLE: nothing that fresh is known, ask the server.
  absl::StatusOr<std::optional<T>> Get(
      const std::string& name,
      absl::Duration staleness = absl::InfiniteDuration()) const {
    const std::lock_guard lock(mutex_);
    if (absl::Status fresh = CheckFresh(staleness); !fresh.ok()) return fresh;
    const auto found = rows_.find(name);
    if (found == rows_.end()) return std::optional<T>();
    return std::optional<T>(found->second);
  }
  // All for which `wanted` holds, in no order. `wanted` must not ask the cache.
  absl::StatusOr<std::vector<T>> Find(
      const std::function<bool(const T&)>& wanted,
      absl::Duration staleness = absl::InfiniteDuration()) const {
    const std::lock_guard lock(mutex_);
    if (absl::Status fresh = CheckFresh(staleness); !fresh.ok()) return fresh;
    std::vector<T> rows;
    for (const auto& [name, row] : rows_) {
      if (wanted(row)) rows.push_back(row);
    }
    return rows;
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return rows_.size();
  }
  // How long ago the server last said that nothing is missing here; infinite:
  // never yet.
  absl::Duration staleness() const {
    const std::lock_guard lock(mutex_);
    return Staleness();
  }

 private:
  // A message that was waited for so long was not there before.
  static constexpr absl::Duration kWaited = absl::Milliseconds(1);

  absl::Duration Staleness() const {
    return ready_ ? timing_->Steady() - complete_ : absl::InfiniteDuration();
  }
  absl::Status CheckFresh(absl::Duration staleness) const {
    if (!broken_.ok()) return broken_;
    if (Staleness() <= staleness && ready_) return absl::OkStatus();
    return absl::UnavailableError(
        ready_ ? absl::StrCat("the cache was last complete ",
                              absl::FormatDuration(Staleness()), " ago")
               : "the cache is not filled yet");
  }
  bool Filled() const {
    const std::lock_guard lock(mutex_);
    return ready_;
  }
  bool Stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void Run() {
    int failures = 0;
    while (!Stopping()) {
      absl::Status status = Follow(&failures);
      if (Stopping()) return;
      // Listing anew mends a token that is too old, or of a database that is
      // another now, and what a server that was away longer than the stream
      // waits left undone.
      if (const std::string reason = ReasonOf(status);
          reason != "RESUME_TOKEN_EXPIRED" && reason != "PAGE_TOKEN_INVALID" &&
          !internal::WorthReconnecting(status, Filled())) {
        {
          const std::lock_guard lock(mutex_);
          broken_ = status;
          settled_.notify_all();
        }
        if (options_.on_end != nullptr) options_.on_end(status);
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
    with.timing = timing_;
    with.call.template Set<CancellationOption>(cancellation_);
    EventStream stream(events_, std::move(request), with);
    return FollowWith(stream, failures);
  }
  absl::Status FollowWith(EventStream& stream, int* failures) {
    // The first message comes at once; from its place on nothing is missed.
    absl::StatusOr<v1::WatchEventsResponse> response = stream.Next();
    if (!response.ok()) return response.status();
    const absl::Time begun = timing_->Steady();
    absl::flat_hash_map<std::string, T> rows;
    for (absl::StatusOr<T>& row : list_(with_)) {
      if (!row.ok()) return row.status();
      if (Stopping()) return absl::CancelledError("the cache goes");
      std::string name = row->name();
      rows.insert_or_assign(std::move(name), *std::move(row));
    }
    {
      const std::lock_guard lock(mutex_);
      rows_.swap(rows);
    }
    // Listed anew: what changed while nobody followed.
    if (on_change_ != nullptr && std::exchange(filled_, true)) TellOfAll(rows);
    if (absl::Status status = Apply(*response); !status.ok()) return status;
    {
      const std::lock_guard lock(mutex_);
      complete_ = begun;
      ready_ = true;
      settled_.notify_all();
    }
    *failures = 0;
    absl::Time fresh = begun;
    for (;;) {
      const absl::Time asked = timing_->Steady();
      response = stream.Next();
      if (!response.ok()) return response.status();
      // What is there at once may have come while nobody looked: it tells of
      // no later moment than that when there last was nothing.
      if (const absl::Time now = timing_->Steady(); now - asked >= kWaited)
        fresh = now;
      if (absl::Status status = Apply(*response); !status.ok()) return status;
      const std::lock_guard lock(mutex_);
      if (CaughtUp(*response)) complete_ = std::max(complete_, fresh);
    }
  }
  // Whether nothing that the server knew of is missing after the message.
  static bool CaughtUp(const v1::WatchEventsResponse& response) {
    return internal::SeenBy(response) >= response.head_sequence();
  }

  // What is left of a row; none: nothing.
  static std::optional<T> Left(T row) {
    if constexpr (requires { row.has_delete_time(); }) {
      if (row.has_delete_time()) return std::nullopt;
    }
    return row;
  }
  // Makes of the message what becomes of its rows, and tells of them.
  absl::Status Apply(const v1::WatchEventsResponse& response) {
    using internal::Tells;
    std::map<std::string, std::optional<T>> changes;
    std::set<std::string> in_part;
    const std::string type(T::descriptor()->full_name());
    for (const v1::Event& event : response.events()) {
      const std::string& name = event.subject();
      std::optional<T>& row = changes[name];
      row.reset();
      in_part.erase(name);
      switch (internal::WhatTells(event, type)) {
        case Tells::kGone:
          break;
        case Tells::kWhole:
          if (T whole; event.resource().UnpackTo(&whole))
            row = Left(std::move(whole));
          break;
        case Tells::kPart:
          in_part.insert(name);
          break;
      }
    }
    for (const std::string& name : in_part) {
      absl::StatusOr<T> row = read_(name, with_);
      if (row.ok()) {
        changes[name] = Left(*std::move(row));
      } else if (!absl::IsNotFound(row.status())) {
        return row.status();
      }
    }
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, row] : changes) {
        if (row.has_value()) {
          rows_.insert_or_assign(name, *row);
        } else {
          rows_.erase(name);
        }
      }
    }
    if (on_change_ == nullptr) return absl::OkStatus();
    for (const auto& [name, row] : changes)
      on_change_(name, row.has_value() ? &*row : nullptr);
    return absl::OkStatus();
  }
  void TellOfAll(const absl::flat_hash_map<std::string, T>& before) const {
    absl::flat_hash_map<std::string, T> now;
    {
      const std::lock_guard lock(mutex_);
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
  const Read read_;
  const LiveCacheOptions options_;
  const OnChange on_change_;
  const std::shared_ptr<Timing> timing_;
  Cancellation cancellation_;
  const Options with_;

  mutable std::mutex mutex_;  // of what follows, up to filled_
  mutable std::condition_variable settled_;
  absl::flat_hash_map<std::string, T> rows_;
  bool ready_ = false;
  bool stopping_ = false;
  absl::Time complete_;
  absl::Status broken_;
  bool filled_ = false;  // of the thread
  std::thread thread_;   // last: it uses the others
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_LIVE_CACHE_H_
