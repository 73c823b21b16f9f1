// What a support desk does when the telephone rings.
#ifndef QUICKSTART_DESK_H_
#define QUICKSTART_DESK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/client/channel.h"
#include "charter/v1/case_client.h"
#include "charter/v1/directory_client.h"
#include "charter/v1/entitlement_client.h"

class Desk {
 public:
  explicit Desk(const std::shared_ptr<charter::client::Channel>& channel)
      : directory_(channel), entitlements_(channel), cases_(channel) {}

  // Finds out who calls and what they may have, and opens a case for them.
  absl::StatusOr<charter::v1::Case> TakeCall(const std::string& typed,
                                             const std::string& subject);
  // Tells Charter that the customer was answered.
  absl::Status Answered(const std::string& case_name);
  // The clocks of a case.
  absl::StatusOr<std::vector<charter::v1::Milestone>> Clocks(
      const std::string& case_name);

 private:
  charter::v1::DirectoryClient directory_;
  charter::v1::EntitlementClient entitlements_;
  charter::v1::CaseClient cases_;
};

#endif  // QUICKSTART_DESK_H_
