#ifndef CHARTER_TESTS_VECTORS_VECTOR_FILE_H_
#define CHARTER_TESTS_VECTORS_VECTOR_FILE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "server/sla/calendar/hours_definition.h"
#include "server/sla/time.h"

// What the vector tests share: reading a file of rows, and turning the rows'
// values into the engine's (tests/vectors/data/README.md). Only conversions.
namespace charter::vectors {

// Runs `check` on each row of the file `name` in the folder CHARTER_VECTORS (by
// default the one in the source tree) but the peculiar ones. It returns what is
// wrong with a row, or "". Prints each failure with its id and, last, the line
// "NAME: N ran, N passed, N failed, N skipped". The exit code: 0 when at least
// one row ran and none failed.
int RunFile(const std::string& name,
            const std::function<std::string(const nlohmann::json&)>& check);

// What becomes of an instant that is finer than a microsecond.
enum class Rounding { kDown, kUp };

// "2026-01-05T09:00:00.123456789Z" in whole microseconds. Throws
// std::runtime_error for anything else.
sla::Instant ParseInstant(const nlohmann::json& text,
                          Rounding rounding = Rounding::kDown);
// Seconds, maybe with a fraction, truncated to the microsecond.
sla::Duration ParseSeconds(const nlohmann::json& seconds);
std::string Text(sla::Instant t);

// The hours of a row's `schedule`.
sla::HoursDefinition ParseSchedule(const nlohmann::json& schedule);

}  // namespace charter::vectors

#endif  // CHARTER_TESTS_VECTORS_VECTOR_FILE_H_
