// A watcher of the whole feed that outlives the servers it watches.
#ifndef CHARTER_TESTS_KILL_WATCHER_H_
#define CHARTER_TESTS_KILL_WATCHER_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "charter/client/channel.h"
#include "charter/client/event_stream.h"

namespace charter::test {

// Begins at the earliest event; that it goes on right where a stream broke is
// the SDK's EventStream's doing.
class Watcher {
 public:
  explicit Watcher(std::shared_ptr<client::Channel> channel);
  ~Watcher();

  // Waits, for at most half a minute, until everything up to the feed's head,
  // as the server tells it now, has come. False: it has not.
  bool CatchUp();
  // Waits, for at most half a minute, until an event of this type came of each
  // of these cases, or of something of theirs.
  bool WaitForEach(absl::string_view type, const std::set<std::string>& cases);
  // What came, in the order in which it came.
  std::vector<v1::Event> events() const;
  int64_t resumptions() const { return stream_.reconnections(); }
  // OK while it goes on.
  absl::Status status() const;

 private:
  void Run();

  const std::shared_ptr<client::Channel> channel_;
  client::EventStream stream_;
  mutable std::mutex mutex_;
  std::vector<v1::Event> events_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace charter::test

#endif  // CHARTER_TESTS_KILL_WATCHER_H_
