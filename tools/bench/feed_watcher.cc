#include "tools/bench/feed_watcher.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "charter/v1/event_service.grpc.pb.h"
#include "tools/bench/load/support.h"

namespace charter::bench {

FeedWatcher::FeedWatcher(std::shared_ptr<grpc::Channel> channel,
                         const v1::EventFilter& filter, OnEvent on_event)
    : channel_(std::move(channel)), on_event_(std::move(on_event)) {
  const auto stub = v1::EventService::NewStub(channel_);
  v1::WatchEventsRequest request;
  *request.mutable_filter() = filter;
  context_.set_wait_for_ready(true);
  reader_ = stub->WatchEvents(&context_, request);
  v1::WatchEventsResponse first;
  if (!reader_->Read(&first)) Die(reader_->Finish().error_message());
  if (first.events_size() != 0) Die("a watcher began before now");
  thread_ = std::thread([this] { Run(); });
}

FeedWatcher::~FeedWatcher() {
  stopping_ = true;
  context_.TryCancel();
  thread_.join();
}

void FeedWatcher::Run() {
  v1::WatchEventsResponse response;
  std::pair<int64_t, int32_t> last;
  while (reader_->Read(&response)) {
    const absl::Time received = absl::Now();
    for (const v1::Event& event : response.events()) {
      const std::pair<int64_t, int32_t> place(event.sequence(), event.index());
      if (place <= last) {
        Die(absl::StrCat("event ", place.first, ".", place.second,
                         " came after ", last.first, ".", last.second));
      }
      last = place;
      on_event_(event, received);
    }
  }
  const grpc::Status status = reader_->Finish();
  if (!stopping_) Die("a watcher's stream ended: " + status.error_message());
}

void WaitFor(const std::function<bool()>& done, const std::string& what) {
  for (int i = 0; i < 3000 && !done(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (!done()) Die(what);
}

}  // namespace charter::bench
