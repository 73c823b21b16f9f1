#include <cstdio>

#include "absl/time/time.h"
#include "charter/client/time.h"
#include "charter/v1/admin_client.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {

using client::ToTime;

absl::Status Status(const Connection& connection) {
  v1::AdminClient admin(connection, Brief());
  const absl::StatusOr<v1::ServerInfo> info =
      admin.GetServerInfo(v1::GetServerInfoRequest());
  if (!info.ok()) return info.status();
  const absl::Time now = ToTime(info->time());
  const absl::Time start = ToTime(info->start_time());
  std::printf("version         %s (engine %s, zone data %s)\n",
              info->version().c_str(), info->engine_version().c_str(),
              info->tzdata_version().c_str());
  std::printf("database        %s, schema %d\n", info->backend().c_str(),
              info->schema_version());
  std::printf(
      "up since        %s, for %s\n",
      absl::FormatTime(start, absl::UTCTimeZone()).c_str(),
      absl::FormatDuration(absl::Trunc(now - start, absl::Seconds(1))).c_str());
  std::printf("feed            %lld transactions\n",
              static_cast<long long>(info->head_sequence()));
  std::printf("timers waiting  %lld",
              static_cast<long long>(info->pending_wakeup_count()));
  if (info->has_next_wakeup_time()) {
    const absl::Duration until = ToTime(info->next_wakeup_time()) - now;
    std::printf(", the next %s%s",
                absl::FormatDuration(absl::Trunc(absl::AbsDuration(until),
                                                 absl::Milliseconds(1)))
                    .c_str(),
                until < absl::ZeroDuration() ? " late" : " from now");
  }
  std::printf("\n");
  return absl::OkStatus();
}

}  // namespace charter::tools
