#include "charter/client/doctor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"
#include "charter/client/timing.h"
#include "charter/v1/admin_client.h"
#include "charter/v1/event_client.h"
#include "charter/version.h"
#include "client-sdk/src/transport.h"

namespace charter::client {
namespace {

constexpr absl::Duration kDeadline = absl::Seconds(5);
// Tokens, leases and instants of events are off by as much as the clocks are.
constexpr absl::Duration kMostSkew = absl::Seconds(5);

std::string WayOutOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return "see that charterd runs, that EndpointOption or CHARTER_ENDPOINT "
             "names it, and that both sides use TLS or neither does";
    case absl::StatusCode::kUnauthenticated:
      return "give a token by CredentialsOption or CHARTER_TOKEN_FILE that "
             "the server's token file has";
    case absl::StatusCode::kPermissionDenied:
      return "give the principal a role that has the permission";
    case absl::StatusCode::kUnimplemented:
      return "something else listens there, or a server older than this SDK";
    default:
      return "read what the status says";
  }
}

// `0.1` of `0.1.0`.
std::string Series(absl::string_view version) {
  const std::vector<absl::string_view> parts = absl::StrSplit(version, '.');
  return parts.size() < 2 ? std::string(version)
                          : absl::StrCat(parts[0], ".", parts[1]);
}

}  // namespace

std::vector<Finding> Doctor(const std::shared_ptr<Channel>& channel) {
  Options options;
  options.Set<DeadlineOption>(kDeadline);
  options.Set<RetryOption>({.most_attempts = 1});
  std::vector<Finding> findings;
  const auto timing = channel->options().Find<TimingOption>();
  const std::shared_ptr<Timing> clock =
      timing == nullptr ? SystemTiming() : *timing;
  const absl::Time before = clock->Now();
  v1::AdminClient admin(channel, options);
  const absl::StatusOr<v1::ServerInfo> info = admin.GetServerInfo();
  const absl::Time after = clock->Now();
  const bool refused =
      info.status().code() == absl::StatusCode::kUnauthenticated ||
      info.status().code() == absl::StatusCode::kPermissionDenied;
  if (!info.ok() && !refused) {
    findings.push_back({"connection", false, Describe(info.status()),
                        WayOutOf(info.status())});
    return findings;
  }
  findings.push_back(
      {"connection", true,
       absl::StrCat("an answer in ", absl::FormatDuration(after - before)),
       ""});
  if (refused) {
    findings.push_back(
        {"identity", false, Describe(info.status()), WayOutOf(info.status())});
    return findings;
  }
  findings.push_back({"identity", true, "the server knows who calls", ""});
  const bool same = Series(info->version()) == Series(kVersion);
  findings.push_back(
      {"version", same,
       absl::StrCat("server ", info->version(), ", SDK ", kVersion),
       same ? "" : "take the SDK of the server's version"});
  const absl::Time theirs = absl::FromUnixSeconds(info->time().seconds()) +
                            absl::Nanoseconds(info->time().nanos());
  const absl::Duration skew = theirs < before  ? before - theirs
                              : theirs > after ? theirs - after
                                               : absl::ZeroDuration();
  findings.push_back(
      {"clock", skew <= kMostSkew,
       absl::StrCat("off by ", absl::FormatDuration(skew)),
       skew <= kMostSkew ? "" : "synchronise both machines' clocks (NTP)"});
  v1::EventClient events(channel, options);
  v1::ListEventsRequest first;
  first.set_page_size(1);
  const absl::Status feed = events.ListEvents(first).status();
  findings.push_back({"feed", feed.ok(),
                      feed.ok()
                          ? absl::StrCat("transaction ", info->head_sequence(),
                                         " is the newest")
                          : Describe(feed),
                      feed.ok() ? "" : WayOutOf(feed)});
  return findings;
}

std::string Print(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, finding.good ? "ok  " : "!!  ", finding.what, ": ",
                    finding.detail);
    if (!finding.way_out.empty()) absl::StrAppend(&text, "; ", finding.way_out);
    text += '\n';
  }
  return text;
}

}  // namespace charter::client
