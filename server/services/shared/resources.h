// The standard methods (AIP-131 to 135), written once for every resource that
// is a row of its own. What a resource has beyond them is in the hooks that its
// service gives.
#ifndef CHARTER_SERVER_SERVICES_SHARED_RESOURCES_H_
#define CHARTER_SERVER_SERVICES_SHARED_RESOURCES_H_

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/empty.pb.h"
#include "server/services/shared/call.h"
#include "server/services/shared/caller_terms.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/field_mask.h"
#include "server/services/shared/names.h"
#include "server/services/shared/time_convert.h"
#include "server/services/shared/tokens.h"
#include "storage/records/ids.h"
#include "storage/sql/errors.h"
#include "storage/table/table.h"

namespace charter::services {

// How long a deleted resource can still be read.
inline constexpr absl::Duration kKeepDeleted = absl::Hours(24 * 30);

template <typename Message>
concept SoftDeleted = requires(Message message) {
  message.mutable_delete_time();
};

template <typename Message>
concept OwnedByAccount = requires(const Message& message) {
  message.account();
};

// What a standard method needs to know of a resource.
template <typename Message>
struct Resource {
  const storage::Table<Message>& table;
  absl::string_view collection;  // "accounts"
  absl::string_view field;       // of the requests: "account"
};

// Checks and completes a resource before it is written, inside the transaction;
// `before` is null on creation.
template <typename Message>
using WriteHook = std::type_identity_t<absl::FunctionRef<absl::Status(
    storage::Transaction& tx, const Message* before, Message& after)>>;
// Makes what comes with a new resource, in the same transaction; may complete
// what the answer says of it.
template <typename Message>
using MadeHook = std::type_identity_t<
    absl::FunctionRef<absl::Status(storage::Transaction& tx, Message& made)>>;
// Checks and completes a resource that is brought back, as it was when it was
// made: what it names may be gone meanwhile. `deleted`: as it was until now.
template <typename Message>
using RestoreHook = std::type_identity_t<absl::FunctionRef<absl::Status(
    storage::Transaction& tx, const Message& deleted, Message& restored)>>;
// May refuse that a resource is deleted, or remove what belongs to it.
template <typename Message>
using DeleteHook = std::type_identity_t<absl::FunctionRef<absl::Status(
    storage::Transaction& tx, const Message& message)>>;

// Writes the terms by which callers find the row, where there are such: before
// the row itself, so that what was read ahead is still there.
template <typename Message>
absl::Status KeepTermsOf(storage::Transaction& tx, const Message* before,
                         const Message* after) {
  if constexpr (FoundByCallers<Message>) return KeepTerms(tx, before, after);
  return absl::OkStatus();
}

// The event that tells the feed of a change: "account.created".
template <typename Message>
v1::Event ChangeEvent(const Resource<Message>& resource, absl::string_view verb,
                      const Message& message) {
  v1::Event event;
  event.set_type(absl::StrCat(resource.field, ".", verb));
  event.set_subject(message.name());
  event.set_resource_type(std::string(resource.collection));
  if constexpr (OwnedByAccount<Message>) {
    event.set_account(message.account());
  } else if (resource.collection == "accounts") {
    event.set_account(message.name());
  }
  event.mutable_resource()->PackFrom(message);
  return event;
}

// ALREADY_EXISTS in the caller's words.
template <typename Message>
absl::Status Duplicate(const Resource<Message>& resource,
                       const Message& message, const absl::Status& status) {
  const std::string field = resource.table.DuplicateField(status);
  return errors::AlreadyExists(
      message.name(), field.empty() || field == "name"
                          ? std::string()
                          : absl::StrCat("another one has this ", field));
}

template <typename Message>
absl::StatusOr<Message> GetResource(Call& call,
                                    const Resource<Message>& resource,
                                    absl::string_view name) {
  absl::StatusOr<Message> found = errors::NotFound(name);
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    found = resource.table.Get(tx, name);
    return found.status();
  });
  if (absl::IsNotFound(status)) return errors::NotFound(name);
  if (!status.ok()) return status;
  return found;
}

