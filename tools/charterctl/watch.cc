#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "charter/client/event_stream.h"
#include "charter/client/time.h"
#include "charter/v1/event_client.h"
#include "tools/charterctl/commands.h"

namespace charter::tools {
namespace {

// How many connections in a row may give nothing: about a minute's.
constexpr int kConnections = 60;

std::string At(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S", client::ToTime(time),
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
  v1::WatchEventsRequest request;
  request.mutable_filter()->set_account(options.account);
  for (const std::string& type : options.types) {
    request.mutable_filter()->add_event_types(type);
  }
  if (options.from_earliest) request.set_from_earliest(true);
  client::EventStreamOptions patience;
  patience.reconnect.most_attempts = kConnections;
  // Goes on right where it was, on whatever server answers next.
  client::EventStream stream(v1::MakeEventConnection(connection),
                             std::move(request), patience);
  int printed = 0;
  for (;;) {
    const absl::StatusOr<v1::WatchEventsResponse> response = stream.Next();
    if (!response.ok()) return response.status();
    for (const v1::Event& event : response->events()) {
      Print(event);
      if (++printed == options.count) return absl::OkStatus();
    }
    std::fflush(stdout);
  }
}

}  // namespace charter::tools
