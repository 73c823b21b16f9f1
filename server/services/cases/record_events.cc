#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/cases/open_item.h"
#include "server/services/items/item.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/status_convert.h"
#include "storage/sql/errors.h"

namespace charter::services {
namespace {

constexpr size_t kMaxItems = 100;

// The events of one item, by their places in the request.
using Places = std::vector<int>;

// Customers write messages, and nothing else: not when, and not as others.
absl::Status CheckCustomersEvent(const v1::CaseEvent& event,
                                 const std::string& field) {
  if (event.has_occur_time()) {
    return errors::FieldInvalid(absl::StrCat(field, ".occur_time"),
                                ErrorReason::NOT_YOURS,
                                "a customer's message is of now");
  }
  const v1::Interaction& said = event.interaction();
  if (!event.has_interaction() ||
      said.direction() != v1::Interaction::INBOUND ||
      said.author() != v1::Interaction::CUSTOMER || said.automatic()) {
    return errors::FieldInvalid(
        absl::StrCat(field, ".interaction"), ErrorReason::NOT_YOURS,
        "a customer records what they say: INBOUND, of a CUSTOMER");
  }
  return absl::OkStatus();
}

// Records the events of one item in one transaction.
absl::Status RecordForItem(Call& call, storage::Transaction& tx,
                           const v1::RecordEventsRequest& request,
                           const std::string& name, const Places& places,
                           std::vector<v1::RecordEventResult>* results) {
  // The item's lock first: an edit of the catalogue that commits later finds
  // the item settled by then, and its job settles it anew (B9).
  absl::StatusOr<Item> item = LoadForWrite(tx, name, "");
  if (!item.ok()) return item.status();
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
      call.services().catalog->Get(tx);
  if (!catalog.ok()) return catalog.status();
  std::map<std::string, int> recorded;  // key to number
  for (size_t i = 0; i < item->events.size(); ++i) {
    recorded[item->events[i].key()] = static_cast<int>(i) + 1;
  }
  std::vector<v1::CaseEvent> added;
  std::vector<std::pair<int, int>> numbers;  // place in the request, number
  for (int place : places) {
    v1::RecordEventResult& result = (*results)[place];
    result.Clear();
    const std::string field = absl::StrCat("events[", place, "].event");
    v1::CaseEvent event = request.events(place).event();
    if (call.principal().confined_to.has_value()) {
      absl::Status allowed = CheckCustomersEvent(event, field);
      if (!allowed.ok()) return allowed;
    }
    if (event.key().empty()) {
      return errors::FieldInvalid(
          absl::StrCat(field, ".key"), ErrorReason::REQUIRED,
          "makes the event safe to send again; give each event one");
    }
    const int next = static_cast<int>(item->events.size() + added.size()) + 1;
    const auto [found, fresh] = recorded.emplace(event.key(), next);
    numbers.emplace_back(place, found->second);
    if (!fresh) {
      result.set_duplicate(true);
      continue;
    }
    absl::Status status = CompleteEvent(tx, **catalog, *item, field, &event);
    if (!status.ok()) return status;
    status =
        PlaceEvent(call, *item, static_cast<int>(added.size()), field, &event);
    if (!status.ok()) return status;
    added.push_back(std::move(event));
  }
  const size_t before = item->events.size();
  for (const auto& [place, number] : numbers) {
    v1::CaseEvent& told = *(*results)[place].mutable_event();
    const size_t index = static_cast<size_t>(number) - 1;
    told = index < before ? item->events[index] : added[index - before];
    told.set_name(absl::StrCat(name, "/events/", number));
  }
  if (added.empty()) return absl::OkStatus();
  absl::StatusOr<ItemChange> change =
      SettleItem(*std::move(item), std::move(added), **catalog, call.now());
  if (!change.ok()) return change.status();
  call.Audit(name);
  absl::Status status = StoreItems(call, tx, absl::MakeSpan(&*change, 1));
  if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
    return errors::AlreadyExists(
        name, "the account has another item of this external_id");
  }
  return status;
}

}  // namespace

absl::StatusOr<v1::RecordEventsResponse> RecordEvents(
    Call& call, const v1::RecordEventsRequest& request) {
  std::map<std::string, Places> by_item;
  for (int i = 0; i < request.events_size(); ++i) {
    by_item[request.events(i).case_()].push_back(i);
  }
  if (by_item.size() > kMaxItems) {
    return errors::FieldInvalid(
        "events", ErrorReason::TOO_MANY,
        "name at most 100 items; send the rest in another call");
  }
  std::vector<v1::RecordEventResult> results(request.events_size());
  for (const auto& [name, places] : by_item) {
    if (absl::Status alive = call.Alive(); !alive.ok()) return alive;
    absl::Status status = call.Apply([&](storage::Transaction& tx) {
      return RecordForItem(call, tx, request, name, places, &results);
    });
    if (status.ok()) continue;
    // The database's own trouble is the call's: it is sent again as a whole,
    // and the events that were recorded are known by their keys.
    if (IsOfWholeCall(status)) return status;
    for (int place : places) {
      results[place].Clear();
      *results[place].mutable_status() = ToProto(status);
    }
  }
  v1::RecordEventsResponse response;
  for (v1::RecordEventResult& result : results)
    *response.add_results() = std::move(result);
  return response;
}

}  // namespace charter::services
