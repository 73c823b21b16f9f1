// A watcher of the whole feed that outlives the servers it watches.
#ifndef CHARTER_TESTS_KILL_WATCHER_H_
#define CHARTER_TESTS_KILL_WATCHER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "charter/v1/event_service.grpc.pb.h"

namespace charter::test {

// Begins at the earliest event and resumes, by its last token, wherever a
// stream breaks.
class Watcher {
 public:
  explicit Watcher(std::shared_ptr<grpc::Channel> channel);
  ~Watcher();

  // Waits, for at most half a minute, until everything up to the feed's head,
  // as the server tells it now, has come. False: it has not.
  bool CatchUp();
  // Waits, for at most half a minute, until an event of this type came of each
  // of these cases, or of something of theirs.
  bool WaitForEach(absl::string_view type, const std::set<std::string>& cases);
  // What came, in the order in which it came.
  std::vector<v1::Event> events() const;
  int resumptions() const { return resumptions_; }

 private:
  void Run();

  const std::shared_ptr<grpc::Channel> channel_;
  mutable std::mutex mutex_;
  std::vector<v1::Event> events_;
  grpc::ClientContext* context_ = nullptr;
  std::atomic<int> resumptions_{0};
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_KILL_WATCHER_H_
