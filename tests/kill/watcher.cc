#include "tests/kill/watcher.h"

#include <chrono>
#include <utility>

#include "charter/v1/admin_client.h"

namespace charter::test {
namespace {

v1::WatchEventsRequest FromEarliest() {
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  return request;
}

client::EventStreamOptions Impatient() {
  client::EventStreamOptions options;
  options.reconnect.most = absl::Milliseconds(500);
  // A stream has no deadline, whatever the channel's other calls have.
  options.call.Set<client::DeadlineOption>(absl::InfiniteDuration());
  return options;
}

}  // namespace

Watcher::Watcher(std::shared_ptr<client::Channel> channel)
    : channel_(std::move(channel)),
      stream_(v1::MakeEventConnection(channel_), FromEarliest(), Impatient()),
      thread_([this] { Run(); }) {}

Watcher::~Watcher() {
  stream_.Cancel();
  thread_.join();
}

void Watcher::Run() {
  for (;;) {
    const absl::StatusOr<v1::WatchEventsResponse> response = stream_.Next();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!response.ok()) {
      status_ = response.status();
      return;
    }
    events_.insert(events_.end(), response->events().begin(),
                   response->events().end());
  }
}

bool Watcher::WaitForEach(absl::string_view type,
                          const std::set<std::string>& cases) {
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < give_up) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      std::set<std::string> missing = cases;
      for (const v1::Event& event : events_) {
        if (event.type() != type) continue;
        const std::string& subject = event.subject();
        missing.erase(subject.substr(0, subject.find("/milestones/")));
      }
      if (missing.empty()) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

bool Watcher::CatchUp() {
  v1::AdminClient admin(channel_);
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
  int64_t head = -1;
  while (std::chrono::steady_clock::now() < give_up) {
    const auto info = admin.GetServerInfo(v1::GetServerInfoRequest());
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const int64_t seen = events_.empty() ? 0 : events_.back().sequence();
      // Twice the same head: the publisher has nothing more either.
      if (info.ok() && info->head_sequence() == head && seen == head)
        return true;
    }
    if (info.ok()) head = info->head_sequence();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  return false;
}

absl::Status Watcher::status() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return status_;
}

std::vector<v1::Event> Watcher::events() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_;
}

}  // namespace charter::test
