#include "server/workers/workers.h"

#include "server/workers/feed_publisher.h"
#include "server/workers/feed_reader.h"
#include "server/workers/holiday_renewal.h"
#include "server/workers/rebuild.h"
#include "server/workers/recalculation.h"
#include "server/workers/wakeup_worker.h"

namespace charter::workers {

Workers::Workers(services::Services& services, const WorkersOptions& options)
    : services_(services) {
  workers_.push_back(std::make_unique<Purge>(services, options.purge));
  workers_.push_back(std::make_unique<HolidayRenewal>(services));
  workers_.push_back(std::make_unique<Recalculation>(services));
  workers_.push_back(std::make_unique<Rebuild>(services));
  workers_.push_back(std::make_unique<WakeupWorker>(services));
  workers_.push_back(std::make_unique<FeedPublisher>(services));
  workers_.push_back(std::make_unique<FeedReader>(services));
}

Workers::~Workers() { Stop(); }

void Workers::Start() {
  for (const auto& worker : workers_) worker->Start();
}

void Workers::Stop() {
  for (const auto& worker : workers_) worker->Stop();
}

absl::Status Workers::RunUntilIdle() {
  // In this order nothing that one does gives an earlier one something to do,
  // but for wake-ups that a recalculation moved, which come after it.
  if (session_ == nullptr) session_ = services_.store->OpenSession();
  for (const auto& worker : workers_) {
    absl::Status status = worker->RunUntilIdle(*session_);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace charter::workers
