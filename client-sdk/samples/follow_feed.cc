// A table of cases in a database of one's own that never misses a change: the
// place in the feed is kept in the transaction that makes the change.
#include <sqlite3.h>

#include "samples.h"

namespace samples {

namespace v1 = charter::v1;

namespace {

// Runs a statement, and gives the first column of its first row, if any.
absl::StatusOr<std::string> Run(sqlite3* database, const char* sql,
                                const std::vector<std::string>& values = {}) {
  sqlite3_stmt* statement = nullptr;
  int outcome = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(
      statement, sqlite3_finalize);
  for (size_t i = 0; outcome == SQLITE_OK && i < values.size(); ++i) {
    outcome = sqlite3_bind_text(statement, static_cast<int>(i + 1),
                                values[i].c_str(), -1, SQLITE_TRANSIENT);
  }
  if (outcome == SQLITE_OK) outcome = sqlite3_step(statement);
  if (outcome == SQLITE_DONE) return std::string();
  if (outcome == SQLITE_ROW) {
    return reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  }
  return absl::UnavailableError(sqlite3_errmsg(database));
}

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
