#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/services/events/events.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/tokens.h"
#include "storage/records/actions.h"

namespace charter::services {
namespace {

std::string ToText(const storage::DeadPlace& place) {
  return absl::StrCat(absl::ToUnixMicros(place.available_time), " ", place.id);
}

absl::StatusOr<storage::DeadPlace> ToPlace(const std::string& text) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(text, absl::MaxSplits(' ', 1));
  int64_t available_us = 0;
  if (!absl::SimpleAtoi(parts.first, &available_us))
    return errors::PageTokenInvalid();
  return storage::DeadPlace{absl::FromUnixMicros(available_us), parts.second};
}

}  // namespace

absl::StatusOr<v1::ListDeadActionsResponse> ListDeadActions(
    Call& call, const v1::ListDeadActionsRequest& request) {
  const std::vector<std::string> bound = {request.topic()};
  storage::DeadPlace after;
  if (!request.page_token().empty()) {
    const absl::StatusOr<std::string> opened = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!opened.ok()) return opened.status();
    absl::StatusOr<storage::DeadPlace> place = ToPlace(*opened);
    if (!place.ok()) return place.status();
    after = *std::move(place);
  }
  const int size = PageSize(request.page_size());
  std::vector<storage::DeadAction> dead;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::vector<storage::DeadAction>> found =
            storage::ListDeadActions(tx, request.topic(), after, size + 1);
        if (!found.ok()) return found.status();
        dead = *std::move(found);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  v1::ListDeadActionsResponse response;
  size_t bytes = 0;
  for (size_t i = 0; i < dead.size(); ++i) {
    if (response.actions_size() == size ||
        bytes > static_cast<size_t>(kMaxPageBytes)) {
      response.set_next_page_token(
          call.services().tokens->Seal(call, bound, ToText(dead[i - 1].place)));
      break;
    }
    bytes += dead[i].action.ByteSizeLong();
    *response.add_actions() = std::move(dead[i].action);
  }
  return response;
}

absl::StatusOr<v1::ReviveActionsResponse> ReviveActions(
    Call& call, const v1::ReviveActionsRequest& request) {
  const std::vector<std::string> keys(request.effect_keys().begin(),
                                      request.effect_keys().end());
  return call.Write<v1::ReviveActionsResponse>(
      [&](storage::Transaction& tx)
          -> absl::StatusOr<v1::ReviveActionsResponse> {
        const absl::StatusOr<std::vector<v1::Action>> revived =
            storage::ReviveActions(tx, keys, call.now());
        if (!revived.ok()) return revived.status();
        std::set<std::string> rest(keys.begin(), keys.end());
        for (const v1::Action& action : *revived) {
          rest.erase(action.effect_key());
          call.Audit(action.case_(), nullptr, &action);
        }
        if (!revived->empty()) call.Ring(call.services().actions);
        v1::ReviveActionsResponse response;
        for (const std::string& key : rest)
          response.add_not_dead_effect_keys(key);
        return response;
      });
}

}  // namespace charter::services
