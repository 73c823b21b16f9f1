// The way to a server, by the SDK.
#ifndef CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_
#define CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "charter/client/channel.h"
#include "charter/client/credentials.h"
#include "charter/client/options.h"

namespace charter::tools {

// One server and who calls it; commands make the clients that they need of it.
using Connection = std::shared_ptr<client::Channel>;

struct ConnectionOptions {
  // HOST:PORT; empty: as the SDK has it, $CHARTER_ENDPOINT, else
  // 127.0.0.1:50051.
  std::string server;
  // Empty: the token $CHARTER_TOKEN, else the file $CHARTER_TOKEN_FILE.
  std::string token_file;
  // Encrypt; so does any of the files.
  bool encrypt = false;
  client::Tls tls;
};
Connection Connect(const ConnectionOptions& options);

// Of calls whose answer somebody waits for: they are told soon.
client::Options Brief();
// Of long work, which outlives a restart of the server: a call is repeated for
// two minutes.
client::Options Patient();

// What a command says of a failure: its text, and of a call's failure all that
// is known.
std::string Told(const absl::Status& status);

// The instant that an option gives, RFC 3339. INVALID_ARGUMENT with the option.
absl::StatusOr<absl::Time> ParseInstant(absl::string_view option,
                                        const std::string& text);

}  // namespace charter::tools

#endif  // CHARTER_TOOLS_CHARTERCTL_CONNECTION_H_
