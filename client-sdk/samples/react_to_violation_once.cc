// Reacts to a missed milestone exactly once: the row that pages whoever is on
// duty and the action's key are written in one transaction, so that the program
// may be killed anywhere.
#include <memory>
#include <string>
#include <utility>

#include "samples.h"
#include "statement.h"

namespace samples {

namespace v1 = charter::v1;
using charter::client::ActionWorker;
using charter::client::ActionWorkerOptions;
using charter::client::EffectSink;

absl::StatusOr<EffectSink> PagesIn(sqlite3* database) {
  for (const char* table :
       {"CREATE TABLE IF NOT EXISTS made (effect_key PRIMARY KEY)",
        "CREATE TABLE IF NOT EXISTS pages (case_name, milestone)"}) {
    const absl::Status created = Run(database, table).status();
    if (!created.ok()) return created;
  }
  EffectSink sink;
  sink.made = [database](const std::string& key) -> absl::StatusOr<bool> {
    const auto found =
        Run(database, "SELECT 1 FROM made WHERE effect_key = ?", {key});
    if (!found.ok()) return found.status();
    return !found->empty();
  };
  sink.make = [database](const v1::Action& action) {
    absl::Status done = Run(database, "BEGIN IMMEDIATE").status();
    if (done.ok()) {
      done = Run(database, "INSERT INTO made (effect_key) VALUES (?)",
                 {action.effect_key()})
                 .status();
    }
    if (done.ok()) {
      done = Run(database,
                 "INSERT INTO pages (case_name, milestone) VALUES (?, ?)",
                 {action.case_(), action.transition().milestone()})
                 .status();
    }
    if (done.ok()) done = Run(database, "COMMIT").status();
    if (!done.ok()) Run(database, "ROLLBACK").IgnoreError();
    return done;
  };
  return sink;
}

std::unique_ptr<ActionWorker> PageOnViolation(
    const std::shared_ptr<v1::EventConnection>& events, EffectSink pages,
    ActionWorkerOptions options) {
  options.topic = "pager";
  options.threads = 1;  // as many as there are database connections
  return std::make_unique<ActionWorker>(
      events, charter::client::Once(std::move(pages)), std::move(options));
}

}  // namespace samples