// What the request's `field` points at. NOT_FOUND, naming the field, when it is
// not there or deleted.
template <SoftDeleted Message>
absl::StatusOr<Message> Existing(storage::Transaction& tx,
                                 const storage::Table<Message>& table,
                                 absl::string_view name,
                                 absl::string_view field,
                                 storage::Lock lock = storage::Lock::kNone) {
  absl::StatusOr<Message> found = table.Get(tx, name, lock);
  if (absl::IsNotFound(found.status()) ||
      (found.ok() && found->has_delete_time())) {
    return errors::NotFound(name, field);
  }
  return found;
}

// Existing, for a write that stores the name: until its commit nobody deletes
// what it names, or changes what the two agree on.
template <SoftDeleted Message>
absl::StatusOr<Message> Named(storage::Transaction& tx,
                              const storage::Table<Message>& table,
                              absl::string_view name, absl::string_view field) {
  return Existing(tx, table, name, field, storage::Lock::kShared);
}
// What Named reads, for Prefetch; nothing for an empty name.
template <typename Message>
void NamedAhead(storage::Transaction& ahead,
                const storage::Table<Message>& table, absl::string_view name) {
  if (!name.empty()) (void)table.Get(ahead, name, storage::Lock::kShared);
}

// One page: `query` has the filter, the restriction and so on; size and token
// come from the request. `bound`: what besides the filter a token is good for.
template <typename Message, typename Request>
absl::StatusOr<storage::ListPage<Message>> ListPageOf(
    Call& call, const storage::Table<Message>& table, const Request& request,
    storage::ListQuery query, std::vector<std::string> bound,
    std::string* next_page_token) {
  bound.push_back(query.filter);
  bound.push_back(query.show_deleted ? "deleted" : "");
  query.page_size = request.page_size();
  query.unseen = call.principal().hidden.get();
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> after = call.services().tokens->Open(
        call, bound, request.page_token(), "page_token");
    if (!after.ok()) return after.status();
    query.after = *std::move(after);
  }
  absl::StatusOr<storage::ListPage<Message>> page =
      storage::ListPage<Message>();
  absl::Status status = call.Read([&](storage::Transaction& tx) {
    page = table.List(tx, query);
    return page.status();
  });
  if (!status.ok()) return errors::FromFilter(status);
  if (!page->next.empty()) {
    *next_page_token =
        call.services().tokens->Seal(call, std::move(bound), page->next);
  }
  return page;
}

// `add` gives the response's next element; `restrict_to`: what the request asks
// for beside its filter, of which one lead must have some (storage/table/
// list.h).
template <typename Response, typename Message, typename Request>
absl::StatusOr<Response> ListResources(
    Call& call, const Resource<Message>& resource, const Request& request,
    Message* (Response::*add)(),
    std::vector<storage::Equality> restrict_to = {}) {
  std::vector<std::string> bound;
  for (const storage::Equality& it : restrict_to)
    bound.push_back(*it.value.text());
  storage::ListQuery query;
  query.restrict_to = std::move(restrict_to);
  query.filter = request.filter();
  if constexpr (requires { request.show_deleted(); })
    query.show_deleted = request.show_deleted();
  Response response;
  absl::StatusOr<storage::ListPage<Message>> page =
      ListPageOf(call, resource.table, request, std::move(query),
                 std::move(bound), response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (Message& row : page->rows) *(response.*add)() = std::move(row);
  return response;
}

inline absl::Status NoMore(storage::Transaction&,
                           const google::protobuf::Message&) {
  return absl::OkStatus();
}

// `hidden`: the row's hidden columns, which the hook may set; null: it has
// none.
template <typename Message>
absl::StatusOr<Message> CreateResource(
    Call& call, const Resource<Message>& resource, const Message& asked,
    absl::string_view id, WriteHook<Message> hook,
    storage::HiddenValues* hidden = nullptr, MadeHook<Message> then = &NoMore) {
  if (!id.empty() && call.principal().confined_to.has_value()) {
    // Whether it is taken would tell of others.
    return errors::FieldInvalid(absl::StrCat(resource.field, "_id"),
                                ErrorReason::NOT_YOURS,
                                "the server makes it: leave it out");
  }
  const std::string name =
      NameOf(resource.collection,
             id.empty() ? call.services().ids->Make(call.now()) : id);
  return call.Write<Message>(
      [&](storage::Transaction& tx) -> absl::StatusOr<Message> {
        Message message = asked;
        ClearOutputOnly(&message);
        message.set_name(name);
        message.clear_etag();
        *message.mutable_create_time() = ToProto(call.now());
        *message.mutable_update_time() = ToProto(call.now());
        PrefetchWordsOf(tx, message);
        // What comes with the row, its wake-up and its terms, meets what
        // another one of this name has.
        absl::Status status = hook(tx, nullptr, message);
        if (status.ok()) status = KeepTermsOf<Message>(tx, nullptr, &message);
        if (status.ok()) status = resource.table.Insert(tx, &message, hidden);
        if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
          return Duplicate(resource, message, status);
        }
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(resource, "created", message));
        status = then(tx, message);
        if (!status.ok()) return status;
        call.Audit(name, nullptr, &message);
        return message;
      });
}

