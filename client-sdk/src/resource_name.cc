#include "charter/client/resource_name.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace charter::client {

ResourceName::ResourceName(absl::string_view pattern,
                           std::initializer_list<absl::string_view> ids) {
  const absl::string_view* id = ids.begin();
  for (const absl::string_view part : absl::StrSplit(pattern, '/')) {
    absl::StrAppend(&text_, text_.empty() ? "" : "/",
                    part == "*" ? *id++ : part);
  }
}

absl::StatusOr<std::vector<std::string>> ResourceName::Split(
    absl::string_view pattern, absl::string_view text) {
  const std::vector<absl::string_view> expected = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  std::vector<std::string> ids;
  bool fits = parts.size() == expected.size();
  for (size_t i = 0; fits && i < parts.size(); ++i) {
    if (expected[i] == "*") {
      fits = !parts[i].empty();
      ids.emplace_back(parts[i]);
    } else {
      fits = parts[i] == expected[i];
    }
  }
  if (fits) return ids;
  return absl::InvalidArgumentError(absl::StrCat(
      "`", text.substr(0, 128), "` is not a name like `", pattern, "`"));
}

}  // namespace charter::client
