// How the kill tests call: by the SDK as it is shipped, which finds a server
// again and repeats what got no answer, with the same request id. Nothing here
// repeats a call.
#ifndef CHARTER_TESTS_KILL_CALLS_H_
#define CHARTER_TESTS_KILL_CALLS_H_

#include <google/protobuf/text_format.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "charter/client/channel.h"
#include "charter/client/observer.h"
#include "charter/client/retry.h"
#include "charter/client/status.h"

namespace charter::test {

// How long a write may take with all its repetitions: longer than any server is
// away.
inline constexpr absl::Duration kPatience = absl::Seconds(60);

// Counts the attempts that were followed by another.
class Repetitions : public client::CallObserver {
 public:
  int64_t count() const { return count_; }

  void OnAttempt(absl::string_view, int, const absl::Status&,
                 absl::Duration pause) override {
    if (pause != absl::InfiniteDuration()) ++count_;
  }

 private:
  std::atomic<int64_t> count_ = 0;
};

// A way of its own, whose calls last as long as kPatience and are counted if
// `repetitions` are given. Pauses are short because servers are away for
// seconds only.
inline std::shared_ptr<client::Channel> Connect(
    const std::string& target,
    std::shared_ptr<Repetitions> repetitions = nullptr) {
  client::Options options;
  options.Set<client::EndpointOption>(target)
      .Set<client::DeadlineOption>(kPatience)
      .Set<client::RetryOption>({.most = absl::Milliseconds(500)});
  if (repetitions != nullptr)
    options.Set<client::ObserverOption>(std::move(repetitions));
  return client::Channel::Open(std::move(options));
}

template <typename Message>
Message Proto(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) {
    std::fprintf(stderr, "not a message: %s\n", text.c_str());
    std::abort();
  }
  return message;
}

// What the call gave; aborts if it failed.
template <typename Response>
Response Must(absl::StatusOr<Response> response) {
  if (response.ok()) return *std::move(response);
  std::fprintf(stderr, "%s\n", client::Describe(response.status()).c_str());
  std::abort();
}

}  // namespace charter::test

#endif  // CHARTER_TESTS_KILL_CALLS_H_
