// A table of cases in a database of one's own that never misses a change: the
// place in the feed is kept in the transaction that makes the change.
#include <sqlite3.h>

#include "samples.h"
#include "statement.h"

namespace samples {

namespace v1 = charter::v1;

namespace {

absl::Status Apply(sqlite3* database, const v1::Event& event) {
  v1::Case now;
  if (event.type() == "case.deleted")
    return Run(database, "DELETE FROM cases WHERE name = ?", {event.subject()})
        .status();
  // Some events tell of what belongs to a case.
  if (!event.resource().UnpackTo(&now)) return absl::OkStatus();
  return Run(database, "REPLACE INTO cases (name, status) VALUES (?, ?)",
             {now.name(), now.status()})
      .status();
}

}  // namespace

absl::Status KeepCases(const std::shared_ptr<v1::EventConnection>& events,
                       sqlite3* database,
                       const std::function<bool()>& cancelled,
                       const charter::client::EventStreamOptions& options) {
  for (const char* table :
       {"CREATE TABLE IF NOT EXISTS cases (name PRIMARY KEY, status)",
        "CREATE TABLE IF NOT EXISTS place (id PRIMARY KEY, token)"}) {
    const absl::Status made = Run(database, table).status();
    if (!made.ok()) return made;
  }
  charter::client::EventSink sink;
  sink.load = [&] { return Run(database, "SELECT token FROM place"); };
  sink.apply = [&](const v1::WatchEventsResponse& response) {
    absl::Status done = Run(database, "BEGIN IMMEDIATE").status();
    for (const v1::Event& event : response.events()) {
      if (done.ok()) done = Apply(database, event);
    }
    if (done.ok()) {
      done = Run(database, "REPLACE INTO place (id, token) VALUES (1, ?)",
                 {response.resume_token()})
                 .status();
    }
    if (done.ok()) done = Run(database, "COMMIT").status();
    if (!done.ok()) Run(database, "ROLLBACK").IgnoreError();
    return done;
  };
  v1::WatchEventsRequest request;
  request.mutable_filter()->add_resource_types("cases");
  // The first time, what is there already. Later the token says where to begin.
  request.set_send_initial_state(true);
  return charter::client::Follow(events, request, sink, cancelled, options);
}

}  // namespace samples
