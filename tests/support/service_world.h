// Services and workers on a database of their own, without a transport: time
// goes when a test says so, and nothing happens by itself.
#ifndef CHARTER_TESTS_SUPPORT_SERVICE_WORLD_H_
#define CHARTER_TESTS_SUPPORT_SERVICE_WORLD_H_

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.pb.h"
#include "google/protobuf/text_format.h"
#include "server/services/catalog/catalog.h"
#include "server/services/events/fan_out.h"
#include "server/services/shared/call.h"
#include "server/services/shared/services.h"
#include "server/services/shared/stream.h"
#include "server/services/shared/tokens.h"
#include "storage/records/ids.h"
#include "storage/store.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_dir.h"

namespace charter::test {

// A message from its text; aborts when it has a mistake.
template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    ADD_FAILURE() << "not a " << Message::descriptor()->name() << ":\n" << text;
    std::abort();
  }
  return message;
}

// Stream handlers' other end. Thread-safe.
class FakeStream : public services::Stream {
 public:
  bool Write(const google::protobuf::MessageLite& message) override;
  size_t pending_bytes() const override;
  void Finish(const absl::Status& status) override;
  bool ended() const override;
  void SetCallbacks(std::function<void()> on_drained,
                    std::function<void()> on_end,
                    std::function<void()> on_drain_server) override;

  // What came since the last call.
  std::vector<v1::WatchEventsResponse> Take();
  std::vector<v1::WatchEventsResponse> all() const;
  // Until Drain, what is written stays in the queue: a client that doesn't
  // read.
  void Hold();
  void Drain();
  // The client goes away; the server stops.
  void Cancel();
  void StopServer();
  absl::Status final_status() const;

 private:
  mutable std::mutex mutex_;
  std::vector<v1::WatchEventsResponse> messages_;
  size_t taken_ = 0;
  size_t pending_ = 0;
  bool holds_ = false;
  bool ended_ = false;
  absl::Status final_;
  std::function<void()> on_drained_, on_end_, on_drain_server_;
};

// What one server has in memory.
class Host {
 public:
  Host(storage::Store& store, Clock& clock,
       const services::FanOut::Options& fan_out);

  services::Services& services() { return services_; }
  // Runs what the fan-out wants run, and what that wants, until there is none.
  void RunJobs();
  // One job; false: there is none.
  bool RunJob();

 private:
  storage::IdGenerator ids_;
  services::Tokens tokens_;
  services::CatalogCache catalog_;
  services::Services services_;
  std::mutex mutex_;
  std::deque<std::function<void(storage::Session&)>> jobs_;
  std::unique_ptr<services::FanOut> fan_out_;
  std::unique_ptr<storage::Session> session_;
};

struct WorldOptions {
  storage::Engine engine = storage::Engine::kSqlite;
  services::FanOut::Options fan_out = {};
};

class ServiceWorld {
 public:
  explicit ServiceWorld(WorldOptions options = {});
  ~ServiceWorld();

  SimulatedClock& clock() { return clock_; }
  absl::Time now() { return clock_.Now(); }
  storage::Store& store() { return *store_; }
  services::Services& services() { return host().services(); }
  Host& host() { return *hosts_.front(); }
  // Another server on the same database (on SQLite: as if two could be).
  Host& AddHost();
  // The first server is killed and another one started: what was in memory is
  // gone.
  void Restart();

  // Called before each statement; what it returns is taken for the engine's
  // error. It may wait, to hold up a transaction. See
  // StoreOptions::inject_error. Thread-safe.
  void SetFault(std::function<int(absl::string_view sql)> fault);

  // Runs a handler as an administrator; its error fails the test.
  template <typename Request, typename Response>
  Response Do(absl::StatusOr<Response> (*handler)(services::Call&,
                                                  const Request&),
              const Request& request) {
    absl::StatusOr<Response> response = Try(handler, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : Response();
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Try(
      absl::StatusOr<Response> (*handler)(services::Call&, const Request&),
      const Request& request) {
    const auto session = store().OpenSession();
    services::Call call(services(), *session, Info());
    return handler(call, request);
  }
  // The administrator `tester`, now.
  services::CallInfo Info();

  // An account `accounts/acme` with an entitlement `entitlements/gold` under a
  // process: `first` within an hour with a warning at half of it that notifies,
  // and `fix` within four hours, completed by closing the case; `fix`, when
  // violated, sets the priority to 1 and creates a task. `hours`: that both are
  // under, a resource name; empty: the default set.
  void SetUpSupport(const std::string& hours = "");
  // Opens `cases/ID` of acme under gold.
  void Open(const std::string& id);

  // All rows of a query, each a line of fields joined by '|'; NULL is "NULL".
  std::vector<std::string> Lines(const std::string& sql);
  int64_t Number(const std::string& sql);
  void Execute(const std::string& sql);
  // The feed as far as it is published, in order.
  std::vector<v1::Event> Feed();

 private:
  void OpenStore();

  const WorldOptions options_;
  TempDir dir_;
  SimulatedClock clock_;
  std::string url_;
  std::mutex fault_mutex_;
  std::function<int(absl::string_view)> fault_;
  std::unique_ptr<storage::Store> store_;
  std::vector<std::unique_ptr<Host>> hosts_;
};

// For INSTANTIATE_TEST_SUITE_P: the suite runs on both.
inline constexpr storage::Engine kEngines[] = {storage::Engine::kSqlite,
                                               storage::Engine::kMysql};
inline std::string EngineName(
    const testing::TestParamInfo<storage::Engine>& info) {
  return info.param == storage::Engine::kSqlite ? "Sqlite" : "Mariadb";
}

}  // namespace charter::test

#endif  // CHARTER_TESTS_SUPPORT_SERVICE_WORLD_H_
