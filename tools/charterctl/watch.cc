#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/v1/event_service.grpc.pb.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {
namespace {

std::string At(const google::protobuf::Timestamp& time) {
  return absl::FormatTime(
      "%Y-%m-%d %H:%M:%E3S",
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
      absl::UTCTimeZone());
}

void Print(const v1::Event& event) {
  std::string more;
  if (event.has_transition()) {
    const v1::Transition& transition = event.transition();
    if (!transition.trigger().empty())
      absl::StrAppend(&more, " trigger ", transition.trigger());
    if (transition.late()) absl::StrAppend(&more, " (late)");
    if (!transition.corrects().empty()) {
      absl::StrAppend(&more,
                      transition.withdrawn() ? " withdrawn" : " corrected");
    }
  }
  std::printf("%8lld.%-2d %s  %-26s %s%s\n",
              static_cast<long long>(event.sequence()), event.index(),
              At(event.occur_time()).c_str(), event.type().c_str(),
              event.subject().c_str(), more.c_str());
}

}  // namespace

absl::Status Watch(const Connection& connection, const WatchOptions& options) {
  auto stub = v1::EventService::NewStub(connection.channel());
  v1::WatchEventsRequest request;
  request.mutable_filter()->set_account(options.account);
  for (const std::string& type : options.types) {
    request.mutable_filter()->add_event_types(type);
  }
  if (options.from_earliest) request.set_from_earliest(true);
  int printed = 0;
  for (int attempt = 0;;) {
    grpc::ClientContext context;
    connection.Prepare(&context, absl::InfiniteDuration());
    auto stream = stub->WatchEvents(&context, request);
    v1::WatchEventsResponse response;
    while (stream->Read(&response)) {
      attempt = 0;
      for (const v1::Event& event : response.events()) {
        Print(event);
        if (++printed == options.count) {
          context.TryCancel();
          return absl::OkStatus();
        }
      }
      std::fflush(stdout);
      // Go on right here, on whatever server answers next.
      if (!response.resume_token().empty())
        request.set_resume_token(response.resume_token());
    }
    const grpc::Status status = stream->Finish();
    if (status.ok()) return absl::OkStatus();
    if (!WorthRetrying(status) || attempt > 30)
      return absl::UnavailableError(Describe(status));
    PauseBefore(++attempt);
  }
}

}  // namespace charter::tools
