// Batches (AIP-231, AIP-233): many resources read, or created in one
// transaction, by the very code of their single methods.
#ifndef CHARTER_SERVER_SERVICES_SHARED_BATCH_H_
#define CHARTER_SERVER_SERVICES_SHARED_BATCH_H_

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "server/services/shared/call.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"

namespace charter::services {

// Computes what the single Get computes of a row: statuses, balances.
template <typename Message>
using CompleteHook = std::type_identity_t<absl::FunctionRef<absl::Status(
    storage::Transaction& tx, absl::Span<Message* const> rows)>>;

template <typename Message>
absl::Status AsStored(storage::Transaction&, absl::Span<Message* const>) {
  return absl::OkStatus();
}

// INVALID_ARGUMENT for each of the `names` that stands there before.
absl::Status CheckEachOnce(const std::vector<std::string>& names);

// The resources of these names, in their order, deleted ones too; `add` gives
// the response's next element. NOT_FOUND names the first that is not there, or
// not the caller's, which looks the same.
template <typename Response, typename Message, typename Request>
absl::StatusOr<Response> BatchGetResources(
    Call& call, const Resource<Message>& resource, const Request& request,
    Message* (Response::*add)(),
    CompleteHook<Message> complete = &AsStored<Message>) {
  const std::vector<std::string> names(request.names().begin(),
                                       request.names().end());
  absl::Status status = CheckEachOnce(names);
  if (!status.ok()) return status;
  Response response;
  status = call.Read([&](storage::Transaction& tx) -> absl::Status {
    absl::StatusOr<std::vector<Message>> rows =
        resource.table.BatchGet(tx, names);
    if (!rows.ok()) return rows.status();
    absl::flat_hash_map<std::string, Message*> found;
    for (Message& row : *rows) found[row.name()] = &row;
    response.Clear();
    std::vector<Message*> in_order;
    for (size_t i = 0; i < names.size(); ++i) {
      const auto row = found.find(names[i]);
      if (row == found.end())
        return errors::NotFound(names[i], absl::StrCat("names[", i, "]"));
      in_order.push_back((response.*add)());
      *in_order.back() = std::move(*row->second);
    }
    return complete(tx, in_order);
  });
  if (!status.ok()) return status;
  return response;
}

// INVALID_ARGUMENT for what the requests of a batch may not have: the batch has
// it for them.
template <typename Request>
absl::Status CheckRequests(const Request& batch) {
  FieldViolations violations;
  for (int i = 0; i < batch.requests_size(); ++i) {
    const auto refuse = [&](absl::string_view field) {
      violations.Add(absl::StrCat("requests[", i, "].", field),
                     ErrorReason::NOT_ALLOWED,
                     absl::StrCat("is of the whole batch: leave it out here, "
                                  "and set the batch's own ",
                                  field));
    };
    if (!batch.requests(i).request_id().empty()) refuse("request_id");
    if (batch.requests(i).validate_only()) refuse("validate_only");
  }
  return violations.ToStatus();
}

// Runs `create`, the single method, for every request of the batch in turn, in
// one transaction: each sees what those before it made, and what one is refused
// for refuses all.
template <typename Response, typename Batch, typename Request, typename Message>
absl::StatusOr<Response> BatchCreateResources(
    Call& call, const Batch& batch,
    absl::StatusOr<Message> (*create)(Call&, const Request&),
    Message* (Response::*add)()) {
  absl::Status status = CheckRequests(batch);
  if (!status.ok()) return status;
  return call.WriteTogether<Response>([&]() -> absl::StatusOr<Response> {
    Response response;
    for (int i = 0; i < batch.requests_size(); ++i) {
      absl::StatusOr<Message> created = create(call, batch.requests(i));
      if (!created.ok()) {
        return errors::OfPart(absl::StrCat("requests[", i, "]"),
                              created.status());
      }
      *(response.*add)() = *std::move(created);
    }
    return response;
  });
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_BATCH_H_
