#include "server/call/database_probe.h"

#include <string>

#include "server/observability/log.h"
#include "storage/migrations/schema_version.h"

namespace charter::call {

DatabaseProbe::DatabaseProbe(services::Services& services, Health& health,
                             absl::Duration every)
    : services_(services),
      health_(health),
      every_(every),
      session_(services.store->OpenSession()) {}

DatabaseProbe::~DatabaseProbe() { Stop(); }

void DatabaseProbe::Start() {
  thread_ = std::thread([this] {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      RunOnce();
      lock.lock();
      wake_.wait_for(lock, absl::ToChronoMilliseconds(every_),
                     [this] { return stopping_; });
    }
  });
}

void DatabaseProbe::Stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DatabaseProbe::RunOnce() {
  storage::TxOptions options;
  options.now = services_.clock->Now();
  options.deadline = options.now + kPatience;
  const absl::Status status =
      session_->Read(options, [](storage::Transaction& tx) {
        return storage::ReadSchemaVersion(tx).status();
      });
  if (status.ok()) {
    if (failures_ >= kFailuresUntilDown) LogEvent("the database answers again");
    failures_ = 0;
    health_.SetReady(true);
    return;
  }
  if (++failures_ == kFailuresUntilDown) {
    LogError("the database does not answer",
             {{"cause", std::string(status.message())}});
    health_.SetReady(false);
  }
}

}  // namespace charter::call
