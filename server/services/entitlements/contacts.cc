#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "server/services/entitlements/standing.h"
#include "server/services/entitlements/write.h"
#include "server/services/shared/errors.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

constexpr size_t kMaxContacts = 1000;

// Writes the entitlement with the contacts that `change` makes of those it has.
template <typename Request>
absl::StatusOr<v1::Entitlement> ChangeContacts(
    Call& call, const Request& request,
    absl::FunctionRef<absl::Status(storage::Transaction&, const Catalog&,
                                   const v1::Entitlement&,
                                   std::set<std::string>*)>
        change) {
  return call.Write<v1::Entitlement>(
      [&](storage::Transaction& tx) -> absl::StatusOr<v1::Entitlement> {
        absl::StatusOr<v1::Entitlement> before =
            LockResource(tx, Entitlements(), request.name(), request.etag());
        if (!before.ok()) return before;
        std::set<std::string> contacts(before->contacts().begin(),
                                       before->contacts().end());
        absl::StatusOr<std::shared_ptr<const Catalog>> catalog =
            call.services().catalog->Get(tx);
        if (!catalog.ok()) return catalog.status();
        absl::Status status = change(tx, **catalog, *before, &contacts);
        if (!status.ok()) return status;
        v1::Entitlement after = *before;
        status = SetStatus(tx, **catalog, call.now(), {&after});
        if (!status.ok()) return status;
        if (static_cast<int>(contacts.size()) == before->contacts_size() &&
            std::equal(contacts.begin(), contacts.end(),
                       before->contacts().begin())) {
          return after;
        }
        after.mutable_contacts()->Assign(contacts.begin(), contacts.end());
        *after.mutable_update_time() = ToProto(call.now());
        status = storage::EntitlementTable().Update(tx, &after);
        if (!status.ok()) return status;
        call.Emit(ChangeEvent(Entitlements(), "updated", after));
        call.Audit(after.name(), &*before, &after);
        return after;
      });
}

}  // namespace

absl::StatusOr<v1::Entitlement> AddEntitlementContacts(
    Call& call, const v1::AddEntitlementContactsRequest& request) {
  return ChangeContacts(
      call, request,
      [&](storage::Transaction& tx, const Catalog& catalog,
          const v1::Entitlement& entitlement,
          std::set<std::string>* contacts) -> absl::Status {
        v1::Entitlement with = entitlement;
        *with.mutable_contacts() = request.contacts();
        absl::Status status = CheckParts(tx, catalog, &entitlement, "", with);
        if (!status.ok()) return status;
        contacts->insert(request.contacts().begin(), request.contacts().end());
        if (contacts->size() <= kMaxContacts) return absl::OkStatus();
        return errors::FieldInvalid(
            "contacts", ErrorReason::TOO_MANY,
            absl::StrCat("at most 1,000 may use an entitlement, and these "
                         "would make ",
                         contacts->size(),
                         ": clear its contacts if everybody of the account "
                         "may"));
      });
}

absl::StatusOr<v1::Entitlement> RemoveEntitlementContacts(
    Call& call, const v1::RemoveEntitlementContactsRequest& request) {
  return ChangeContacts(
      call, request,
      [&](storage::Transaction&, const Catalog&, const v1::Entitlement&,
          std::set<std::string>* contacts) -> absl::Status {
        if (contacts->empty()) return absl::OkStatus();
        for (const std::string& contact : request.contacts())
          contacts->erase(contact);
        if (!contacts->empty()) return absl::OkStatus();
        return errors::Precondition(
            ErrorReason::LAST_CONTACT, request.name(),
            "nobody would be left, and an entitlement without contacts is "
            "everybody's (C4): add another contact first, or have it "
            "suspended");
      });
}

}  // namespace charter::services
