// Requests of batches, and what they come to.
#ifndef CHARTER_TESTS_SERVER_SERVICES_BATCHES_BATCHES_FIXTURE_H_
#define CHARTER_TESTS_SERVER_SERVICES_BATCHES_BATCHES_FIXTURE_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/services/entitlements/entitlements.h"
#include "tests/server/services/contracts/contracts_fixture.h"

namespace charter::services {

class BatchesTest : public ContractsTest {
 protected:
  // `requests` in text: one of the batch each.
  template <typename Batch>
  static Batch BatchOf(const std::vector<std::string>& requests) {
    std::string text;
    for (const std::string& request : requests)
      absl::StrAppend(&text, "requests { ", request, " } ");
    return test::Proto<Batch>(text);
  }
  template <typename Request>
  static Request Named(const std::vector<std::string>& names) {
    Request request;
    for (const std::string& name : names) request.add_names(name);
    return request;
  }

  // Contacts of acme, one for each of `ids`; "": the server makes it.
  static v1::BatchCreateContactsRequest Contacts(
      const std::vector<std::string>& ids) {
    v1::BatchCreateContactsRequest batch;
    for (const std::string& id : ids) {
      v1::CreateContactRequest& request = *batch.add_requests();
      request.set_contact_id(id);
      request.mutable_contact()->set_account("accounts/acme");
      request.mutable_contact()->set_display_name(absl::StrCat("Ann ", id));
    }
    return batch;
  }

  // How many rows there are of what every write leaves.
  struct Counts {
    int64_t contacts, terms, outbox, audit, answers;
    bool operator==(const Counts& other) const = default;
  };
  Counts Count() {
    const auto count = [&](const char* table) {
      return world_.Number(absl::StrCat("SELECT COUNT(*) FROM ", table));
    };
    return {count("contacts"), count("search_terms"), count("outbox"),
            count("audit_log"), count("request_log")};
  }
};

}  // namespace charter::services

#endif  // CHARTER_TESTS_SERVER_SERVICES_BATCHES_BATCHES_FIXTURE_H_
