#include "tests/kill/watcher.h"

#include <chrono>
#include <utility>

#include "charter/v1/admin_service.grpc.pb.h"

namespace charter::test {

Watcher::Watcher(std::shared_ptr<grpc::Channel> channel)
    : channel_(std::move(channel)), thread_([this] { Run(); }) {}

Watcher::~Watcher() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  thread_.join();
}

void Watcher::Run() {
  const auto stub = v1::EventService::NewStub(channel_);
  v1::WatchEventsRequest request;
  request.set_from_earliest(true);
  request.mutable_heartbeat_interval()->set_nanos(200'000'000);
  for (;;) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) return;
      context_ = &context;
    }
    const auto reader = stub->WatchEvents(&context, request);
    v1::WatchEventsResponse response;
    while (reader->Read(&response)) {
      const std::lock_guard<std::mutex> lock(mutex_);
      events_.insert(events_.end(), response.events().begin(),
                     response.events().end());
      request.set_resume_token(response.resume_token());
    }
    reader->Finish();
    const std::lock_guard<std::mutex> lock(mutex_);
    context_ = nullptr;
    ++resumptions_;
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
  const auto stub = v1::AdminService::NewStub(channel_);
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
  int64_t head = -1;
  while (std::chrono::steady_clock::now() < give_up) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    v1::ServerInfo info;
    const bool answered =
        stub->GetServerInfo(&context, v1::GetServerInfoRequest(), &info).ok();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const int64_t seen = events_.empty() ? 0 : events_.back().sequence();
      // Twice the same head: the publisher has nothing more either.
      if (answered && info.head_sequence() == head && seen == head) return true;
    }
    if (answered) head = info.head_sequence();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  return false;
}

std::vector<v1::Event> Watcher::events() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_;
}

}  // namespace charter::test
