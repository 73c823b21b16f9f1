#include "tools/bench/floor/comparison.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <numeric>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "charter/v1/case_service.grpc.pb.h"
#include "charter/v1/entitlement_service.grpc.pb.h"
#include "server/observability/log.h"
#include "server/server.h"
#include "server/services/shared/clock.h"
#include "storage/store.h"
#include "tools/bench/load/cpu.h"
#include "tools/bench/load/support.h"

namespace charter::bench {
namespace {

constexpr int kAccounts = 500;

std::string NameOf(absl::string_view url) {
  return std::string(url.substr(url.rfind('/') + 1));
}

// A call under way, by a bare stub: the callers share the machine with the
// server that is measured, so they are as cheap as can be.
class Waiting {
 public:
  virtual ~Waiting() = default;
  virtual void End() = 0;
};

template <typename Request, typename Response>
struct Pending : Waiting {
  void End() override { done(status.ok() && right(response)); }

  grpc::ClientContext context;
  Request request;
  Response response;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
  bool (*right)(const Response& response) = nullptr;
  std::function<void(bool ok)> done;
};

// Takes the answers on one thread, so that the callers leave the processors to
// the server as far as they can.
class Answers {
 public:
  Answers() : thread_([this] { Run(); }) {}
  ~Answers() {
    queue_.Shutdown();
    thread_.join();
  }

  // Of a call that was started.
  template <typename Request, typename Response>
  void Await(std::unique_ptr<Pending<Request, Response>> call) {
    Waiting* const tag = call.get();
    call->reader->Finish(&call->response, &call->status, tag);
    (void)call.release();
  }
  grpc::CompletionQueue* queue() { return &queue_; }

 private:
  void Run() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
      const std::unique_ptr<Waiting> call(static_cast<Waiting*>(tag));
      call->End();
    }
  }

  grpc::CompletionQueue queue_;
  std::thread thread_;
};

v1::OpenCaseRequest OpenRequest(int64_t index) {
  v1::OpenCaseRequest request;
  request.set_request_id(
      absl::StrFormat("%08x-0000-4000-8000-%012x", index >> 32, index));
  v1::Case& item = *request.mutable_case_();
  item.set_account(absl::StrCat("accounts/a", index % kAccounts));
  item.set_subject("The printer on the second floor is on fire");
  item.set_description(std::string(400, 'x'));
  item.set_owner("ann");
  item.set_priority(static_cast<int32_t>(index % 4 + 1));
  return request;
}

// Calls number 0, 1, … of a kind, over the channels in turn.
AsyncCall CallsOf(CallKind kind,
                  std::vector<std::shared_ptr<grpc::Channel>> channels,
                  int64_t first) {
  auto answers = std::make_shared<Answers>();
  if (kind == CallKind::kOpen) {
    auto stubs =
        std::make_shared<std::vector<std::unique_ptr<v1::CaseService::Stub>>>();
    for (const auto& channel : channels)
      stubs->push_back(v1::CaseService::NewStub(channel));
    return [=](int64_t index, std::function<void(bool)> done) {
      auto call = std::make_unique<
          Pending<v1::OpenCaseRequest, v1::OpenCaseResponse>>();
      call->request = OpenRequest(first + index);
      call->right = [](const v1::OpenCaseResponse& response) {
        return response.milestones_size() == 3;
      };
      call->done = std::move(done);
      call->reader =
          (*stubs)[static_cast<size_t>(index) % stubs->size()]->AsyncOpenCase(
              &call->context, call->request, answers->queue());
      answers->Await(std::move(call));
    };
  }
  auto stubs = std::make_shared<
      std::vector<std::unique_ptr<v1::EntitlementService::Stub>>>();
  for (const auto& channel : channels)
    stubs->push_back(v1::EntitlementService::NewStub(channel));
  return [=](int64_t index, std::function<void(bool)> done) {
    auto call = std::make_unique<
        Pending<v1::VerifyEntitlementRequest, v1::VerifyEntitlementResponse>>();
    call->request.set_account(
        absl::StrCat("accounts/a", (first + index) % kAccounts));
    call->right = [](const v1::VerifyEntitlementResponse& response) {
      return response.eligible();
    };
    call->done = std::move(done);
    call->reader = (*stubs)[static_cast<size_t>(index) % stubs->size()]
                       ->AsyncVerifyEntitlement(&call->context, call->request,
                                                answers->queue());
    answers->Await(std::move(call));
  };
}

