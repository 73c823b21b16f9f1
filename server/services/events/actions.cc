#include "storage/records/actions.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/services/events/events.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

constexpr int kDefaultActions = 10;
constexpr absl::Duration kDefaultLease = absl::Seconds(60);

}  // namespace

absl::StatusOr<Poll<v1::PullActionsResponse>> PullActions(
    Call& call, const v1::PullActionsRequest& request) {
  using Result = Poll<v1::PullActionsResponse>;
  const absl::Duration lease =
      request.has_lease_duration()
          ? ToSlaDuration(request.lease_duration()).ToAbsl()
          : kDefaultLease;
  const int most =
      request.max_actions() == 0 ? kDefaultActions : request.max_actions();
  Bell& bell = call.services().actions;
  const int64_t rings = bell.rings();
  // Looked at without a lock first: those who wait look often.
  std::optional<absl::Time> next;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::optional<absl::Time>> found =
            storage::NextActionTime(tx, request.topic());
        if (!found.ok()) return found.status();
        next = *found;
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  v1::PullActionsResponse response;
  if (next.has_value() && *next <= call.now()) {
    absl::StatusOr<v1::PullActionsResponse> pulled =
        call.Write<v1::PullActionsResponse>(
            [&](storage::Transaction& tx)
                -> absl::StatusOr<v1::PullActionsResponse> {
              absl::StatusOr<std::vector<v1::Action>> actions =
                  storage::PullActions(tx, request.topic(), most, lease,
                                       call.now());
              if (!actions.ok()) return actions.status();
              v1::PullActionsResponse found;
              for (v1::Action& action : *actions)
                *found.add_actions() = std::move(action);
              return found;
            });
    if (!pulled.ok()) return pulled.status();
    response = *std::move(pulled);
  }
  if (!response.actions().empty() || !request.has_wait() || call.last_try())
    return Result::Answer(std::move(response));
  const absl::Duration wait = ToSlaDuration(request.wait()).ToAbsl();
  if (wait <= absl::ZeroDuration()) return Result::Answer(std::move(response));
  return Result::Wait(bell, rings, wait);
}

absl::StatusOr<v1::AckActionsResponse> AckActions(
    Call& call, const v1::AckActionsRequest& request) {
  const std::vector<std::string> ids(request.lease_ids().begin(),
                                     request.lease_ids().end());
  return call.Write<v1::AckActionsResponse>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::AckActionsResponse> {
        absl::StatusOr<std::vector<std::string>> lost =
            storage::AckActions(tx, ids, call.now());
        if (absl::IsInvalidArgument(lost.status())) {
          return errors::FieldInvalid("lease_ids", "BAD_LEASE",
                                      lost.status().message());
        }
        if (!lost.ok()) return lost.status();
        v1::AckActionsResponse response;
        for (std::string& id : *lost)
          response.add_expired_lease_ids(std::move(id));
        return response;
      });
}

}  // namespace charter::services
