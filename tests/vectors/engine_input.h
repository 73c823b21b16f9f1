// Cases of the conformance file as the engine takes them: what a program that
// embeds charter::sla does with its own calendars, processes and histories.
#ifndef CHARTER_TESTS_VECTORS_ENGINE_INPUT_H_
#define CHARTER_TESTS_VECTORS_ENGINE_INPUT_H_

#include <string>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "server/sla/clock/history.h"
#include "server/sla/clock/process.h"
#include "server/sla/expression/schema.h"

namespace charter::vectors {

using Json = nlohmann::ordered_json;

// As JSON of protobuf has them. They throw std::runtime_error on anything else.
sla::Instant InstantOf(const Json& text);
sla::Duration LengthOf(const Json& text);

// The hours of a case and of the events in it that change them.
sla::Calendars CalendarsOf(const Json& entry);
absl::TimeZone ZoneOf(const Json& entry, const std::string& hours);
// Its processes, each as the first version of its name.
sla::Processes ProcessesOf(const Json& entry, const sla::Schema& schema);
std::string VersionOf(const std::string& process);

// The opening of the item, and what happened to it then, without an id.
sla::Event OpeningOf(const Json& entry);
sla::Event EventOf(const Json& event);

}  // namespace charter::vectors

#endif  // CHARTER_TESTS_VECTORS_ENGINE_INPUT_H_
