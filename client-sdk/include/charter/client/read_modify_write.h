// Changing what others change, too.
#ifndef CHARTER_CLIENT_READ_MODIFY_WRITE_H_
#define CHARTER_CLIENT_READ_MODIFY_WRITE_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "charter/client/status.h"

namespace charter::client {

// Reads a resource, lets `change` alter it, and writes it with the etag that
// was read; when somebody else wrote in between (ABORTED, ETAG_MISMATCH) it
// does all of it again, at most `most_tries` times. `change` returns a status:
// not OK gives it up. It may run several times, each time on what is there by
// then.
//
//   auto renamed = client::ReadModifyWrite(
//       [&] { return directory.GetAccount("accounts/acme"); },
//       [&](v1::Account& account) {
//         account.set_tier("gold");
//         return absl::OkStatus();
//       },
//       [&](v1::Account account) {
//         return directory.UpdateAccount(std::move(account), {f.tier()});
//       });
template <typename Read, typename Change, typename Write>
auto ReadModifyWrite(Read read, Change change, Write write, int most_tries = 10)
    -> decltype(read()) {
  for (int attempt = 1;; ++attempt) {
    auto resource = read();
    if (!resource.ok()) return resource;
    absl::Status changed = change(*resource);
    if (!changed.ok()) return changed;
    auto written = write(*std::move(resource));
    if (written.ok() || attempt >= most_tries ||
        ReasonOf(written.status()) != "ETAG_MISMATCH")
      return written;
  }
}

}  // namespace charter::client

#endif  // CHARTER_CLIENT_READ_MODIFY_WRITE_H_
