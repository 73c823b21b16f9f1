#include "charter/testing/fake_charter.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "charter/client/credentials.h"
#include "charter/client/faults.h"
#include "charter/client/timing.h"
#include "client-sdk/testing/virtual_timing.h"
#include "server/call/identity.h"
#include "server/observability/log.h"
#include "server/server.h"
#include "server/services/shared/clock.h"
#include "storage/records/wakeups.h"
#include "storage/store.h"

namespace charter::testing {
namespace {

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "FakeCharter: %s\n", status.ToString().c_str());
  std::abort();
}

// Once per program: tests read answers, not logs.
void SilenceLog() {
  static const bool done = [] {
    Must(SetUpLog("off"));
    return true;
  }();
  (void)done;
}

storage::StoreOptions Storing() {
  storage::StoreOptions options;
  options.migrations = &storage::ProductMigrations();
  options.sqlite_durable = false;
  return options;
}

// A folder that goes with it.
class PrivateFolder {
 public:
  PrivateFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "charter-fake-XXXXXX")
            .string();
    if (mkdtemp(pattern.data()) == nullptr) {
      std::perror("FakeCharter: a folder for temporary files");
      std::abort();
    }
    path_ = std::move(pattern);
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string File(absl::string_view name) const {
    return absl::StrCat(path_, "/", name);
  }

 private:
  std::string path_;
};

// A file of the database without anything in it. Made once per program, for
// its tables take most of the time that a fake takes to make.
const std::string& EmptyDatabase() {
  static const std::string* const bytes = [] {
    const PrivateFolder folder;
    const std::string file = folder.File("empty.db");
    {
      auto store =
          storage::OpenStore(absl::StrCat("sqlite://", file), Storing());
      Must(store.status());
      Must((*store)->Migrate(FakeOptions().start));
    }
    std::ifstream read(file, std::ios::binary);
    return new std::string(std::istreambuf_iterator<char>(read), {});
  }();
  return *bytes;
}

class VirtualClock : public Clock {
 public:
  explicit VirtualClock(absl::Time start)
      : now_us_(absl::ToUnixMicros(start)) {}
  absl::Time Now() override { return absl::FromUnixMicros(now_us_.load()); }
  void Set(absl::Time now) { now_us_.store(absl::ToUnixMicros(now)); }
  void Add(absl::Duration by) {
    now_us_.fetch_add(absl::ToInt64Microseconds(by));
  }

 private:
  std::atomic<int64_t> now_us_;
};

// By the fake's clock; nobody waits. Deadlines are the machine's, so that a
// test that hangs ends.
class NoWaiting : public client::Timing {
 public:
  absl::Time Now() override { return machine_->Now(); }
  absl::Time Steady() override { return machine_->Steady(); }
  void Sleep(absl::Duration, const std::function<bool()>&) override {}
  void After(absl::Duration, std::function<void()> then) override {
    machine_->After(absl::ZeroDuration(), std::move(then));
  }
  void Wake() override {}

 private:
  const std::shared_ptr<client::Timing> machine_ = client::SystemTiming();
};

bool Matches(absl::string_view pattern, absl::string_view method) {
  return pattern == "*" || method == pattern ||
         absl::EndsWith(method, absl::StrCat("/", pattern)) ||
         absl::EndsWith(method, absl::StrCat(".", pattern));
}

class OrderedFaults : public client::Faults {
 public:
  explicit OrderedFaults(std::shared_ptr<VirtualClock> clock)
      : clock_(std::move(clock)) {}

  void Add(absl::string_view method, absl::Status status, int times,
           bool before) {
    absl::MutexLock lock(&mutex_);
    ordered_.push_back({std::string(method), std::move(status), times, before});
  }
  void Delay(absl::string_view method, absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    delays_[std::string(method)] = by;
  }

  // From now on no attempt begins. Waits for those that have begun, for a while
  // without `stop`, which cuts off what waits for something to happen.
  void Close(const std::function<void()>& stop) {
    constexpr absl::Duration kPatience = absl::Seconds(2);
    absl::MutexLock lock(&mutex_);
    closed_ = true;
    const auto none = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return under_way_ == 0;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&none), kPatience);
    mutex_.Unlock();
    stop();
    mutex_.Lock();
    mutex_.Await(absl::Condition(&none));
  }

  void Ended() override {
    absl::MutexLock lock(&mutex_);
    --under_way_;
  }
  absl::Status Before(absl::string_view method, absl::Duration left) override {
    {
      absl::MutexLock lock(&mutex_);
      if (closed_) return absl::FailedPreconditionError("the fake is gone");
      absl::Duration delay;
      for (const auto& [pattern, by] : delays_) {
        if (Matches(pattern, method)) delay += by;
      }
      left = std::max(left, absl::ZeroDuration());
      const bool too_slow = delay > left;
      clock_->Add(too_slow ? left : delay);
      if (too_slow) {
        return absl::DeadlineExceededError(
            "by the fake's clock, the server is slower than the call's "
            "deadline");
      }
    }
    absl::Status status = Take(method, true);
    if (status.ok()) {
      absl::MutexLock lock(&mutex_);
      // Closed in between: see Close.
      if (closed_) return absl::FailedPreconditionError("the fake is gone");
      ++under_way_;
    }
    return status;
  }
  absl::Status After(absl::string_view method) override {
    return Take(method, false);
  }

 private:
  struct Ordered {
    std::string method;
    absl::Status status;
    int times;
    bool before;
  };

  absl::Status Take(absl::string_view method, bool before) {
    absl::MutexLock lock(&mutex_);
    for (auto it = ordered_.begin(); it != ordered_.end(); ++it) {
      if (it->before != before || !Matches(it->method, method)) continue;
      absl::Status status = it->status;
      if (--it->times <= 0) ordered_.erase(it);
      return status;
    }
    return absl::OkStatus();
  }

  const std::shared_ptr<VirtualClock> clock_;
  absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Ordered> ordered_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, absl::Duration> delays_ ABSL_GUARDED_BY(mutex_);
};

