#include "seed.h"

#include <cstdio>
#include <cstdlib>

#include "charter/client/status.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/process_client.h"
#include "google/protobuf/text_format.h"

namespace samples {

namespace v1 = charter::v1;

namespace {

template <typename Message>
Message Parse(const char* text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    std::abort();
  return message;
}

template <typename Answer>
void Must(const Answer& answer) {
  if (answer.ok()) return;
  std::fprintf(stderr, "%s\n",
               charter::client::Describe(answer.status()).c_str());
  std::abort();
}

}  // namespace

void Seed(charter::testing::FakeCharter& fake) {
  v1::ProcessClient process(fake.channel());
  Must(process.CreateMilestoneType(Parse<v1::CreateMilestoneTypeRequest>(R"pb(
    milestone_type_id: "first-response"
    milestone_type { recurrence: NONE })pb")));
  Must(process.CreateEntitlementProcess(
      Parse<v1::CreateEntitlementProcessRequest>(R"pb(
        entitlement_process_id: "gold"
        entitlement_process {
          definition {
            milestones {
              key: "first-response"
              milestone_type: "milestoneTypes/first-response"
              target { seconds: 14400 }
              completion_criteria: "has(last_outbound_time)"
              triggers {
                key: "missed"
                kind: VIOLATION
                after_target {}
                actions {
                  key: "page"
                  publish { topic: "pager" }
                }
              }
            }
          }
        })pb")));
  Must(process.PublishVersion("entitlementProcesses/gold"));
  v1::DirectoryClient directory(fake.channel());
  Must(directory.CreateAccount(Parse<v1::CreateAccountRequest>(R"pb(
    account_id: "acme"
    account { display_name: "Acme Printing" })pb")));
  Must(directory.CreateContact(Parse<v1::CreateContactRequest>(R"pb(
    contact_id: "ann"
    contact {
      account: "accounts/acme"
      display_name: "Ann Fischer"
      phone: "+43 1 5550100"
    })pb")));
  v1::EntitlementClient entitlements(fake.channel());
  Must(entitlements.CreateEntitlement(Parse<v1::CreateEntitlementRequest>(R"pb(
    entitlement_id: "acme-gold"
    entitlement {
      account: "accounts/acme"
      display_name: "Gold"
      process: "entitlementProcesses/gold"
      start_date { year: 2026 month: 1 day: 1 }
    })pb")));
}

}  // namespace samples
