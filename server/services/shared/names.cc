#include "server/services/shared/names.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace charter::services {
namespace {

constexpr size_t kMaxClientId = 63;
constexpr size_t kMaxSegment = 128;

bool IsLowerOrDigit(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c);
}

bool IsCollection(absl::string_view segment) {
  if (segment.empty() || !absl::ascii_islower(segment[0])) return false;
  for (char c : segment) {
    if (!absl::ascii_isalnum(c)) return false;
  }
  return true;
}

}  // namespace

bool IsClientId(absl::string_view id) {
  if (id.empty() || id.size() > kMaxClientId) return false;
  if (!absl::ascii_islower(id.front()) || !IsLowerOrDigit(id.back())) {
    return false;
  }
  for (char c : id) {
    if (!IsLowerOrDigit(c) && c != '-') return false;
  }
  return true;
}

bool IsNameSegment(absl::string_view segment) {
  if (segment.empty() || segment.size() > kMaxSegment) return false;
  for (char c : segment) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '_' && c != '.' &&
        c != '~') {
      return false;
    }
  }
  return true;
}

std::string NameOf(absl::string_view collection, absl::string_view id) {
  return absl::StrCat(collection, "/", id);
}

std::optional<std::vector<absl::string_view>> IdsOf(absl::string_view name,
                                                    absl::string_view pattern) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  // A pattern ends with a collection, so the name has one part more.
  if (parts.size() != wanted.size() + 1) return std::nullopt;
  std::vector<absl::string_view> ids;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i % 2 == 0) {
      if (parts[i] != wanted[i]) return std::nullopt;
    } else {
      if (!IsNameSegment(parts[i])) return std::nullopt;
      ids.push_back(parts[i]);
    }
  }
  return ids;
}

std::optional<absl::string_view> IdOf(absl::string_view name,
                                      absl::string_view collection) {
  if (name.size() <= collection.size() + 1 ||
      name.substr(0, collection.size()) != collection ||
      name[collection.size()] != '/') {
    return std::nullopt;
  }
  const absl::string_view id = name.substr(collection.size() + 1);
  if (!IsNameSegment(id)) return std::nullopt;
  return id;
}

absl::string_view LastId(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? name : name.substr(slash + 1);
}

bool IsResourceName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() % 2 != 0) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i % 2 == 0 ? !IsCollection(parts[i]) : !IsNameSegment(parts[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace charter::services
