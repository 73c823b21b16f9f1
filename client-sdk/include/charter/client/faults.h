// Trouble to order, for tests of programs that use the SDK: see
// charter/testing/fake_charter.h.
#ifndef CHARTER_CLIENT_FAULTS_H_
#define CHARTER_CLIENT_FAULTS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace charter::client {

// Is asked around each attempt, on the thread that makes it. Thread-safe.
class Faults {
 public:
  virtual ~Faults() = default;
  // Not OK: the attempt fails so without the server seeing it.
  // `method`: `charter.v1.CaseService/OpenCase`. `left`: until the call's
  // deadline; infinite: it has none.
  virtual absl::Status Before(absl::string_view method,
                              absl::Duration left) = 0;
  // Not OK: the server's answer is lost, and the attempt fails so. Of a stream:
  // before each message.
  virtual absl::Status After(absl::string_view method) = 0;
  // An attempt that Before let pass is over, or, of a stream, under way: it
  // begins nothing on the channel any more.
  virtual void Ended() = 0;
};

// Per channel only.
struct FaultsOption {
  using Type = std::shared_ptr<Faults>;
};

}  // namespace charter::client

#endif  // CHARTER_CLIENT_FAULTS_H_