// The resource as it is, locked for a write. NOT_FOUND also when it is deleted,
// which it says.
template <typename Message>
absl::StatusOr<Message> LockResource(storage::Transaction& tx,
                                     const Resource<Message>& resource,
                                     absl::string_view name,
                                     absl::string_view etag,
                                     storage::HiddenValues* hidden = nullptr) {
  absl::StatusOr<Message> found =
      resource.table.Get(tx, name, storage::Lock::kForUpdate, hidden);
  if (absl::IsNotFound(found.status())) return errors::NotFound(name);
  if (!found.ok()) return found;
  if constexpr (SoftDeleted<Message>) {
    if (found->has_delete_time()) return errors::Deleted(name);
  }
  if (!storage::EtagMatches(etag, found->etag()))
    return errors::EtagMismatch(name);
  return found;
}

// `hidden`: gets the row's hidden columns for the hook, which may change them;
// null: they stay as they are.
template <typename Message>
absl::StatusOr<Message> UpdateResource(
    Call& call, const Resource<Message>& resource, const Message& update,
    const google::protobuf::FieldMask& mask, WriteHook<Message> hook,
    storage::HiddenValues* hidden = nullptr) {
  return call.Write<Message>(
      [&](storage::Transaction& tx) -> absl::StatusOr<Message> {
        absl::StatusOr<Message> before =
            LockResource(tx, resource, update.name(), update.etag(), hidden);
        if (!before.ok()) return before.status();
        Message after = *before;
        if (auto paths = ApplyUpdate(mask, update, &after); !paths.ok())
          return paths.status();
        *after.mutable_update_time() = ToProto(call.now());
        if (absl::Status status = hook(tx, &*before, after); !status.ok())
          return status;
        absl::Status status = KeepTermsOf(tx, &*before, &after);
        if (status.ok()) status = resource.table.Update(tx, &after, hidden);
        if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey) {
          return Duplicate(resource, after, status);
        }
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(resource, "updated", after));
        call.Audit(after.name(), &*before, &after);
        return after;
      });
}

// Hides the resource; it is removed for good after kKeepDeleted. `hidden` as
// for UpdateResource.
template <SoftDeleted Message, typename Request>
absl::StatusOr<Message> HideResource(Call& call,
                                     const Resource<Message>& resource,
                                     const Request& request,
                                     DeleteHook<Message> check,
                                     storage::HiddenValues* hidden = nullptr) {
  return call.Write<Message>(
      [&](storage::Transaction& tx) -> absl::StatusOr<Message> {
        absl::StatusOr<Message> message =
            LockResource(tx, resource, request.name(), request.etag(), hidden);
        if (!message.ok()) return message;
        if (absl::Status status = check(tx, *message); !status.ok())
          return status;
        const Message before = *message;
        absl::Status status = KeepTermsOf<Message>(tx, &*message, nullptr);
        *message->mutable_delete_time() = ToProto(call.now());
        *message->mutable_purge_time() = ToProto(call.now() + kKeepDeleted);
        *message->mutable_update_time() = ToProto(call.now());
        if (status.ok()) status = resource.table.Update(tx, &*message, hidden);
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(resource, "deleted", *message));
        call.Audit(message->name(), &before, &*message);
        return message;
      });
}

