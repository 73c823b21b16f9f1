// What the server has once and every call may use.
#ifndef CHARTER_SERVER_SERVICES_SHARED_SERVICES_H_
#define CHARTER_SERVER_SERVICES_SHARED_SERVICES_H_

#include <string>

#include "absl/time/time.h"
#include "server/services/shared/bell.h"
#include "server/services/shared/clock.h"

namespace charter::storage {
class IdGenerator;
class Store;
}  // namespace charter::storage

namespace charter::services {

class CatalogCache;
class FanOut;
class Tokens;

// Open: an area adds a line (a pointer, its type declared ahead) for what it
// shares, and the composition root (server/server.cc) fills it. Everything
// pointed at is thread-safe and outlives every call.
struct Services {
  storage::Store* store = nullptr;
  Clock* clock = nullptr;
  storage::IdGenerator* ids = nullptr;
  // Seals page and resume tokens.
  Tokens* tokens = nullptr;
  // Hours, process versions, statuses and custom fields, compiled.
  CatalogCache* catalog = nullptr;
  // Feeds the streams that follow the feed.
  FanOut* fan_out = nullptr;

  // Rung after commits.
  Bell outbox;   // a row for the feed's publisher
  Bell wakeups;  // a timer was set; `when` is its due time
  Bell actions;  // actions can be pulled
  Bell jobs;     // a job was queued
  Bell feed;     // the publisher moved the head: there is something to watch

  absl::Time start_time;
  // "0.1.0".
  std::string version;
};

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_SERVICES_H_