std::vector<int> AllShards() {
  std::vector<int> shards;
  for (int shard = 0; shard < storage::kWakeupShards; ++shard)
    shards.push_back(shard);
  return shards;
}

}  // namespace

class FakeCharter::Impl {
 public:
  explicit Impl(const FakeOptions& options)
      : shared_clock(std::make_shared<VirtualClock>(options.start)),
        clock(*shared_clock),
        timing(std::make_shared<NoWaiting>()),
        virtual_timing(std::make_shared<VirtualTiming>(
            [clock = shared_clock] { return clock->Now(); })),
        faults(std::make_shared<OrderedFaults>(shared_clock)) {
    SilenceLog();
    const std::string file = folder.File("charter.db");
    std::ofstream(file, std::ios::binary) << EmptyDatabase();
    auto opened =
        storage::OpenStore(absl::StrCat("sqlite://", file), Storing());
    Must(opened.status());
    store = *std::move(opened);
    std::unique_ptr<call::Identity> identity = call::Identity::Insecure();
    if (!options.tokens.empty()) {
      const std::string known = folder.File("tokens.toml");
      std::ofstream(known) << options.tokens;
      auto from_file = call::Identity::FromFile(known, call::Roles());
      Must(from_file.status());
      identity = *std::move(from_file);
    }
    ServerOptions server_options;
    server_options.background = false;
    server_options.listen.clear();
    auto started =
        Server::Start(*store, clock, std::move(identity), server_options);
    Must(started.status());
    server = *std::move(started);
  }

  // What waits for the clock sees that it went on.
  void SetClock(absl::Time now) {
    clock.Set(now);
    virtual_timing->Advanced();
    server->services().actions.Ring();
  }

  // The next instant at which something changes by itself.
  std::optional<absl::Time> NextDue() {
    if (session == nullptr) session = store->OpenSession();
    std::optional<absl::Time> next;
    storage::TxOptions transaction;
    transaction.now = clock.Now();
    Must(session->Read(transaction,
                       [&](storage::Transaction& tx) -> absl::Status {
                         auto read = storage::NextWakeup(tx, AllShards());
                         if (!read.ok()) return read.status();
                         next = *read;
                         return absl::OkStatus();
                       }));
    return next;
  }

  PrivateFolder folder;
  const std::shared_ptr<VirtualClock> shared_clock;  // channels outlive this
  VirtualClock& clock;
  const std::shared_ptr<client::Timing> timing;
  const std::shared_ptr<VirtualTiming> virtual_timing;
  const std::shared_ptr<OrderedFaults> faults;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Server> server;
  std::unique_ptr<storage::Session> session;  // of who advances
};

FakeCharter::FakeCharter(FakeOptions options)
    : impl_(std::make_unique<Impl>(options)) {}
// gRPC's in-process channels cannot begin a call once their server is gone.
FakeCharter::~FakeCharter() {
  impl_->faults->Close([this] { impl_->server->Stop(absl::ZeroDuration()); });
}

std::shared_ptr<client::Channel> FakeCharter::channel(client::Options options) {
  options.Set<client::GrpcChannelOption>(impl_->server->InProcessChannel());
  options.Set<client::TimingOption>(impl_->timing);
  options.Set<client::FaultsOption>(impl_->faults);
  // Else a token file that the environment names would be asked.
  if (options.Find<client::CredentialsOption>() == nullptr)
    options.Set<client::CredentialsOption>(nullptr);
  return client::Channel::Open(std::move(options));
}

std::shared_ptr<client::Timing> FakeCharter::timing() { return impl_->timing; }

std::shared_ptr<client::Timing> FakeCharter::virtual_timing() {
  return impl_->virtual_timing;
}

absl::Time FakeCharter::now() const { return impl_->clock.Now(); }

void FakeCharter::Advance(absl::Duration by) { AdvanceTo(now() + by); }

void FakeCharter::AdvanceTo(absl::Time time) {
  Must(impl_->server->workers().RunUntilIdle());
  for (;;) {
    const std::optional<absl::Time> next = impl_->NextDue();
    if (!next.has_value() || *next > time) break;
    if (*next > now()) impl_->SetClock(*next);
    Must(impl_->server->workers().RunUntilIdle());
  }
  impl_->SetClock(time);
  Must(impl_->server->workers().RunUntilIdle());
}

void FakeCharter::FailNext(absl::string_view method, absl::Status status,
                           int times, Fault fault) {
  impl_->faults->Add(method, std::move(status), times,
                     fault == Fault::kNotSent);
}

void FakeCharter::Delay(absl::string_view method, absl::Duration by) {
  impl_->faults->Delay(method, by);
}

}  // namespace charter::testing
