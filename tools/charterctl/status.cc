#include <cstdio>

#include "absl/time/time.h"
#include "charter/v1/admin_service.grpc.pb.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {
namespace {

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

}  // namespace

absl::Status Status(const Connection& connection) {
  auto stub = v1::AdminService::NewStub(connection.channel());
  v1::ServerInfo info;
  grpc::Status status = Retry(
      connection,
      [&](grpc::ClientContext* context) {
        return stub->GetServerInfo(context, v1::GetServerInfoRequest(), &info);
      },
      kBrief);
  if (!status.ok()) return absl::UnavailableError(Describe(status));
  const absl::Time now = ToTime(info.time());
  std::printf("version         %s (engine %s, zone data %s)\n",
              info.version().c_str(), info.engine_version().c_str(),
              info.tzdata_version().c_str());
  std::printf("database        %s, schema %d\n", info.backend().c_str(),
              info.schema_version());
  std::printf(
      "up since        %s, for %s\n",
      absl::FormatTime(ToTime(info.start_time()), absl::UTCTimeZone()).c_str(),
      absl::FormatDuration(
          absl::Trunc(now - ToTime(info.start_time()), absl::Seconds(1)))
          .c_str());
  std::printf("feed            %lld transactions\n",
              static_cast<long long>(info.head_sequence()));
  std::printf("timers waiting  %lld",
              static_cast<long long>(info.pending_wakeup_count()));
  if (info.has_next_wakeup_time()) {
    const absl::Duration until = ToTime(info.next_wakeup_time()) - now;
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
