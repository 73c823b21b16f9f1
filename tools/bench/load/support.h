// The promises that the benches' cases are opened under.
#ifndef CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_
#define CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "charter/client/channel.h"
#include "google/protobuf/text_format.h"

namespace charter::bench {

[[noreturn]] void Die(const std::string& what);

// What a call gave; an error ends the program.
template <typename Response>
Response Must(absl::StatusOr<Response> response) {
  if (!response.ok()) Die(response.status().ToString());
  return *std::move(response);
}

template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message))
    Die("not a " + Message::descriptor()->name() + ":\n" + text);
  return message;
}

// Makes business hours `office` (Monday to Friday, 8 to 18 in Vienna),
// a process `support` of three milestones (`first-response`, `update`,
// `resolution`, with warnings at three quarters and violations), and
// `accounts` accounts `accounts/a0`, `accounts/a1`, … with an entitlement
// each, `entitlements/e0`, ….
void MakeSupport(const std::shared_ptr<client::Channel>& channel, int accounts);

}  // namespace charter::bench

#endif  // CHARTER_TOOLS_BENCH_LOAD_SUPPORT_H_
