#include <utility>

#include "server/services/events/events.h"
#include "server/services/events/fan_out.h"
#include "server/services/events/selection.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/feed.h"

namespace charter::services {
namespace {

constexpr absl::Duration kHeartbeat = absl::Seconds(5);
constexpr absl::Duration kShortestHeartbeat = absl::Milliseconds(100);
constexpr absl::Duration kLongestHeartbeat = absl::Minutes(1);

// Where a stream begins, given how far the feed goes.
absl::StatusOr<FeedPlace> PlaceOf(storage::Transaction& tx,
                                  const v1::WatchEventsRequest& request,
                                  const storage::FeedBounds& bounds) {
  FeedPlace place;
  switch (request.start_case()) {
    case v1::WatchEventsRequest::kStartTime: {
      const absl::StatusOr<storage::FeedPosition> found =
          storage::FindFeedPosition(tx, ToTime(request.start_time()));
      if (!found.ok()) return found.status();
      place.position = *found;
      break;
    }
    case v1::WatchEventsRequest::kFromEarliest:
      place.position = request.from_earliest()
                           ? bounds.earliest
                           : storage::FeedPosition{bounds.head_sequence};
      break;
    default:
      place.position = storage::FeedPosition{bounds.head_sequence};
  }
  if (request.send_initial_state()) place.list_after = "";
  return place;
}

}  // namespace

absl::Status WatchEvents(Call& call, const v1::WatchEventsRequest& request,
                         std::shared_ptr<Stream> stream) {
  absl::StatusOr<Selection> selection = SelectEvents(call, request.filter());
  if (!selection.ok()) return selection.status();
  Watch watch;
  watch.heartbeat = request.has_heartbeat_interval()
                        ? ToSlaDuration(request.heartbeat_interval()).ToAbsl()
                        : kHeartbeat;
  if (watch.heartbeat < kShortestHeartbeat ||
      watch.heartbeat > kLongestHeartbeat) {
    return errors::FieldInvalid("heartbeat_interval", ErrorReason::OUT_OF_RANGE,
                                "must be 100 ms to 60 s");
  }
  const bool resumes =
      request.start_case() == v1::WatchEventsRequest::kResumeToken &&
      !request.resume_token().empty();
  if (resumes) {
    absl::StatusOr<FeedPlace> place =
        OpenPlace(call, *selection, request.resume_token());
    if (!place.ok()) return place.status();
    watch.place = *std::move(place);
  }
  storage::FeedBounds bounds;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        const absl::StatusOr<storage::FeedBounds> read =
            storage::ReadFeedBounds(tx);
        if (!read.ok()) return read.status();
        bounds = *read;
        if (resumes) return absl::OkStatus();
        absl::StatusOr<FeedPlace> place = PlaceOf(tx, request, bounds);
        if (!place.ok()) return place.status();
        watch.place = *std::move(place);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (watch.place.position < bounds.earliest) {
    return errors::ResumeTokenExpired(SealPlace(call.services(), *selection,
                                                {bounds.earliest, std::nullopt},
                                                call.now()));
  }
  // Of another database, or of one that was restored from an older copy.
  if (watch.place.position.sequence > bounds.head_sequence)
    return errors::PageTokenInvalid("resume_token");
  watch.selection = *std::move(selection);
  watch.head_sequence = bounds.head_sequence;
  watch.stream = std::move(stream);
  call.services().fan_out->Add(std::move(watch));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListEventsResponse> ListEvents(
    Call& call, const v1::ListEventsRequest& request) {
  absl::StatusOr<Selection> selection = SelectEvents(call, request.filter());
  if (!selection.ok()) return selection.status();
  FeedPlace place;
  const bool resumes = !request.resume_token().empty();
  if (resumes) {
    absl::StatusOr<FeedPlace> opened =
        OpenPlace(call, *selection, request.resume_token());
    if (!opened.ok()) return opened.status();
    // The rest of an initial state is WatchEvents' business.
    place.position = opened->position;
  }
  storage::FeedPage page;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        if (!resumes) {
          const absl::StatusOr<storage::FeedBounds> bounds =
              storage::ReadFeedBounds(tx);
          if (!bounds.ok()) return bounds.status();
          place.position = bounds->earliest;
        }
        absl::StatusOr<storage::FeedPage> read =
            storage::ReadFeed(tx, place.position, selection->filter,
                              PageSize(request.page_size()));
        if (!read.ok()) return read.status();
        page = *std::move(read);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (page.state == storage::FeedState::kExpired) {
    return errors::ResumeTokenExpired(SealPlace(call.services(), *selection,
                                                {page.earliest, std::nullopt},
                                                call.now()));
  }
  if (page.state == storage::FeedState::kAhead)
    return errors::PageTokenInvalid("resume_token");
  v1::ListEventsResponse response;
  for (v1::Event& event : page.events)
    *response.add_events() = std::move(event);
  response.set_resume_token(SealPlace(
      call.services(), *selection, {page.position, std::nullopt}, call.now()));
  return response;
}

}  // namespace charter::services
