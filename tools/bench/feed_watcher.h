// A client that follows the feed and notes when each event came.
#ifndef CHARTER_TOOLS_BENCH_FEED_WATCHER_H_
#define CHARTER_TOOLS_BENCH_FEED_WATCHER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "grpcpp/grpcpp.h"

namespace charter::bench {

// By the bare stub: there are many of it in a process, and the time to delivery
// is the server's. What the client's EventStream costs, client_bench says.
// Reads on a thread of its own. A stream that ends by itself, or an event that
// doesn't come after the one before it, ends the program.
class FeedWatcher {
 public:
  // Called on the watcher's thread.
  using OnEvent =
      std::function<void(const v1::Event& event, absl::Time received)>;

  // When it returns, whatever is published from then on will come.
  FeedWatcher(std::shared_ptr<grpc::Channel> channel,
              const v1::EventFilter& filter, OnEvent on_event);
  // Afterwards `on_event` is called no more.
  ~FeedWatcher();

 private:
  void Run();

  const std::shared_ptr<grpc::Channel> channel_;
  const OnEvent on_event_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

// Waits up to half a minute for `done`, then ends the program with `what`.
void WaitFor(const std::function<bool()>& done, const std::string& what);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_FEED_WATCHER_H_
