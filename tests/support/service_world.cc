#include "tests/support/service_world.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/services/cases/cases.h"
#include "server/services/directory/directory.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/process/process.h"
#include "storage/migrations/migration.h"
#include "storage/records/feed.h"
#include "storage/sql/statement_log.h"

namespace charter::test {
namespace {

void Check(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "test world: %s\n", status.ToString().c_str());
  std::abort();
}

std::string FieldOf(const storage::Row& row, size_t i) {
  switch (row.kind(i)) {
    case storage::Cell::Kind::kInteger:
      return absl::StrCat(row.Int64(i));
    case storage::Cell::Kind::kText:
      return std::string(row.Text(i));
    case storage::Cell::Kind::kReal:
      return absl::StrCat(row.Double(i));
    default:
      return "NULL";
  }
}

}  // namespace

bool FakeStream::Write(const google::protobuf::MessageLite& message) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) return false;
  messages_.emplace_back().ParseFromString(message.SerializeAsString());
  if (holds_) pending_ += message.ByteSizeLong();
  return true;
}

size_t FakeStream::pending_bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return pending_;
}

void FakeStream::Finish(const absl::Status& status) {
  std::function<void()> end;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
    ended_ = true;
    final_ = status;
    end = on_end_;
  }
  if (end) end();
}

bool FakeStream::ended() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return ended_;
}

void FakeStream::SetCallbacks(std::function<void()> on_drained,
                              std::function<void()> on_end,
                              std::function<void()> on_drain_server) {
  std::lock_guard<std::mutex> lock(mutex_);
  on_drained_ = std::move(on_drained);
  on_end_ = std::move(on_end);
  on_drain_server_ = std::move(on_drain_server);
}

std::vector<v1::WatchEventsResponse> FakeStream::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<v1::WatchEventsResponse> taken(messages_.begin() + taken_,
                                             messages_.end());
  taken_ = messages_.size();
  return taken;
}

std::vector<v1::WatchEventsResponse> FakeStream::all() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return messages_;
}

void FakeStream::Hold() {
  std::lock_guard<std::mutex> lock(mutex_);
  holds_ = true;
}

void FakeStream::Drain() {
  std::function<void()> drained;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    pending_ = 0;
    holds_ = false;
    drained = on_drained_;
  }
  if (drained) drained();
}

void FakeStream::Cancel() { Finish(absl::CancelledError("")); }

void FakeStream::StopServer() {
  std::function<void()> stop;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop = on_drain_server_;
  }
  if (stop) stop();
}

absl::Status FakeStream::final_status() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return final_;
}

Host::Host(storage::Store& store, Clock& clock,
           const services::FanOut::Options& fan_out)
    : session_(store.OpenSession()) {
  services_.store = &store;
  services_.clock = &clock;
  services_.ids = &ids_;
  services_.tokens = &tokens_;
  services_.catalog = &catalog_;
  services_.start_time = clock.Now();
  fan_out_ = std::make_unique<services::FanOut>(
      services_,
      [this](std::function<void(storage::Session&)> job) {
        std::lock_guard<std::mutex> lock(mutex_);
        jobs_.push_back(std::move(job));
        return true;
      },
      fan_out);
  services_.fan_out = fan_out_.get();
  Check(tokens_.Load(*session_, clock.Now()));
}

bool Host::RunJob() {
  std::function<void(storage::Session&)> job;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (jobs_.empty()) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  job(*session_);
  return true;
}

void Host::RunJobs() {
  while (RunJob()) {
  }
}

ServiceWorld::ServiceWorld(WorldOptions options)
    : options_(std::move(options)) {
  url_ = options_.engine == storage::Engine::kSqlite
             ? absl::StrCat("sqlite://", dir_.File("charter.db"))
             : MariadbServer::Shared().CreateDatabase();
  OpenStore();
  Check(store_->Migrate(clock_.Now()));
  AddHost();
}

ServiceWorld::~ServiceWorld() {
  hosts_.clear();
  store_.reset();
  if (options_.engine == storage::Engine::kMysql)
    MariadbServer::Shared().DropDatabase(url_);
}

void ServiceWorld::OpenStore() {
  storage::StoreOptions options;
  options.migrations = &storage::ProductMigrations();
  options.max_attempts = 3;
  options.inject_error = [this](absl::string_view sql) {
    std::function<int(absl::string_view)> fault;
    {
      std::lock_guard<std::mutex> lock(fault_mutex_);
      fault = fault_;
    }
    return fault ? fault(sql) : 0;
  };
  auto store = storage::OpenStore(url_, options);
  Check(store.status());
  store_ = *std::move(store);
}

Host& ServiceWorld::AddHost() {
  hosts_.push_back(std::make_unique<Host>(*store_, clock_, options_.fan_out));
  return *hosts_.back();
}

void ServiceWorld::Restart() {
  hosts_.front() = std::make_unique<Host>(*store_, clock_, options_.fan_out);
}

void ServiceWorld::SetFault(std::function<int(absl::string_view sql)> fault) {
  std::lock_guard<std::mutex> lock(fault_mutex_);
  fault_ = std::move(fault);
}

