// What services refuse, matched.
#ifndef CHARTER_TESTS_SUPPORT_REFUSAL_H_
#define CHARTER_TESTS_SUPPORT_REFUSAL_H_

#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "server/services/shared/errors.h"

namespace charter::services {

// Refused with this reason of the catalogue, in a message that holds `words`.
MATCHER_P2(IsRefusal, reason, words, "") {
  *result_listener << arg;
  return errors::ReasonOf(arg) == reason &&
         absl::StrContains(arg.message(), words);
}

}  // namespace charter::services

#endif  // CHARTER_TESTS_SUPPORT_REFUSAL_H_