void CheckAllSucceeded(const LoadResult& result) {
  if (result.failed > 0) Die(absl::StrCat(result.failed, " calls failed"));
}

// `text` of a statement as a reader knows it: its beginning.
std::string Head(absl::string_view text) {
  return std::string(text.substr(0, 100));
}

}  // namespace

Comparison::Comparison(CallKind kind, const ComparisonOptions& options)
    : kind_(kind), options_(options), database_({}) {
  server_ = std::make_unique<BenchServer>(database_);
  channels_ = server_->Channels(kChannels);
  MakeSupport(server_->Client(), kAccounts);
  WaitUntilPublished();
  backlog_.clear();
  test::MariadbServer& mariadb = *database_.mariadb();
  const std::string from = NameOf(database_.url());
  const std::string recorded_url = mariadb.CreateDatabase();
  std::vector<std::string> copies = {NameOf(recorded_url)};
  for (const FloorKind floor : kFloorKinds) {
    floors_[floor].url = mariadb.CreateDatabase();
    copies.push_back(NameOf(floors_[floor].url));
  }
  for (const std::string& table : mariadb.Admin(absl::StrCat(
           "SELECT TABLE_NAME FROM information_schema.TABLES WHERE "
           "TABLE_SCHEMA = '",
           from, "'"))) {
    for (const std::string& to : copies) {
      mariadb.Admin(absl::StrCat("CREATE TABLE ", to, ".", table, " LIKE ",
                                 from, ".", table));
      mariadb.Admin(absl::StrCat("INSERT INTO ", to, ".", table,
                                 " SELECT * FROM ", from, ".", table));
      mariadb.Admin(absl::StrCat("ANALYZE TABLE ", to, ".", table));
    }
    mariadb.Admin(absl::StrCat("ANALYZE TABLE ", from, ".", table));
  }
  RecordCalls(recorded_url);
  mariadb.DropDatabase(recorded_url);
  for (auto& [floor, parts] : floors_) {
    for (int i = 0; i < kFloorConnections; ++i) {
      parts.connections.push_back(std::make_unique<FloorConnection>(
          parts.url, floor == FloorKind::kPrepared));
    }
  }
}

Comparison::~Comparison() = default;

void Comparison::RecordCalls(const std::string& url) {
  const absl::Status silent = SetUpLog("off");
  if (!silent.ok()) Die(silent.ToString());
  Recorder recorder;
  storage::StoreOptions store_options;
  store_options.migrations = &storage::ProductMigrations();
  store_options.statement_log = &recorder;
  auto store = storage::OpenStore(url, store_options);
  if (!store.ok()) Die(store.status().ToString());
  SystemClock clock;
  ServerOptions server_options;
  server_options.background = false;  // else its statements were calls as well
  auto server =
      Server::Start(**store, clock, call::Identity::Insecure(), server_options);
  if (!server.ok()) Die(server.status().ToString());
  const AsyncCall call = CallsOf(kind_, {(*server)->InProcessChannel()}, 0);
  const int64_t wanted = options_.calls * (options_.rounds + 1);
  LoadResult result;
  // The catalogue is read by the first one.
  RunClosedLoop(1, 1, CallsOf(kind_, {(*server)->InProcessChannel()}, wanted),
                &result);
  recorder.Take();
  RunClosedLoop(kFloorConnections, wanted, call, &result);
  CheckAllSucceeded(result);
  calls_ = recorder.Take();
  if (static_cast<int64_t>(calls_.size()) != wanted) {
    Die(absl::StrCat(wanted, " calls were made in ", calls_.size(),
                     " transactions"));
  }
  std::set<std::string> tables;
  for (const RecordedStatement& statement : calls_.front().statements) {
    const std::vector<std::string> words = absl::StrSplit(statement.sql, ' ');
    if (absl::StartsWith(statement.sql, "INSERT INTO "))
      tables.insert(words[2]);
  }
  tables_.assign(tables.begin(), tables.end());
}

