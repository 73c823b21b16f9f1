#include "server/workers/wakeup_worker.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/observability/log.h"
#include "server/services/shared/cause.h"
#include "server/workers/wakeup_kinds.h"

namespace charter::workers {
namespace {

using services::Call;
using services::WakeupKind;
using storage::DueWakeup;

// How far it looks ahead, so that one statement tells what is due and until
// when to sleep; also how often it looks by itself.
constexpr absl::Duration kHorizon = absl::Milliseconds(50);
// When callers hold all that is due.
constexpr absl::Duration kLockedPause = absl::Milliseconds(5);
constexpr absl::Duration kLongestPause = absl::Minutes(1);

const std::vector<int>& AllShards() {
  static const auto* const shards = [] {
    auto* all = new std::vector<int>(storage::kWakeupShards);
    std::iota(all->begin(), all->end(), 0);
    return all;
  }();
  return *shards;
}

// Whether the database, not an item, is what failed.
bool IsOfDatabase(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status);
}

}  // namespace

WakeupWorker::WakeupWorker(services::Services& services)
    : Worker(services, "wakeups", &services.wakeups, kHorizon),
      lease_(services, "wakeups") {}

absl::StatusOr<absl::Time> WakeupWorker::Work(storage::Session& session,
                                              absl::Time now) {
  const absl::StatusOr<bool> held = lease_.Hold(session, now);
  if (!held.ok()) return held.status();
  if (!*held) {
    coming_.clear();
    return lease_.due();
  }
  absl::Time next = lease_.due();
  absl::StatusOr<std::vector<DueWakeup>> due = TakeComing(now);
  // Some of these may have been moved since.
  const bool remembered = !due->empty();
  if (!remembered) due = ReadDue(session, now, &next);
  if (!due.ok()) return due.status();
  if (due->empty()) {
    left_.clear();
    return next;
  }
  std::vector<std::string> fired;
  const absl::Status together = Fire(session, now, *due, &fired);
  if (IsOfDatabase(together)) return together;
  std::map<std::string, absl::Time> left;
  if (!remembered) left.swap(left_);
  for (const DueWakeup& wakeup : *due) {
    const std::string& name = wakeup.subject;
    if (std::find(fired.begin(), fired.end(), name) != fired.end()) {
      trouble_.erase(name);
      continue;
    }
    const auto before = left.find(name);
    const bool again = before != left.end() && before->second == wakeup.due;
    if (together.ok() && !again) {
      if (!remembered) left_[name] = wakeup.due;
      continue;
    }
    absl::Status alone = FireAlone(session, now, wakeup);
    if (IsOfDatabase(alone)) return alone;
    if (alone.ok()) {
      trouble_.erase(name);
      continue;
    }
    Trouble& trouble = trouble_[name];
    ++trouble.tries;
    trouble.again =
        now + std::min(kFirstPause * (1 << std::min(trouble.tries, 10)),
                       kLongestPause);
    if (trouble.tries < kMostTries) continue;
    std::string cause = services::TakeCause(&alone);
    if (cause.empty()) cause = std::string(alone.message());
    LogError("a wake-up cannot be fired",
             {{"subject", name}, {"cause", cause}});
    const absl::StatusOr<bool> parked = Park(session, now, name);
    if (IsOfDatabase(parked.status())) return parked.status();
    if (parked.ok() && *parked) trouble_.erase(name);
  }
  return fired.empty() && !remembered ? now + kLockedPause : now;
}

std::vector<DueWakeup> WakeupWorker::TakeComing(absl::Time now) {
  std::vector<DueWakeup> due;
  for (DueWakeup& wakeup : coming_) {
    if (wakeup.due <= now && trouble_.count(wakeup.subject) == 0)
      due.push_back(std::move(wakeup));
  }
  coming_.clear();
  return due;
}