services::CallInfo ServiceWorld::Info() {
  services::CallInfo info;
  info.worker = "test";
  info.principal = services::Principal::System();
  info.principal.name = "tester";
  info.now = now();
  info.call_id = "test";
  return info;
}

void ServiceWorld::SetUpSupport(const std::string& hours) {
  using services::CreateAccount;
  Do(&CreateAccount,
     Proto<v1::CreateAccountRequest>(
         "account_id: 'acme' account { display_name: 'Acme' }"));
  for (const char* type : {"first", "fix"}) {
    Do(&services::CreateMilestoneType,
       Proto<v1::CreateMilestoneTypeRequest>(absl::StrCat(
           "milestone_type_id: '", type,
           "' milestone_type { display_name: 'M' recurrence: NONE }")));
  }
  v1::CreateEntitlementProcessRequest process =
      Proto<v1::CreateEntitlementProcessRequest>(R"(
        entitlement_process_id: 'support'
        entitlement_process {
          display_name: 'Support'
          definition {
            kind: CASE
            milestones {
              key: 'first'
              milestone_type: 'milestoneTypes/first'
              order: 1
              target { seconds: 3600 }
              triggers {
                key: 'half'
                kind: WARNING
                used_percent: 50
                actions {
                  key: 'tell'
                  notify {
                    recipients: 'owner'
                    template: '{milestone} is half used'
                  }
                }
              }
              triggers { key: 'missed' kind: VIOLATION }
            }
            milestones {
              key: 'fix'
              milestone_type: 'milestoneTypes/fix'
              order: 2
              target { seconds: 14400 }
              completion_criteria: 'is_closed'
              triggers {
                key: 'missed'
                kind: VIOLATION
                actions {
                  key: 'raise'
                  set_fields { fields { key: 'priority' value: '1' } }
                }
                actions {
                  key: 'look'
                  create_task { subject: 'Look' owner: 'lead' }
                }
              }
            }
          }
        })");
  process.mutable_entitlement_process()
      ->mutable_definition()
      ->set_business_hours(hours);
  Do(&services::CreateEntitlementProcess, process);
  Do(&services::PublishVersion,
     Proto<v1::PublishVersionRequest>("name: 'entitlementProcesses/support'"));
  Do(&services::CreateEntitlement, Proto<v1::CreateEntitlementRequest>(R"(
    entitlement_id: 'gold'
    entitlement {
      account: 'accounts/acme'
      display_name: 'Gold'
      process: 'entitlementProcesses/support'
      start_date { year: 2020 month: 1 day: 1 }
    })"));
}

void ServiceWorld::Open(const std::string& id) {
  Do(&services::OpenCase,
     Proto<v1::OpenCaseRequest>(absl::StrCat(
         "case_id: '", id,
         "' case { account: 'accounts/acme' entitlement: 'entitlements/gold' "
         "subject: 'Help' owner: 'ann' }")));
}

std::vector<std::string> ServiceWorld::Lines(const std::string& sql) {
  const storage::UnrecordedStatementTexts mine;
  std::vector<std::string> lines;
  const auto session = store_->OpenSession();
  storage::TxOptions options;
  options.now = now();
  Check(session->Read(options, [&](storage::Transaction& tx) {
    lines.clear();
    absl::StatusOr<storage::Rows> rows = tx.Query(sql);
    if (!rows.ok()) return rows.status();
    for (const storage::Row row : *rows) {
      std::vector<std::string> fields;
      for (size_t i = 0; i < row.columns(); ++i)
        fields.push_back(FieldOf(row, i));
      lines.push_back(absl::StrJoin(fields, "|"));
    }
    return absl::OkStatus();
  }));
  return lines;
}

int64_t ServiceWorld::Number(const std::string& sql) {
  const std::vector<std::string> lines = Lines(sql);
  return lines.empty() ? -1 : std::atoll(lines.front().c_str());
}

void ServiceWorld::Execute(const std::string& sql) {
  const storage::UnrecordedStatementTexts mine;
  const auto session = store_->OpenSession();
  storage::TxOptions options;
  options.now = now();
  Check(session->Write(options, [&](storage::Transaction& tx) {
    return tx.Execute(sql).status();
  }));
}

std::vector<v1::Event> ServiceWorld::Feed() {
  std::vector<v1::Event> events;
  const auto session = store_->OpenSession();
  storage::TxOptions options;
  options.now = now();
  storage::FeedPosition position;
  while (true) {
    storage::FeedPage page;
    Check(session->Read(options, [&](storage::Transaction& tx) {
      absl::StatusOr<storage::FeedPage> read =
          storage::ReadFeed(tx, position, {}, 1000);
      if (!read.ok()) return read.status();
      page = *std::move(read);
      return absl::OkStatus();
    }));
    for (v1::Event& event : page.events) events.push_back(std::move(event));
    position = page.position;
    if (position.index == storage::FeedPosition::kAllOfIt &&
        position.sequence == page.head_sequence) {
      return events;
    }
  }
}

}  // namespace charter::test
