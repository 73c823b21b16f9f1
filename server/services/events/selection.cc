#include "server/services/events/selection.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/tokens.h"

namespace charter::services {
namespace {

using storage::FeedPosition;

// The collections that events are about, and what one needs to see them.
struct Collection {
  absl::string_view name;
  absl::string_view permission;
};
constexpr Collection kCollections[] = {
    {"accounts", "accounts.get"},
    {"assets", "assets.get"},
    {"assignmentRules", "assignmentRules.get"},
    {"attributeDefinitions", "attributeDefinitions.get"},
    {"businessHours", "businessHours.get"},
    {"cases", "cases.get"},
    {"contacts", "contacts.get"},
    {"contractLineItems", "contractLineItems.get"},
    {"contractTemplates", "contractTemplates.get"},
    {"entitlementProcesses", "entitlementProcesses.get"},
    {"entitlementTemplates", "entitlementTemplates.get"},
    {"entitlementVerdicts", "entitlementVerdicts.get"},
    {"entitlements", "entitlements.get"},
    {"itemStatuses", "itemStatuses.get"},
    {"milestoneTypes", "milestoneTypes.get"},
    {"milestones", "cases.get"},
    {"priceBookEntries", "priceBookEntries.get"},
    {"productEntitlementTemplates", "productEntitlementTemplates.get"},
    {"products", "products.get"},
    {"serviceContracts", "serviceContracts.get"},
    {"tasks", "tasks.get"},
};

std::string KnownCollections() {
  return absl::StrJoin(kCollections, ", ",
                       [](std::string* out, const Collection& collection) {
                         absl::StrAppend(out, collection.name);
                       });
}

// `GROUP.TYPE`, `GROUP.*` or `*`.
bool IsTypePattern(absl::string_view type) {
  if (type == "*") return true;
  const size_t star = type.find('*');
  if (type.empty()) return false;
  return star == absl::string_view::npos ||
         (star + 1 == type.size() && type.find('.') + 1 == star);
}

bool TypeMatches(absl::string_view type, absl::string_view pattern) {
  if (pattern == "*" || pattern == type) return true;
  if (pattern.empty() || pattern.back() != '*') return false;
  return type.substr(0, type.find('.') + 1) ==
         pattern.substr(0, pattern.size() - 1);
}

}  // namespace

bool Selection::Matches(const v1::Event& event) const {
  if (!filter.account.empty() && event.account() != filter.account)
    return false;
  const auto& collections = filter.resource_types;
  if (!collections.empty() &&
      std::find(collections.begin(), collections.end(),
                event.resource_type()) == collections.end()) {
    return false;
  }
  return filter.event_types.empty() ||
         std::any_of(filter.event_types.begin(), filter.event_types.end(),
                     [&](const std::string& pattern) {
                       return TypeMatches(event.type(), pattern);
                     });
}

bool Selection::HasCases() const {
  const auto& collections = filter.resource_types;
  return collections.empty() ||
         std::find(collections.begin(), collections.end(), "cases") !=
             collections.end();
}

absl::StatusOr<Selection> SelectEvents(const Call& call,
                                       const v1::EventFilter& filter) {
  Selection selection;
  selection.filter.account = filter.account();
  FieldViolations violations;
  for (int i = 0; i < filter.event_types_size(); ++i) {
    if (!IsTypePattern(filter.event_types(i))) {
      violations.Add(absl::StrCat("filter.event_types[", i, "]"),
                     ErrorReason::BAD_PATTERN,
                     "must be a type, such as `case.opened`, or all of a "
                     "group, such as `milestone.*`");
    }
    selection.filter.event_types.push_back(filter.event_types(i));
  }
  for (int i = 0; i < filter.resource_types_size(); ++i) {
    if (std::none_of(std::begin(kCollections), std::end(kCollections),
                     [&](const Collection& collection) {
                       return collection.name == filter.resource_types(i);
                     })) {
      violations.Add(absl::StrCat("filter.resource_types[", i, "]"),
                     ErrorReason::UNKNOWN_VALUE,
                     absl::StrCat("must be one of ", KnownCollections()));
    }
  }
  if (!violations.empty()) return violations.ToStatus();

  std::vector<std::string> seen;
  bool all = true;
  const auto& asked = filter.resource_types();
  for (const Collection& collection : kCollections) {
    if (!asked.empty() &&
        std::find(asked.begin(), asked.end(), collection.name) == asked.end()) {
      all = false;
      continue;
    }
    if (call.Allowed(collection.permission)) {
      seen.emplace_back(collection.name);
      continue;
    }
    all = false;
    if (!asked.empty())
      return errors::PermissionMissing(collection.permission,
                                       call.principal().name);
  }
  if (seen.empty())
    return errors::PermissionMissing("cases.get", call.principal().name);
  if (!all) selection.filter.resource_types = std::move(seen);

  selection.context.purpose = "charter.v1.EventService";
  selection.context.principal = call.principal().name;
  selection.context.request = {filter.account(),
                               absl::StrJoin(filter.resource_types(), ","),
                               absl::StrJoin(filter.event_types(), ",")};
  return selection;
}

std::string FeedPlace::Encode() const {
  std::string text = absl::StrCat(position.sequence, ":", position.index);
  if (list_after.has_value()) absl::StrAppend(&text, ":", *list_after);
  return text;
}

std::optional<FeedPlace> FeedPlace::Decode(absl::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 2));
  FeedPlace place;
  if (parts.size() < 2 ||
      !absl::SimpleAtoi(parts[0], &place.position.sequence) ||
      !absl::SimpleAtoi(parts[1], &place.position.index)) {
    return std::nullopt;
  }
  if (parts.size() == 3) place.list_after = std::string(parts[2]);
  return place;
}

std::string SealPlace(Services& services, const Selection& selection,
                      const FeedPlace& place, absl::Time now) {
  return services.tokens->Seal(selection.context, place.Encode(), now,
                               Tokens::kFeedLifetime);
}

absl::StatusOr<FeedPlace> OpenPlace(Call& call, const Selection& selection,
                                    absl::string_view token) {
  const absl::StatusOr<std::string> text = call.services().tokens->Open(
      call, selection.context, token, "resume_token");
  if (!text.ok()) return text.status();
  std::optional<FeedPlace> place = FeedPlace::Decode(*text);
  if (!place.has_value()) return errors::PageTokenInvalid("resume_token");
  return *std::move(place);
}

}  // namespace charter::services
