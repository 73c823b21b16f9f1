// Resource names: `cases/4711`, `cases/4711/milestones/first-response-1`.
#ifndef CHARTER_SERVER_SERVICES_SHARED_NAMES_H_
#define CHARTER_SERVER_SERVICES_SHARED_NAMES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace charter::services {

// What a client may choose: 1 to 63 of `a-z`, `0-9`, `-`, a letter first, no
// dash last.
bool IsClientId(absl::string_view id);

// What may stand in a name: 1 to 128 of `a-z`, `A-Z`, `0-9`, `-`, `_`, `.`,
// `~`. Wider than IsClientId, for ids that the server derives.
bool IsNameSegment(absl::string_view segment);

// "cases/4711" of ("cases", "4711").
std::string NameOf(absl::string_view collection, absl::string_view id);

// The ids of a name of the collection `pattern`: `cases` takes `cases/A`,
// `cases/*/milestones` takes `cases/A/milestones/B` and gives {A, B}. nullopt
// when the name is of another form. Views into `name`.
std::optional<std::vector<absl::string_view>> IdsOf(absl::string_view name,
                                                    absl::string_view pattern);
// The id of a name of a flat collection; nullopt as above.
std::optional<absl::string_view> IdOf(absl::string_view name,
                                      absl::string_view collection);
// The last part of any name: for names that were checked.
absl::string_view LastId(absl::string_view name);
// Whether it could name any resource: `collection/id` pairs.
bool IsResourceName(absl::string_view name);

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_NAMES_H_
