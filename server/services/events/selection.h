// Which events a caller asks for and may see, and the places in the feed that
// it is given.
#ifndef CHARTER_SERVER_SERVICES_EVENTS_SELECTION_H_
#define CHARTER_SERVER_SERVICES_EVENTS_SELECTION_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "charter/v1/event_service.pb.h"
#include "server/services/shared/call.h"
#include "storage/records/feed.h"
#include "storage/table/page_token.h"

namespace charter::services {

// An EventFilter narrowed to what the caller may see.
struct Selection {
  storage::FeedFilter filter;
  // What tokens are bound to: who asked, and for what. The same for WatchEvents
  // and ListEvents, so that a token of one serves the other.
  storage::TokenContext context;

  // As the table's filter selects.
  bool Matches(const v1::Event& event) const;
  // Whether cases are among it, whatever the types of events.
  bool HasCases() const;
};

// PERMISSION_DENIED when the caller may read none of the collections asked for:
// an event shows its resource, so it takes the permission to get it. INVALID_
// ARGUMENT for a collection that doesn't exist and for a wrong event type.
absl::StatusOr<Selection> SelectEvents(const Call& call,
                                       const v1::EventFilter& filter);

// What a resume token holds.
struct FeedPlace {
  // Everything up to and with it was seen.
  storage::FeedPosition position;
  // Of an initial state that is not complete: where its list goes on; events
  // follow from `position` when it is.
  std::optional<std::string> list_after;

  std::string Encode() const;
  static std::optional<FeedPlace> Decode(absl::string_view text);
};

// A resume token.
std::string SealPlace(Services& services, const Selection& selection,
                      const FeedPlace& place, absl::Time now);
// PAGE_TOKEN_INVALID under `resume_token`.
absl::StatusOr<FeedPlace> OpenPlace(Call& call, const Selection& selection,
                                    absl::string_view token);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_EVENTS_SELECTION_H_