// Brings back what HideResource hid, with the terms by which callers find it.
// NOT_FOUND from its purge_time on, whether or not it was removed by then;
// ALREADY_EXISTS when it is not deleted. `hidden` as for UpdateResource.
template <SoftDeleted Message, typename Request>
absl::StatusOr<Message> UndeleteResource(
    Call& call, const Resource<Message>& resource, const Request& request,
    RestoreHook<Message> hook, storage::HiddenValues* hidden = nullptr) {
  return call.Write<Message>(
      [&](storage::Transaction& tx) -> absl::StatusOr<Message> {
        absl::StatusOr<Message> deleted = resource.table.Get(
            tx, request.name(), storage::Lock::kForUpdate, hidden);
        if (absl::IsNotFound(deleted.status()))
          return errors::NotFound(request.name());
        if (!deleted.ok()) return deleted;
        if (!deleted->has_delete_time())
          return errors::AlreadyExists(request.name(), "it is not deleted");
        if (ToTime(deleted->purge_time()) <= call.now())
          return errors::NotFound(request.name());
        if (!storage::EtagMatches(request.etag(), deleted->etag()))
          return errors::EtagMismatch(request.name());
        Message restored = *deleted;
        restored.clear_delete_time();
        restored.clear_purge_time();
        *restored.mutable_update_time() = ToProto(call.now());
        PrefetchWordsOf(tx, restored);
        absl::Status status = hook(tx, *deleted, restored);
        if (status.ok()) status = KeepTermsOf(tx, &*deleted, &restored);
        if (status.ok()) status = resource.table.Update(tx, &restored, hidden);
        // What is unique among those that are there was taken meanwhile.
        if (storage::KindOf(status) == storage::ErrorKind::kDuplicateKey)
          return Duplicate(resource, restored, status);
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(resource, "undeleted", restored));
        call.Audit(restored.name(), &*deleted, &restored);
        return restored;
      });
}

// FAILED_PRECONDITION RENEWED_ANEW when what a deleted resource follows on (C9)
// was renewed again meanwhile: it would have two successors. Locks it.
template <typename Message>
absl::Status CheckSuccession(storage::Transaction& tx,
                             const storage::Table<Message>& table,
                             const Message& deleted) {
  if (deleted.renewed_from().empty()) return absl::OkStatus();
  absl::StatusOr<Message> from =
      table.Get(tx, deleted.renewed_from(), storage::Lock::kForUpdate);
  if (absl::IsNotFound(from.status())) return absl::OkStatus();
  if (!from.ok()) return from.status();
  if (from->renewed_to() == deleted.name()) return absl::OkStatus();
  return errors::Precondition(
      ErrorReason::RENEWED_ANEW, deleted.name(),
      absl::StrCat(deleted.name(), " follows on ", from->name(),
                   ", which was renewed again meanwhile and has ",
                   from->renewed_to(), " as its successor (C9): use that one"));
}

// A row of `table`, not a deleted one, whose `column` is `name`: who uses the
// resource of this name; empty: nobody. A lead of the table must be the column.
template <typename Message>
absl::StatusOr<std::string> FindUser(storage::Transaction& tx,
                                     const storage::Table<Message>& table,
                                     const std::string& column,
                                     const std::string& name) {
  storage::ListQuery query;
  query.restrict_to = {{column, name}};
  query.page_size = 1;
  // A page that went over many deleted rows ends early, without any.
  do {
    absl::StatusOr<storage::ListPage<Message>> page = table.List(tx, query);
    if (!page.ok()) return page.status();
    if (!page->rows.empty()) return page->rows.front().name();
    query.after = std::move(page->next);
  } while (!query.after.empty());
  return std::string();
}

// Removes the resource for good.
template <typename Message, typename Request>
absl::StatusOr<google::protobuf::Empty> RemoveResource(
    Call& call, const Resource<Message>& resource, const Request& request,
    DeleteHook<Message> check) {
  return call.Write<google::protobuf::Empty>(
      [&](storage::Transaction& tx) -> absl::StatusOr<google::protobuf::Empty> {
        absl::StatusOr<Message> message =
            LockResource(tx, resource, request.name(), request.etag());
        if (!message.ok()) return message.status();
        if (absl::Status status = check(tx, *message); !status.ok())
          return status;
        absl::Status status = KeepTermsOf<Message>(tx, &*message, nullptr);
        if (status.ok()) status = resource.table.Delete(tx, request.name());
        if (!status.ok()) return status;
        v1::Event event = ChangeEvent(resource, "deleted", *message);
        call.Emit(std::move(event));
        call.Audit(request.name(), &*message);
        return google::protobuf::Empty();
      });
}

}  // namespace charter::services

#endif  // CHARTER_SERVER_SERVICES_SHARED_RESOURCES_H_
