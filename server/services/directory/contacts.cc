#include <string>

#include "server/services/directory/directory.h"
#include "server/services/shared/batch.h"
#include "server/services/shared/resources.h"
#include "storage/table/resource_tables.h"

namespace charter::services {
namespace {

Resource<v1::Contact> Contacts() {
  return {storage::ContactTable(), "contacts", "contact"};
}

absl::Status CheckAccount(storage::Transaction& tx, const v1::Contact* before,
                          v1::Contact& contact) {
  if (before != nullptr) return absl::OkStatus();  // it cannot change
  return Named(tx, storage::AccountTable(), contact.account(),
               "contact.account")
      .status();
}

}  // namespace

absl::StatusOr<v1::Contact> GetContact(Call& call,
                                       const v1::GetContactRequest& request) {
  return GetResource(call, Contacts(), request.name());
}

absl::StatusOr<v1::ListContactsResponse> ListContacts(
    Call& call, const v1::ListContactsRequest& request) {
  return ListResources(call, Contacts(), request,
                       &v1::ListContactsResponse::add_contacts);
}

absl::StatusOr<v1::Contact> CreateContact(
    Call& call, const v1::CreateContactRequest& request) {
  return CreateResource<v1::Contact>(call, Contacts(), request.contact(),
                                     request.contact_id(), CheckAccount);
}

absl::StatusOr<v1::Contact> UpdateContact(
    Call& call, const v1::UpdateContactRequest& request) {
  return UpdateResource<v1::Contact>(call, Contacts(), request.contact(),
                                     request.update_mask(), CheckAccount);
}

absl::StatusOr<v1::Contact> DeleteContact(
    Call& call, const v1::DeleteContactRequest& request) {
  return HideResource(call, Contacts(), request,
                      [](storage::Transaction&, const v1::Contact&) {
                        return absl::OkStatus();
                      });
}

absl::StatusOr<v1::Contact> UndeleteContact(
    Call& call, const v1::UndeleteContactRequest& request) {
  return UndeleteResource(
      call, Contacts(), request,
      [](storage::Transaction& tx, const v1::Contact&, v1::Contact& restored) {
        return CheckAccount(tx, nullptr, restored);
      });
}

absl::StatusOr<v1::BatchGetContactsResponse> BatchGetContacts(
    Call& call, const v1::BatchGetContactsRequest& request) {
  return BatchGetResources(call, Contacts(), request,
                           &v1::BatchGetContactsResponse::add_contacts);
}

absl::StatusOr<v1::BatchCreateContactsResponse> BatchCreateContacts(
    Call& call, const v1::BatchCreateContactsRequest& request) {
  return BatchCreateResources(call, request, &CreateContact,
                              &v1::BatchCreateContactsResponse::add_contacts);
}

}  // namespace charter::services
