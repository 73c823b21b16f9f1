#include "server/services/shared/batch.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace charter::services {

absl::Status CheckEachOnce(const std::vector<std::string>& names) {
  FieldViolations violations;
  absl::flat_hash_set<absl::string_view> seen;
  for (size_t i = 0; i < names.size(); ++i) {
    if (seen.insert(names[i]).second) continue;
    violations.Add(absl::StrCat("names[", i, "]"), ErrorReason::DUPLICATE,
                   "is named before: name each once");
  }
  return violations.ToStatus();
}

}  // namespace charter::services
