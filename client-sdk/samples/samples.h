// One function per task, each in a file of its own, to be read and taken over.
#ifndef SAMPLES_SAMPLES_H_
#define SAMPLES_SAMPLES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/client/action_worker.h"
#include "charter/client/channel.h"
#include "charter/client/event_stream.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"
#include "charter/v1/event_client.h"

struct sqlite3;

namespace samples {

// connect.cc: a way to a server, `charter.example:50051`, for all clients of a
// program. What is wrong with it, its calls say.
std::shared_ptr<charter::client::Channel> Connect(
    const std::string& endpoint, const std::string& ca_file,
    const std::string& token_file);

// verify_caller.cc: finds out who calls, by what was typed, and what they may
// have. NOT_FOUND: nobody is called so. PERMISSION_DENIED: nothing covers them;
// the text says why, for each entitlement.
struct VerifiedCaller {
  charter::v1::Caller caller;
  std::string entitlement;
};
absl::StatusOr<VerifiedCaller> VerifyCaller(
    charter::v1::DirectoryClient& directory,
    charter::v1::EntitlementClient& entitlements, const std::string& typed);

// open_case.cc: opens the case of a ticket of another system, once however
// often it is called. FAILED_PRECONDITION: the account is entitled to nothing.
struct Ticket {
  std::string number;
  std::string account;
  std::string subject;
};
absl::StatusOr<charter::v1::Case> OpenTicket(charter::v1::CaseClient& cases,
                                             const Ticket& ticket);

// follow_feed.cc: keeps the table `cases` of the database as Charter's cases
// are, through crashes of either side, until `cancelled`.
absl::Status KeepCases(
    const std::shared_ptr<charter::v1::EventConnection>& events,
    sqlite3* database, const std::function<bool()>& cancelled,
    const charter::client::EventStreamOptions& options = {});

// react_to_violation_once.cc: makes a row in the table `pages` of the database
// for each action on the topic `pager`, once, until the worker is destroyed.
// The sink is for one thread, whose connection to the database this is.
absl::StatusOr<charter::client::EffectSink> PagesIn(sqlite3* database);
std::unique_ptr<charter::client::ActionWorker> PageOnViolation(
    const std::shared_ptr<charter::v1::EventConnection>& events,
    charter::client::EffectSink pages,
    charter::client::ActionWorkerOptions options = {});

// import_accounts.cc: brings in accounts of another system, many at once, and
// says which were refused. To be given again after a failure: what is there
// already is left as it is.
struct Refused {
  std::string external_id;
  std::string why;
};
std::vector<Refused> ImportAccounts(
    charter::v1::DirectoryClient& directory,
    const std::vector<charter::v1::Account>& accounts);

}  // namespace samples

#endif  // SAMPLES_SAMPLES_H_
