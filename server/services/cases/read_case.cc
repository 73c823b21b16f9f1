#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/services/cases/cases.h"
#include "server/services/items/item.h"
#include "server/services/items/milestone_convert.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/pages.h"
#include "server/services/shared/resources.h"
#include "server/services/shared/time_convert.h"
#include "storage/records/case_events.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

std::vector<sla::Field> AttributeFields(const Catalog& catalog) {
  std::vector<sla::Field> fields;
  for (int slot = 0; slot < catalog.authoring_schema.size(); ++slot) {
    const sla::Field& field = catalog.authoring_schema.field(slot);
    if (field.name.starts_with("attributes.")) fields.push_back(field);
  }
  return fields;
}

absl::StatusOr<std::shared_ptr<const Catalog>> ReadCatalog(Call& call) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = nullptr;
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    catalog = call.services().catalog->Get(tx);
    return catalog.status();
  });
  if (!status.ok()) return status;
  return catalog;
}

// Clocks as of an instant: a page of items in order of name, each evaluated
// from its history. The token is the last item's name.
absl::StatusOr<v1::ListMilestonesResponse> ListMilestonesAt(
    Call& call, const v1::ListMilestonesRequest& request) {
  if (!request.filter().empty()) {
    return errors::FieldInvalid(
        "filter", ErrorReason::INVALID,
        "goes with the stored rows; with as_of all clocks are listed");
  }
  const absl::Time as_of = ToTime(request.as_of());
  const std::vector<std::string> bound = {
      absl::StrCat(absl::ToUnixMicros(as_of))};
  storage::ListQuery query;
  query.page_size = request.page_size();
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> after = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!after.ok()) return after.status();
    query.after = *std::move(after);
  }
  v1::ListMilestonesResponse response;
  std::string next;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        response.Clear();
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<storage::ListPage<v1::Case>> page =
            storage::CaseTable().List(tx, query);
        if (!page.ok()) return page.status();
        next = page->next;
        std::vector<std::string> names;
        for (const v1::Case& row : page->rows) names.push_back(row.name());
        if (names.empty()) return absl::OkStatus();
        auto histories = storage::LoadManyCaseEvents(tx, names);
        if (!histories.ok()) return histories.status();
        for (v1::Case& row : page->rows) {
          if (as_of < ToTime(row.create_time())) continue;
          Item item;
          item.events = std::move((*histories)[row.name()]);
          item.row = std::move(row);
          absl::StatusOr<sla::Evaluation> evaluation =
              EvaluateItem(item, **catalog, as_of);
          if (!evaluation.ok()) continue;  // shown by its evaluation_error
          FillRow(*evaluation, **catalog, &item.row);
          for (v1::Milestone& milestone :
               ToProto(*evaluation, item.row, **catalog)) {
            *response.add_milestones() = std::move(milestone);
          }
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  if (!next.empty()) {
    response.set_next_page_token(
        call.services().tokens->Seal(call, bound, next));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::Case> GetCase(Call& call,
                                 const v1::GetCaseRequest& request) {
  v1::Case row;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::StatusOr<Item> item = LoadForRead(tx, request.name());
        if (!item.ok()) return item.status();
        const absl::Time as_of =
            request.has_as_of() ? ToTime(request.as_of()) : call.now();
        if (as_of < ToTime(item->row.create_time())) {
          return errors::FieldInvalid("as_of", ErrorReason::OUT_OF_RANGE,
                                      "is before the item was opened");
        }
        row = item->row;
        absl::StatusOr<sla::Evaluation> evaluation =
            EvaluateItem(*item, **catalog, as_of);
        // One that cannot be evaluated shows its last good state and says so.
        if (evaluation.ok()) FillRow(*evaluation, **catalog, &row);
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return row;
}

absl::StatusOr<v1::ListCasesResponse> ListCases(
    Call& call, const v1::ListCasesRequest& request) {
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = ReadCatalog(call);
  if (!catalog.ok()) return catalog.status();
  storage::ListQuery query;
  query.filter = request.filter();
  query.show_deleted = request.show_deleted();
  query.attributes = AttributeFields(**catalog);
  v1::ListCasesResponse response;
  absl::StatusOr<storage::ListPage<v1::Case>> page =
      ListPageOf(call, storage::CaseTable(), request, std::move(query), {},
                 response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (v1::Case& row : page->rows) *response.add_cases() = std::move(row);
  return response;
}

absl::StatusOr<v1::ListCaseEventsResponse> ListCaseEvents(
    Call& call, const v1::ListCaseEventsRequest& request) {
  const std::vector<std::string> bound = {request.parent()};
  int after = 0;
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> payload = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!payload.ok()) return payload.status();
    if (!absl::SimpleAtoi(*payload, &after)) return errors::PageTokenInvalid();
  }
  const int size = PageSize(request.page_size());
  absl::StatusOr<std::vector<v1::CaseEvent>> events =
      std::vector<v1::CaseEvent>();
  bool more = false;
  absl::Status status =
      call.Read([&](storage::Transaction& tx) -> absl::Status {
        absl::StatusOr<v1::Case> row =
            storage::CaseTable().Get(tx, request.parent());
        if (absl::IsNotFound(row.status()))
          return errors::NotFound(request.parent());
        if (!row.ok()) return row.status();
        events = storage::ReadCaseEvents(tx, request.parent(), after, size);
        if (events.ok())
          more = after + static_cast<int>(events->size()) < row->event_count();
        return events.status();
      });
  if (!status.ok()) return status;
  v1::ListCaseEventsResponse response;
  after += static_cast<int>(events->size());
  for (v1::CaseEvent& event : *events) {
    // Of their own cases customers see what was said, not how we work.
    if (call.principal().confined_to.has_value() && !event.has_interaction())
      continue;
    *response.add_events() = std::move(event);
  }
  if (more) {
    response.set_next_page_token(
        call.services().tokens->Seal(call, bound, absl::StrCat(after)));
  }
  return response;
}

absl::StatusOr<v1::ListMilestonesResponse> ListMilestones(
    Call& call, const v1::ListMilestonesRequest& request) {
  if (request.has_as_of()) return ListMilestonesAt(call, request);
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = ReadCatalog(call);
  if (!catalog.ok()) return catalog.status();
  storage::ListQuery query;
  query.filter = request.filter();
  v1::ListMilestonesResponse response;
  absl::StatusOr<storage::ListPage<v1::Milestone>> page =
      ListPageOf(call, storage::MilestoneTable(), request, std::move(query), {},
                 response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (v1::Milestone& row : page->rows) {
    Advance(**catalog, call.now(), &row);
    *response.add_milestones() = std::move(row);
  }
  return response;
}

}  // namespace charter::services
