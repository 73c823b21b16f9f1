#include <fstream>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/services/admin/admin.h"
#include "server/services/shared/time_convert.h"
#include "server/sla/clock/evaluate.h"
#include "storage/migrations/schema_version.h"
#include "storage/records/feed.h"
#include "storage/records/wakeups.h"

namespace charter::services {
namespace {

// The first line of tzdata's own file: "# version 2026f". Empty: unknown.
std::string ReadTzdataVersion() {
  std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  std::getline(file, line);
  absl::string_view version = line;
  return absl::ConsumePrefix(&version, "# version ") ? std::string(version)
                                                     : "";
}

}  // namespace

absl::StatusOr<v1::ServerInfo> GetServerInfo(Call& call,
                                             const v1::GetServerInfoRequest&) {
  static const std::string& tzdata = *new std::string(ReadTzdataVersion());
  Services& services = call.services();
  v1::ServerInfo info;
  info.set_version(services.version);
  info.set_backend(std::string(services.store->dialect().name()));
  info.set_engine_version(absl::StrCat(sla::kEngineVersion));
  info.set_tzdata_version(tzdata);
  *info.mutable_time() = ToProto(call.now());
  *info.mutable_start_time() = ToProto(services.start_time);
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<int> schema = storage::ReadSchemaVersion(tx);
        if (!schema.ok()) return schema.status();
        info.set_schema_version(*schema);
        absl::StatusOr<storage::FeedBounds> feed = storage::ReadFeedBounds(tx);
        if (!feed.ok()) return feed.status();
        info.set_head_sequence(feed->head_sequence);
        absl::StatusOr<int64_t> pending = storage::CountWakeups(tx);
        if (!pending.ok()) return pending.status();
        info.set_pending_wakeup_count(*pending);
        std::vector<int> shards(storage::kWakeupShards);
        std::iota(shards.begin(), shards.end(), 0);
        absl::StatusOr<std::optional<absl::Time>> next =
            storage::NextWakeup(tx, shards);
        if (!next.ok()) return next.status();
        info.clear_next_wakeup_time();
        if (next->has_value()) {
          *info.mutable_next_wakeup_time() = ToProto(**next);
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return info;
}

}  // namespace charter::services