void Comparison::WaitUntilPublished() {
  const std::string sql =
      absl::StrCat("SELECT COUNT(*) FROM ", NameOf(database_.url()), ".outbox");
  int64_t left = std::atoll(database_.mariadb()->Admin(sql).front().c_str());
  backlog_.push_back(left);
  while (left > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    left = std::atoll(database_.mariadb()->Admin(sql).front().c_str());
  }
}

void Comparison::RunServer(int round, LoadResult* result, std::string* cpu) {
  const CpuMeter meter({{"mariadbd", database_.mariadb()->pid()},
                        {"charterd", server_->process().pid()},
                        {"callers", getpid()}});
  RunClosedLoop(options_.callers, options_.calls,
                CallsOf(kind_, channels_, round * options_.calls), result);
  CheckAllSucceeded(*result);
  *cpu = meter.PerCall(options_.calls);
  WaitUntilPublished();
}

void Comparison::RunFloor(FloorKind kind, int round, LoadResult* result,
                          std::string* cpu) {
  Floor& floor = floors_[kind];
  const CpuMeter meter(
      {{"mariadbd", database_.mariadb()->pid()}, {"connector", getpid()}});
  const auto first = static_cast<size_t>(round * options_.calls);
  RunWorkers(
      kFloorConnections, options_.calls,
      [&](int worker, int64_t index) {
        floor.connections[static_cast<size_t>(worker)]->Send(
            calls_[first + static_cast<size_t>(index)]);
        return true;
      },
      result);
  *cpu = meter.PerCall(options_.calls);
  for (size_t i = first; i < first + static_cast<size_t>(options_.calls); ++i) {
    floor.recorded += {calls_[i].round_trips(), calls_[i].rows_written(),
                       calls_[i].rows_read()};
  }
}

std::vector<int64_t> Comparison::RowCounts(const std::string& url) {
  std::vector<int64_t> counts;
  const std::string name = NameOf(url);
  for (const std::string& table : tables_) {
    // The publisher takes what is in the outbox, and counts it.
    const std::string sql =
        table == "outbox"
            ? absl::StrCat("SELECT next_sequence + (SELECT COUNT(*) FROM ",
                           name, ".outbox) FROM ", name,
                           ".feed_head WHERE id = 1")
            : absl::StrCat("SELECT COUNT(*) FROM ", name, ".", table);
    counts.push_back(
        std::atoll(database_.mariadb()->Admin(sql).front().c_str()));
  }
  return counts;
}

std::string Comparison::Counts(std::string* differs) {
  const auto calls = static_cast<double>(calls_.size());
  const auto per_call = [&](int64_t count) {
    return absl::StrFormat("%.2f", static_cast<double>(count) / calls);
  };
  std::string out = "statements of one call:\n";
  for (const RecordedStatement& statement : calls_.back().statements) {
    absl::StrAppendFormat(&out, "  %3d rows %s  %s\n", statement.rows,
                          statement.writes ? "written" : "read   ",
                          Head(statement.sql));
  }
  if (calls_.back().commits) out += "               COMMIT\n";
  const std::vector<int64_t> of_server = RowCounts(database_.url());
  for (const auto& [kind, floor] : floors_) {
    FloorCounts sent;
    for (const auto& connection : floor.connections)
      sent += connection->counts();
    absl::StrAppend(&out, "statements a call: server ",
                    per_call(floor.recorded.round_trips), ", floor ",
                    per_call(sent.round_trips), "; rows written: server ",
                    per_call(floor.recorded.rows_written), ", floor ",
                    per_call(sent.rows_written), "; rows read: server ",
                    per_call(floor.recorded.rows_read), ", floor ",
                    per_call(sent.rows_read), "\n");
    if (!(floor.recorded == sent)) *differs = "statements or rows";
    const std::vector<int64_t> of_floor = RowCounts(floor.url);
    for (size_t i = 0; i < tables_.size(); ++i) {
      if (of_server[i] == of_floor[i]) continue;
      absl::StrAppend(differs, differs->empty() ? "" : "; ", tables_[i],
                      " has ", of_server[i], " rows and ", of_floor[i]);
    }
  }
  if (kind_ == CallKind::kOpen) {
    absl::StrAppend(&out,
                    "transactions not yet on the feed at the end of each "
                    "server's round: ",
                    absl::StrJoin(backlog_, ", "), "\n");
  }
  return out;
}

}  // namespace charter::bench
