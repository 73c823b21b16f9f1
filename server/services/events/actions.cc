#include "storage/records/actions.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/services/events/events.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/time_convert.h"

namespace charter::services {
namespace {

constexpr int kDefaultActions = 10;
constexpr absl::Duration kDefaultLease = absl::Seconds(60);

template <typename Request>
absl::Duration LeaseOf(const Request& request) {
  return request.has_lease_duration()
             ? ToSlaDuration(request.lease_duration()).ToAbsl()
             : kDefaultLease;
}

template <typename Request>
std::vector<std::string> LeaseIds(const Request& request) {
  return {request.lease_ids().begin(), request.lease_ids().end()};
}

// What the storage says of leases, in the catalogue's terms.
absl::Status Refused(absl::string_view field, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return errors::FieldInvalid(field, ErrorReason::BAD_LEASE, status.message());
}

}  // namespace

absl::StatusOr<Poll<v1::PullActionsResponse>> PullActions(
    Call& call, const v1::PullActionsRequest& request) {
  using Result = Poll<v1::PullActionsResponse>;
  const absl::Duration lease = LeaseOf(request);
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
  const std::vector<std::string> ids = LeaseIds(request);
  return call.Write<v1::AckActionsResponse>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::AckActionsResponse> {
        absl::StatusOr<std::vector<std::string>> lost =
            storage::AckActions(tx, ids, call.now());
        if (!lost.ok()) return Refused("lease_ids", lost.status());
        v1::AckActionsResponse response;
        for (std::string& id : *lost)
          response.add_expired_lease_ids(std::move(id));
        return response;
      });
}

absl::StatusOr<v1::ExtendActionLeaseResponse> ExtendActionLease(
    Call& call, const v1::ExtendActionLeaseRequest& request) {
  const std::vector<std::string> ids = LeaseIds(request);
  const absl::Time until = call.now() + LeaseOf(request);
  return call.Write<v1::ExtendActionLeaseResponse>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::ExtendActionLeaseResponse> {
        absl::StatusOr<std::vector<std::string>> lost =
            storage::ExtendActions(tx, ids, until);
        if (!lost.ok()) return Refused("lease_ids", lost.status());
        v1::ExtendActionLeaseResponse response;
        *response.mutable_lease_expire_time() = ToProto(until);
        for (std::string& id : *lost)
          response.add_expired_lease_ids(std::move(id));
        return response;
      });
}

absl::StatusOr<v1::RejectActionResponse> RejectAction(
    Call& call, const v1::RejectActionRequest& request) {
  if (request.dead() && request.uncounted()) {
    return errors::FieldInvalid("uncounted", ErrorReason::CONFLICT,
                                "a dead letter's attempt counts: give either "
                                "`dead` or `uncounted`");
  }
  storage::Rejection rejection;
  rejection.lease_id = request.lease_id();
  rejection.reason = request.reason();
  rejection.dead = request.dead();
  rejection.uncounted = request.uncounted();
  if (request.has_retry_delay()) {
    rejection.delay = ToSlaDuration(request.retry_delay()).ToAbsl();
  } else if (request.uncounted()) {
    rejection.delay = absl::ZeroDuration();
  }
  return call.Write<v1::RejectActionResponse>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::RejectActionResponse> {
        const absl::StatusOr<std::optional<storage::Rejected>> rejected =
            storage::RejectAction(tx, rejection, call.now());
        if (!rejected.ok()) return Refused("lease_id", rejected.status());
        v1::RejectActionResponse response;
        response.set_lease_expired(!rejected->has_value());
        if (rejected->has_value()) {
          const storage::Rejected& now = **rejected;
          call.Audit(now.action.case_(), nullptr, &now.action);
          if (now.available_time <= call.now())
            call.Ring(call.services().actions);
        }
        return response;
      });
}

}  // namespace charter::services