absl::StatusOr<std::vector<DueWakeup>> WakeupWorker::ReadDue(
    storage::Session& session, absl::Time now, absl::Time* next) {
  Call call(services(), session, Info(now));
  const int limit = storage::kMaxLocked +
                    static_cast<int>(std::min<size_t>(trouble_.size(), 9000));
  std::vector<DueWakeup> due;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        due.clear();
        coming_.clear();
        const absl::StatusOr<std::vector<DueWakeup>> read =
            storage::ReadDueWakeups(tx, AllShards(), now + kHorizon, limit);
        if (!read.ok()) return read.status();
        for (const DueWakeup& wakeup : *read) {
          const auto trouble = trouble_.find(wakeup.subject);
          const absl::Time at =
              trouble == trouble_.end() ? wakeup.due : trouble->second.again;
          if (at > now || due.size() == storage::kMaxLocked) {
            *next = std::min(*next, at);
            if (trouble == trouble_.end() &&
                coming_.size() < storage::kMaxLocked) {
              coming_.push_back(wakeup);
            }
          } else {
            due.push_back(wakeup);
          }
        }
        if (!due.empty() || !read->empty()) {
          // Those in trouble may hide the next.
          if (!trouble_.empty()) *next = std::min(*next, now + kHorizon);
          return absl::OkStatus();
        }
        // Others' timers are found by looking again.
        if (shared()) return absl::OkStatus();
        const absl::StatusOr<std::optional<absl::Time>> first =
            storage::NextWakeup(tx, AllShards());
        if (!first.ok()) return first.status();
        if (first->has_value()) *next = std::min(*next, **first);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return due;
}

absl::Status WakeupWorker::Fire(storage::Session& session, absl::Time now,
                                const std::vector<DueWakeup>& due,
                                std::vector<std::string>* fired) {
  std::map<const WakeupKind*, std::vector<std::string>> by_kind;
  for (const DueWakeup& wakeup : due)
    by_kind[FindWakeupKind(wakeup.subject)].push_back(wakeup.subject);
  by_kind.erase(nullptr);
  Call call(services(), session, Info(now));
  absl::Status status =
      call.Apply([&](storage::Transaction& tx) -> absl::Status {
        fired->clear();
        for (const auto& [kind, names] : by_kind) {
          const absl::StatusOr<std::vector<std::string>> done =
              kind->fire(call, tx, names, storage::Lock::kForUpdateSkipLocked);
          if (!done.ok()) return done.status();
          fired->insert(fired->end(), done->begin(), done->end());
        }
        return absl::OkStatus();
      });
  if (!status.ok()) fired->clear();
  return status;
}

absl::Status WakeupWorker::FireAlone(storage::Session& session, absl::Time now,
                                     const DueWakeup& due) {
  const WakeupKind* const kind = FindWakeupKind(due.subject);
  if (kind == nullptr) {
    return absl::InternalError(
        absl::StrCat("nothing here wakes up ", due.subject));
  }
  Call call(services(), session, Info(now));
  return call.Apply([&](storage::Transaction& tx) -> absl::Status {
    const absl::StatusOr<std::vector<std::string>> fired =
        kind->fire(call, tx, {due.subject}, storage::Lock::kForUpdate);
    if (!fired.ok() || !fired->empty()) return fired.status();
    // Its row is gone, or is due at another time: this wake-up is nobody's.
    return storage::MoveWakeups(tx, {{due.subject, due.due, std::nullopt}});
  });
}

absl::StatusOr<bool> WakeupWorker::Park(storage::Session& session,
                                        absl::Time now,
                                        const std::string& name) {
  const WakeupKind* const kind = FindWakeupKind(name);
  if (kind == nullptr || kind->park == nullptr) return false;
  Call call(services(), session, Info(now));
  absl::Status status = call.Apply(
      [&](storage::Transaction& tx) { return kind->park(call, tx, name); });
  if (!status.ok()) return status;
  return true;
}

void WakeupWorker::Leave(storage::Session& session) {
  lease_.Release(session, services().clock->Now());
}

}  // namespace charter::workers
